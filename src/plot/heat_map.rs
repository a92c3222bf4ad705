//! A shade a pair, drawn.

use super::svg::{Anchor, Picture, Rect, Shapes};
use super::theme::{EVENT, HEAT, INK, MUTED, SURFACE, WIDTH, shortened, width_of};
use super::{HeatMap, Unit};

/// The most letters of a name.
const NAME: usize = 22;

/// The highest and the lowest that a cell is.
const CELL: [f64; 2] = [34., 12.];

/// From here on a cell is so dark that its text is light.
const DARK: f64 = 0.6;

/// The opacity of nothing.
const PALEST: f64 = 0.05;

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
        for (place, cell) in self.cells.iter().enumerate() {
            let at = size.cell(place / columns, place % columns);
            let Some(figure) = *cell else { continue };
            let tip = self.tip(place / columns, place % columns, figure);
            let shade = (figure / most).clamp(0., 1.);
            shapes.rect(at, HEAT, PALEST + (1. - PALEST) * shade, &tip);
            self.write_in(&mut shapes, at, figure, shade);
        }
        self.draw_events(&mut shapes, &size);
        let below = size.above + size.cell[1] * self.rows.len() as f64;
        let height = below + self.draw_scale(&mut shapes, &size, below, most);
        Picture {
            shapes,
            height: height as u32,
        }
    }

    fn most(&self) -> f64 {
        let cells = self.cells.iter().flatten().copied();
        let most = self.most.unwrap_or_else(|| cells.fold(0., f64::max));
        if most > 0. { most } else { 1. }
    }

    fn size(&self) -> Size {
        let longest = |names: &[String]| {
            let letters = names.iter().map(|name| name.chars().count().min(NAME));
            f64::from(width_of(letters.max().unwrap_or_default()))
        };
        let left = longest(&self.rows) + 10.;
        let width = (f64::from(WIDTH) - left - RIGHT) / self.columns.len().max(1) as f64;
        let upright = longest(&self.columns) + 4. > width;
        let names = if upright { longest(&self.columns) } else { 16. };
        Size {
            left,
            above: names + 26.,
            cell: [width, width.clamp(CELL[1], CELL[0])],
            upright,
        }
    }

    /// The names of rows and columns, so many as have room.
    fn draw_names(&self, shapes: &mut Shapes, size: &Size) {
        let Size { left, above, .. } = *size;
        let [rows, columns] = &self.axes;
        shapes.text(
            [0., 14.],
            Anchor::Start,
            MUTED,
            &format!("rows: {rows} · columns: {columns}"),
        );
        let step = |room: f64| (16. / room).ceil().max(1.) as usize;
        for (number, name) in self.rows.iter().enumerate().step_by(step(size.cell[1])) {
            let y = above + (number as f64 + 0.5) * size.cell[1] + 4.5;
            let name = shortened(name, NAME);
            shapes.text([left - 6., y], Anchor::End, INK, &name);
        }
        for (number, name) in self.columns.iter().enumerate().step_by(step(size.cell[0])) {
            let x = left + (number as f64 + 0.5) * size.cell[0];
            let name = shortened(name, NAME);
            if size.upright {
                shapes.upwards([x + 4.5, above - 5.], INK, &name);
            } else {
                shapes.text([x, above - 6.], Anchor::Middle, INK, &name);
            }
        }
    }

    /// The figure in the cell, if it has room.
    fn write_in(&self, shapes: &mut Shapes, at: Rect, figure: f64, shade: f64) {
        let text = match self.unit {
            // The sign would stand in every cell.
            Unit::Percent => format!("{:.0}", figure * 100.),
            unit => unit.write(figure),
        };
        let width = f64::from(width_of(text.chars().count()));
        if width > at.width || at.height < 16. {
            return;
        }
        let fill = if shade > DARK { SURFACE } else { INK };
        let place = [at.x + at.width / 2., at.y + at.height / 2. + 4.5];
        shapes.text(place, Anchor::Middle, fill, &text);
    }

    fn tip(&self, row: usize, column: usize, figure: f64) -> String {
        let [rows, columns] = &self.axes;
        let figure = self.unit.write(figure);
        format!(
            "{rows} {}\n{columns} {}\n{figure}",
            self.rows[row], self.columns[column]
        )
    }

    fn draw_events(&self, shapes: &mut Shapes, size: &Size) {
        let below = size.above + size.cell[1] * self.rows.len() as f64;
        for (column, what) in &self.events {
            let x = size.left + *column as f64 * size.cell[0];
            shapes.line([[x, size.above - 2.], [x, below + 3.]], EVENT, 1.5, what);
        }
    }

    /// What the shades stand for, and how high that is.
    fn draw_scale(&self, shapes: &mut Shapes, size: &Size, below: f64, most: f64) -> f64 {
        let width = 18.;
        for step in 0..6 {
            let at = Rect {
                x: size.left + f64::from(step) * width,
                y: below + 12.,
                width,
                height: 12.,
            };
            shapes.rect(at, HEAT, PALEST + (1. - PALEST) * f64::from(step) / 5., "");
        }
        let y = below + 22.5;
        let text = format!("0 to {}", self.unit.write(most));
        let place = [size.left + 6. * width + 8., y];
        shapes.text(place, Anchor::Start, MUTED, &text);
        SCALE
    }
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
