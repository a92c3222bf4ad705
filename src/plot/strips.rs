//! Which backend has which part of a ring or a table, drawn.

use super::drawing::{Strip, Strips};
use super::legend::{self, Sign};
use super::svg::{Anchor, Picture, Rect, Shapes};
use super::text::{pixels, shortened};
use super::theme::{CATEGORIES, Colour, GRID, INK, WIDTH, category};

/// The height of a strip's name, and of the strip if it is one line.
const NAME: f64 = 24.;
const STRIP: f64 = 30.;

/// The least height of a line of a strip that goes on in others, and what is between two.
const LINE: [f64; 2] = [13., 3.];

/// The room of a part on average, and the most lines so that each has it.
const PART: f64 = 4.;
const LINES: f64 = 16.;

impl Strips {
    pub(super) fn draw(&self) -> Picture {
        let mut shapes = Shapes::default();
        let owners: Vec<_> = self
            .owners
            .iter()
            .enumerate()
            .map(|(place, owner)| {
                let (_, colour, opacity) = self.look(Some(place));
                (Sign::Area(colour, opacity), owner.clone())
            })
            .collect();
        let mut y = f64::from(legend::draw(&mut shapes, &owners));
        let lines = self.lines();
        for strip in &self.strips {
            let name = shortened(&strip.name, f64::from(WIDTH), pixels);
            shapes.text([0., y + 15.], Anchor::Start, INK, &name);
            y += NAME;
            y += self.draw_parts(&mut shapes, strip, lines, y) + 8.;
        }
        Picture {
            shapes,
            height: y as u32 + 2,
        }
    }

    /// How many lines each strip has: as many of all, so that the same place is where it is in others.
    fn lines(&self) -> f64 {
        let parts = self.strips.iter().map(|strip| strip.parts.len());
        let each = parts.sum::<usize>() as f64 / self.strips.len() as f64;
        (each * PART / f64::from(WIDTH)).ceil().clamp(1., LINES)
    }

    /// Draws the parts of a strip line by line, and says how high they are.
    fn draw_parts(&self, shapes: &mut Shapes, strip: &Strip, lines: f64, y: f64) -> f64 {
        let height = (STRIP / lines).max(LINE[0]);
        let mut from = 0.;
        for &(end, owner) in &strip.parts {
            let (name, colour, opacity) = self.look(owner);
            let tip = format!(
                "{}\n{name}: {:.2}%, from {:.2}% on",
                strip.name,
                (end - from) * 100.,
                from * 100.
            );
            for (line, [start, stop]) in in_lines([from * lines, end * lines]) {
                let at = Rect {
                    x: start * f64::from(WIDTH),
                    y: y + line * (height + LINE[1]),
                    width: (stop - start) * f64::from(WIDTH),
                    height,
                };
                shapes.rect(at, colour, opacity, &tip);
            }
            from = end;
        }
        lines * (height + LINE[1]) - LINE[1]
    }

    /// The name, the colour and the opacity of an owner, or of what has no new one.
    fn look(&self, owner: Option<usize>) -> (&str, Colour, f64) {
        let Some(place) = owner else {
            return ("as before", GRID, 1.);
        };
        let name = self.owners.get(place).map_or("", String::as_str);
        // The colours begin again, and are paler.
        let opacity = 0.5_f64.powi((place / CATEGORIES.len()) as i32);
        (name, category(place), opacity)
    }
}

/// What of a part is in which line: where it starts there and where it stops, from 0 to 1.
fn in_lines([from, end]: [f64; 2]) -> impl Iterator<Item = (f64, [f64; 2])> {
    let (first, last) = (from.floor() as usize, end.ceil() as usize);
    (first..last).map(move |line| {
        let line = line as f64;
        let ends = [from, end].map(|place| (place - line).clamp(0., 1.));
        (line, ends)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_goes_on_in_the_next_line() {
        let lines = |ends| in_lines(ends).collect::<Vec<_>>();
        assert_eq!(lines([0.25, 0.5]), [(0., [0.25, 0.5])]);
        assert_eq!(
            lines([0.75, 2.5]),
            [(0., [0.75, 1.]), (1., [0., 1.]), (2., [0., 0.5])]
        );
        assert_eq!(lines([1.5, 2.]), [(1., [0.5, 1.])]);
    }
}
