//! A row a category, drawn.

use anyhow::Result;

use super::axis::Span;
use super::drawing::{Row, Rows};
use super::frame::{Frame, LEFT, RIGHT, Side, Size};
use super::legend::{self, Sign};
use super::svg::{Anchor, Picture, Rect, Shapes};
use super::text::{pixels, shortened, width_of};
use super::theme::{BAND, INK, MUTED, SURFACE, WIDTH, category};

/// The height of a row.
const ROW: u32 = 22;

/// The most room of a name.
const NAME: f64 = 190.;

/// Between the frame and the figures.
const GAP: u32 = 10;

/// The radius of a dot.
const DOT: f64 = 3.4;

/// The least width of a box.
const BOX: f64 = 5.;

impl Rows {
    pub(super) fn draw(&self) -> Result<Picture> {
        let span = Span::of(&self.axis, self.figures(), 6);
        let mut legend = Shapes::default();
        let above = legend::draw(&mut legend, &self.legend());
        let names: Vec<_> = self
            .rows
            .iter()
            .map(|row| shortened(&row.name, NAME, pixels))
            .collect();
        let rows = self.rows.len();
        let size = self.size(above, &names, &span);
        let label = |tick: &f64| span.label(*tick);
        let name = |place: &f64| {
            let row = rows.checked_sub(1 + *place as usize);
            row.and_then(|row| names.get(row))
                .cloned()
                .unwrap_or_default()
        };
        let up = Side {
            range: 0. ..rows as f64,
            ticks: (0..rows).map(|row| row as f64 + 0.5).collect(),
            label: &name,
            grid: false,
        };
        let mut frame = Frame::draw(size, &Side::of(&span, &label), &up, span.title())?;
        self.shade(&mut frame, &span);
        for (number, row) in self.rows.iter().enumerate() {
            let middle = frame.inside.y + (number as f64 + 0.5) * f64::from(ROW);
            self.draw_row(&mut frame, &span, row, middle);
        }
        frame.shapes.append(&legend);
        Ok(frame.finish(0))
    }

    fn size(&self, above: u32, names: &[String], span: &Span) -> Size {
        let figures = self
            .rows
            .iter()
            .filter_map(Row::figure)
            .map(|figure| width_of(&span.write(figure)));
        let names = names.iter().map(|name| width_of(name));
        Size {
            above: above + 4,
            left: names.fold(0., f64::max).ceil() as u32 + LEFT,
            right: (figures.fold(0., f64::max).ceil() as u32 + GAP).max(RIGHT),
            height: self.rows.len() as u32 * ROW,
        }
    }

    /// All that has to have room on the axis.
    fn figures(&self) -> impl Iterator<Item = f64> {
        let band = self.band.iter().flat_map(|band| [band.low, band.high]);
        let rows = self.rows.iter().flat_map(|row| {
            let parts = (!row.parts.is_empty()).then(|| row.parts.iter().sum());
            let ends = row
                .interval
                .iter()
                .flatten()
                .chain(row.spread.iter().flatten());
            let dots = row.dots.iter().map(|dot| dot.value);
            parts
                .into_iter()
                .chain(dots)
                .chain(ends.copied())
                .chain(row.target)
        });
        band.chain(rows)
    }

    fn legend(&self) -> Vec<(Sign, String)> {
        let has_dots = self.rows.iter().any(|row| !row.dots.is_empty());
        let sign = |place| match has_dots {
            true => Sign::Dot(category(place)),
            false => Sign::Area(category(place), 1.),
        };
        let parts = self
            .legend
            .iter()
            .enumerate()
            .map(|(place, what)| (sign(place), what.clone()));
        let target = self
            .target
            .iter()
            .map(|what| (Sign::Mark(INK), what.clone()));
        let band = self
            .band
            .iter()
            .map(|band| (Sign::Area(BAND, 1.), band.what.clone()));
        parts.chain(target).chain(band).collect()
    }

    fn shade(&self, frame: &mut Frame, span: &Span) {
        let Some(band) = &self.band else { return };
        let ends = [band.low, band.high].map(|end| frame.across(span.place(end)));
        let at = Rect {
            x: ends[0],
            width: ends[1] - ends[0],
            ..frame.inside
        };
        let mut ground = Shapes::default();
        ground.ground(at, BAND);
        ground.append(&frame.shapes);
        frame.shapes = ground;
    }

    fn draw_row(&self, frame: &mut Frame, span: &Span, row: &Row, middle: f64) {
        let across = |figure| frame.inside.x + span.place(figure) * frame.inside.width;
        let shapes = &mut frame.shapes;
        let tip = |what: &str, figure: f64| tip(&row.name, what, &span.write(figure));
        let mut from = 0.;
        for (place, &part) in row.parts.iter().enumerate() {
            let what = self.legend.get(place).map_or("", String::as_str);
            let ends = [across(from), across(from + part)];
            let at = Rect {
                x: ends[0],
                y: middle - 7.,
                // A figure that is not 0 must be visible.
                width: (ends[1] - ends[0]).max(if part > 0. { 1. } else { 0. }),
                height: 14.,
            };
            shapes.rect(at, category(place), 1., &tip(what, part));
            from += part;
        }
        if let Some(spread) = row.spread {
            draw_spread(
                shapes,
                spread.map(across),
                middle,
                &self.spread_tip(span, row, spread),
            );
        }
        if let (true, [first, .., last]) = (self.names_dots(row), &*row.dots) {
            let ends = [first, last].map(|dot| [across(dot.value), middle]);
            shapes.line(ends, MUTED, 1., "");
        }
        for (place, dot) in row.dots.iter().enumerate() {
            let place = if self.names_dots(row) { place } else { 0 };
            shapes.dot(
                [across(dot.value), middle],
                DOT,
                category(place),
                &tip(&dot.what, dot.value),
            );
        }
        if let Some(ends) = row.interval {
            let text = ends.map(|end| span.write(end)).join(" to ");
            draw_interval(
                shapes,
                ends.map(across),
                middle,
                &self::tip(&row.name, "95% interval", &text),
            );
        }
        if let Some(figure) = row.figure() {
            let place = [f64::from(WIDTH), middle + 4.5];
            shapes.text(place, Anchor::End, MUTED, &span.write(figure));
        }
        if let Some(target) = row.target {
            let x = across(target);
            let what = self.target.as_deref().unwrap_or_default();
            shapes.line(
                [[x, middle - 9.], [x, middle + 9.]],
                INK,
                2.,
                &tip(what, target),
            );
        }
    }

    /// Whether the legend names the row's dots, which then have a colour each and a line from the first to the last.
    fn names_dots(&self, row: &Row) -> bool {
        self.legend.len() == row.dots.len() && self.legend.len() > 1
    }

    fn spread_tip(&self, span: &Span, row: &Row, spread: [f64; 5]) -> String {
        let [least, first, median, third, most] = spread.map(|figure| span.write(figure));
        format!(
            "{}\nfrom {least} to {most}\nmiddle half from {first} to {third}\nmedian {median}",
            row.name
        )
    }
}

impl Row {
    /// The total of the row, unless it has several figures on the axis.
    pub(super) fn figure(&self) -> Option<f64> {
        match (&*self.parts, &*self.dots) {
            ([], [dot]) => Some(dot.value),
            ([], _) => None,
            (parts, _) => Some(parts.iter().sum()),
        }
    }
}

fn draw_spread(shapes: &mut Shapes, ends: [f64; 5], middle: f64, tip: &str) {
    let [least, first, median, third, most] = ends;
    shapes.line([[least, middle], [most, middle]], category(0), 1.5, tip);
    // However near to each other they are, the box is seen behind the median.
    let room = (BOX - (third - first)).max(0.) / 2.;
    let at = Rect {
        x: first - room,
        y: middle - 6.,
        width: third - first + 2. * room,
        height: 12.,
    };
    shapes.rect(at, category(0), 1., tip);
    shapes.line(
        [[median, middle - 6.], [median, middle + 6.]],
        SURFACE,
        2.,
        tip,
    );
}

fn draw_interval(shapes: &mut Shapes, [low, high]: [f64; 2], middle: f64, tip: &str) {
    shapes.line([[low, middle], [high, middle]], INK, 1.5, tip);
    for end in [low, high] {
        shapes.line([[end, middle - 4.], [end, middle + 4.]], INK, 1.5, "");
    }
}

/// Returns the tip of a figure: its category, its meaning if that has a name, and the figure.
fn tip(name: &str, what: &str, figure: &str) -> String {
    match what {
        "" => format!("{name}: {figure}"),
        what => format!("{name}\n{what}: {figure}"),
    }
}
