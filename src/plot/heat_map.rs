//! A shade a pair, drawn.

use super::drawing::{HeatMap, Shades, Unit};
use super::events;
use super::svg::{Anchor, Picture, Rect, Shapes};
use super::text::{pixels, shortened, width_of};
use super::theme::{HEAT, INK, MUTED, SURFACE, WIDTH};

/// The most room of a name.
const NAME: f64 = 200.;

/// The lowest and the highest that a cell is; every row has room for its name.
const CELL: [f64; 2] = [14., 34.];

/// Between the texts of two cells.
const GAP: f64 = 4.;

/// The height of a line of text.
const LINE: f64 = 16.;

/// Beyond this part of the most a cell is so dark that its text is light.
const DARK: f64 = 0.5;

/// The opacities up to there and from there on. Between them, neither a dark text nor a light one is read.
const PALE: [f64; 2] = [0.05, 0.46];
const DEEP: [f64; 2] = [0.7, 1.];

/// The height of the scale below, with its text.
const SCALE: f64 = 44.;

/// Room at the right for a mark at the end of the columns.
const RIGHT: f64 = 12.;

impl HeatMap {
    pub(super) fn draw(&self) -> Picture {
        let size = self.size();
        let mut shapes = Shapes::default();
        self.draw_names(&mut shapes, &size);
        let most = self.most();
        let columns = self.columns.len().max(1);
        let is_written = self.has_room(&size);
        for (place, cell) in self.cells.iter().enumerate() {
            let at = size.cell(place / columns, place % columns);
            let Some(figure) = *cell else { continue };
            let tip = self.tip(place / columns, place % columns, figure);
            let shade = self.shade(figure, most);
            shapes.rect(at, HEAT, opacity(shade), &tip);
            if is_written {
                let fill = if shade > DARK { SURFACE } else { INK };
                let place = [at.x + at.width / 2., at.y + at.height / 2. + 4.5];
                shapes.text(place, Anchor::Middle, fill, &self.text(figure));
            }
        }
        let below = size.above + size.cell[1] * self.rows.len() as f64;
        let below = below + self.draw_events(&mut shapes, &size, below);
        let height = below + self.draw_scale(&mut shapes, &size, below, most);
        Picture {
            shapes,
            height: height as u32,
        }
    }

    /// How dark a figure is, from 0 to 1.
    fn shade(&self, figure: f64, most: f64) -> f64 {
        let shade = match self.shades {
            Shades::Even => figure / most,
            Shades::Stretched => libm::log1p(figure) / libm::log1p(most),
        };
        shade.clamp(0., 1.)
    }

    fn most(&self) -> f64 {
        let cells = self.cells.iter().flatten().copied();
        let most = self.most.unwrap_or_else(|| cells.fold(0., f64::max));
        if most > 0. { most } else { 1. }
    }

    fn size(&self) -> Size {
        let longest = |names: &[String]| {
            let widths = names.iter().map(|name| width_of(name).min(NAME));
            widths.fold(0., f64::max)
        };
        let left = longest(&self.rows) + 10.;
        let width = (f64::from(WIDTH) - left - RIGHT) / self.columns.len().max(1) as f64;
        let upright = longest(&self.columns) + 4. > width;
        let names = if upright {
            longest(&self.columns)
        } else {
            LINE
        };
        Size {
            left,
            above: names + 2. * LINE,
            cell: [width, width.clamp(CELL[0], CELL[1])],
            upright,
        }
    }

    /// The names of the rows, and of the columns so many as have room.
    fn draw_names(&self, shapes: &mut Shapes, size: &Size) {
        let Size { left, above, .. } = *size;
        let [rows, columns] = &self.axes;
        shapes.text(
            [0., 14.],
            Anchor::Start,
            MUTED,
            &format!("rows: {rows} · columns: {columns}"),
        );
        for (number, name) in self.rows.iter().enumerate() {
            let y = above + (number as f64 + 0.5) * size.cell[1] + 4.5;
            let name = shortened(name, NAME, pixels);
            shapes.text([left - 6., y], Anchor::End, INK, &name);
        }
        let step = (LINE / size.cell[0]).ceil().max(1.) as usize;
        for (number, name) in self.columns.iter().enumerate().step_by(step) {
            let x = left + (number as f64 + 0.5) * size.cell[0];
            let name = shortened(name, NAME, pixels);
            if size.upright {
                shapes.upwards([x + 4.5, above - 5.], INK, &name);
            } else {
                shapes.text([x, above - 6.], Anchor::Middle, INK, &name);
            }
        }
    }

    /// The text of a cell.
    fn text(&self, figure: f64) -> String {
        match self.unit {
            // The sign would stand in every cell.
            Unit::Percent => match format!("{:.0}", figure * 100.) {
                nothing if nothing == "0" && figure > 0. => "<1".to_owned(),
                text => text,
            },
            unit => unit.write(figure),
        }
    }

    /// Whether every cell has room for its figure.
    fn has_room(&self, size: &Size) -> bool {
        let figures = self.cells.iter().flatten();
        let widths = figures.map(|&figure| width_of(&self.text(figure)));
        size.cell[1] > LINE && widths.fold(0., f64::max) + GAP < size.cell[0]
    }

    fn tip(&self, row: usize, column: usize, figure: f64) -> String {
        let [rows, columns] = &self.axes;
        let figure = self.unit.write(figure);
        format!(
            "{rows} {}\n{columns} {}\n{figure}",
            self.rows[row], self.columns[column]
        )
    }

    /// Draws a line at each event, with its number below the rows, and says how much room that takes.
    fn draw_events(&self, shapes: &mut Shapes, size: &Size, below: f64) -> f64 {
        let lines = self.events.iter().map(|(column, what)| {
            let x = size.left + *column as f64 * size.cell[0];
            (x, what.clone())
        });
        let lines: Vec<_> = lines.collect();
        let ends = [size.above - 2., below + 3.];
        events::draw(shapes, &lines, ends, below + LINE);
        if lines.is_empty() { 0. } else { LINE }
    }

    /// What the shades stand for, and how high that is: below the cells, or further left if it is long.
    fn draw_scale(&self, shapes: &mut Shapes, size: &Size, below: f64, most: f64) -> f64 {
        let text = self.scale(most);
        let (width, gap) = (18., 8.);
        let room = f64::from(WIDTH) - 6. * width - gap - width_of(&text);
        let left = size.left.min(room).max(0.);
        for step in 0..6 {
            let at = Rect {
                x: left + f64::from(step) * width,
                y: below + 12.,
                width,
                height: 12.,
            };
            shapes.rect(at, HEAT, opacity(f64::from(step) / 5.), "");
        }
        let place = [left + 6. * width + gap, below + 22.5];
        shapes.text(place, Anchor::Start, MUTED, &text);
        SCALE
    }

    /// From what to what the shades go.
    fn scale(&self, most: f64) -> String {
        let stretched = match self.shades {
            Shades::Even => "",
            Shades::Stretched => ", logarithmic",
        };
        format!("0 to {} {}{stretched}", self.unit.write(most), self.what)
    }
}

/// The opacity of the shade for a fraction of the highest figure.
fn opacity(shade: f64) -> f64 {
    let ([from, to], part) = match shade > DARK {
        true => (DEEP, (shade - DARK) / (1. - DARK)),
        false => (PALE, shade / DARK),
    };
    from + (to - from) * part
}

struct Size {
    left: f64,
    above: f64,
    /// Width and height of a cell.
    cell: [f64; 2],
    /// Whether the names of the columns stand upright.
    upright: bool,
}

impl Size {
    fn cell(&self, row: usize, column: usize) -> Rect {
        let [width, height] = self.cell;
        // A hairline between cells, if they are not tiny.
        let gap = if width > 6. { 1. } else { 0. };
        Rect {
            x: self.left + column as f64 * width,
            y: self.above + row as f64 * height,
            width: width - gap,
            height: height - gap,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_shade_is_between_pale_and_deep() {
        let shades: Vec<_> = (0..=100)
            .map(|part| opacity(f64::from(part) / 100.))
            .collect();
        assert!(shades.is_sorted());
        assert_eq!((shades[0], shades[100]), (PALE[0], DEEP[1]));
        let mut between = shades.iter().filter(|shade| (0.47..0.7).contains(*shade));
        assert_eq!(between.next(), None);
    }
}
