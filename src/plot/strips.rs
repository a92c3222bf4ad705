//! Whose a ring's or a table's parts are, drawn.

use super::Strips;
use super::legend::{self, Sign};
use super::svg::{Anchor, Picture, Rect, Shapes};
use super::theme::{CATEGORIES, Colour, GRID, INK, WIDTH, category};

/// The height of a strip, and of its name above it.
const STRIP: [f64; 2] = [30., 24.];

impl Strips {
    pub(super) fn draw(&self) -> Picture {
        let mut shapes = Shapes::default();
        let owners = self.owners.iter().enumerate();
        let owners = owners.map(|(place, owner)| {
            let (_, colour, opacity) = self.look(Some(place));
            (Sign::Area(colour, opacity), owner.clone())
        });
        let owners: Vec<_> = owners.collect();
        let mut y = f64::from(legend::draw(&mut shapes, &owners));
        for strip in &self.strips {
            shapes.text([0., y + 15.], Anchor::Start, INK, &strip.name);
            y += STRIP[1];
            let mut from = 0.;
            for &(end, owner) in &strip.parts {
                let [x, to] = [from, end].map(|place| place * f64::from(WIDTH));
                let at = Rect {
                    x,
                    y,
                    width: to - x,
                    height: STRIP[0],
                };
                let (name, colour, opacity) = self.look(owner);
                let tip = format!(
                    "{}\n{name}: {:.2} %, from {:.2} % on",
                    strip.name,
                    (end - from) * 100.,
                    from * 100.
                );
                shapes.rect(at, colour, opacity, &tip);
                from = end;
            }
            y += STRIP[0] + 8.;
        }
        Picture {
            shapes,
            height: y as u32 + 2,
        }
    }

    /// The name, the colour and the opacity of an owner, or of nobody.
    fn look(&self, owner: Option<usize>) -> (&str, Colour, f64) {
        let Some(place) = owner else {
            return ("nobody new", GRID, 1.);
        };
        let name = self.owners.get(place).map_or("", String::as_str);
        // The colours begin anew, and are paler.
        let opacity = if place < CATEGORIES.len() { 1. } else { 0.5 };
        (name, category(place), opacity)
    }
}
