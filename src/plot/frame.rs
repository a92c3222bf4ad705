//! The axes of a plot with their marks, and where on the picture a figure lies.

use std::ops::Range;

use anyhow::{Result, anyhow};
use plotters::chart::ChartBuilder;
use plotters::coord::ranged1d::{DefaultFormatting, KeyPointHint, Ranged};
use plotters::prelude::{IntoDrawingArea, IntoTextStyle, SVGBackend};

use super::axis::Span;
use super::svg::{Anchor, Picture, Rect, Shapes};
use super::theme::{GRID, INK, LETTERS, MUTED, WIDTH};

/// What plotters divides the size of letters by.
const PLOTTERS_LETTERS: f64 = 1.24;

/// Below the axis across: its marks and its title.
const BELOW: u32 = 44;

/// To the right of the last mark, which is centred on its place.
pub(super) const RIGHT: u32 = 26;

/// Left of the marks up, and between them and the frame.
pub(super) const LEFT: u32 = 14;

/// The length of the line at a mark.
const TICK: u32 = 4;

/// One side of a frame.
pub(super) struct Side<'a> {
    /// From the left or from below.
    pub(super) range: Range<f64>,
    pub(super) ticks: Vec<f64>,
    pub(super) label: &'a dyn Fn(&f64) -> String,
    /// Whether there is a line at each mark.
    pub(super) grid: bool,
}

impl<'a> Side<'a> {
    pub(super) fn of(span: &Span, label: &'a dyn Fn(&f64) -> String) -> Self {
        Self {
            range: span.low..span.high,
            ticks: span.ticks.clone(),
            label,
            grid: true,
        }
    }
}

/// How large a frame is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Size {
    /// From the upper edge of the picture.
    pub(super) above: u32,
    /// What the marks up take, left of the frame.
    pub(super) left: u32,
    /// What is right of the frame.
    pub(super) right: u32,
    /// Of the frame itself.
    pub(super) height: u32,
}

/// Axes and what is drawn on them.
pub(super) struct Frame {
    pub(super) shapes: Shapes,
    /// The frame itself.
    pub(super) inside: Rect,
}

impl Frame {
    /// Draws the axes.
    pub(super) fn draw(size: Size, across: &Side<'_>, up: &Side<'_>, title: &str) -> Result<Self> {
        let mut text = String::new();
        let inside = {
            let height = size.above + size.height + BELOW;
            let root = SVGBackend::with_string(&mut text, (WIDTH, height)).into_drawing_area();
            axes(&root, size, across, up).map_err(|error| anyhow!("{error}"))?
        };
        let mut shapes = Shapes::default();
        shapes.add(inner(&text));
        let middle = inside.x + inside.width / 2.;
        let below = inside.y + inside.height + f64::from(BELOW) - 8.;
        shapes.text([middle, below], Anchor::Middle, MUTED, title);
        Ok(Self { shapes, inside })
    }

    pub(super) fn across(&self, place: f64) -> f64 {
        self.inside.x + place * self.inside.width
    }

    pub(super) fn up(&self, place: f64) -> f64 {
        self.inside.y + (1. - place) * self.inside.height
    }

    /// The picture with this much room below the frame's title.
    pub(super) fn finish(self, below: u32) -> Picture {
        let height = (self.inside.y + self.inside.height) as u32 + BELOW + below;
        Picture {
            shapes: self.shapes,
            height,
        }
    }

    /// Where the first line below the frame's title is.
    pub(super) fn below(&self) -> f64 {
        self.inside.y + self.inside.height + f64::from(BELOW)
    }
}

type Root<'a> = plotters::drawing::DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
type Fault<'a> = plotters::drawing::DrawingAreaErrorKind<
    <SVGBackend<'a> as plotters::backend::DrawingBackend>::ErrorType,
>;

fn axes<'a>(
    root: &Root<'a>,
    size: Size,
    across: &Side<'_>,
    up: &Side<'_>,
) -> Result<Rect, Fault<'a>> {
    let mut chart = ChartBuilder::on(root)
        .margin_top(size.above)
        .margin_right(size.right)
        .margin_bottom(BELOW - LETTERS - 12)
        .x_label_area_size(LETTERS + 12)
        .y_label_area_size(size.left)
        .build_cartesian_2d(Marked::of(across), Marked::of(up))?;
    let letters = ("sans-serif", f64::from(LETTERS) * PLOTTERS_LETTERS);
    let mut mesh = chart.configure_mesh();
    mesh.set_all_tick_mark_size(TICK)
        .bold_line_style(GRID.rgb())
        .axis_style(MUTED.rgb())
        .x_label_formatter(across.label)
        .y_label_formatter(up.label)
        .x_label_style(letters.with_color(MUTED.rgb()))
        .y_label_style(letters.with_color(INK.rgb()));
    if !across.grid {
        mesh.disable_x_mesh();
    }
    if !up.grid {
        mesh.disable_y_mesh();
    }
    mesh.draw()?;
    let (x, y) = chart.plotting_area().get_pixel_range();
    let [width, height] = [&x, &y].map(|range| f64::from(range.end - range.start));
    root.present()?;
    Ok(Rect {
        x: f64::from(x.start),
        y: f64::from(y.start),
        width,
        height,
    })
}

/// A side as plotters sees it: with the marks that it is given.
struct Marked {
    range: Range<f64>,
    ticks: Vec<f64>,
}

impl Marked {
    fn of(side: &Side<'_>) -> Self {
        Self {
            range: side.range.clone(),
            ticks: side.ticks.clone(),
        }
    }
}

impl Ranged for Marked {
    type FormatOption = DefaultFormatting;
    type ValueType = f64;

    fn map(&self, value: &f64, (from, to): (i32, i32)) -> i32 {
        let place = (value - self.range.start) / (self.range.end - self.range.start);
        from + (place * f64::from(to - from)).round() as i32
    }

    fn key_points<Hint: KeyPointHint>(&self, hint: Hint) -> Vec<f64> {
        match hint.weight().allow_light_points() {
            true => Vec::new(),
            false => self.ticks.clone(),
        }
    }

    fn range(&self) -> Range<f64> {
        self.range.clone()
    }
}

/// The elements of an SVG.
fn inner(svg: &str) -> &str {
    let body = svg.split_once('>').map_or(svg, |(_, body)| body);
    body.strip_suffix("</svg>\n").unwrap_or(body)
}
