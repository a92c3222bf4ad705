//! Plots before they are drawn.

use crate::sheet::Sheet;

/// A plot with the figures that it shows.
#[derive(Debug)]
pub struct Plot {
    /// What its files are called: words with hyphens between them. No other plot of a report has it.
    pub(crate) name: String,
    /// What is shown, in a few words.
    pub(crate) title: String,
    /// How to read it, and which figures are not shown or combined.
    pub(crate) caption: String,
    /// What is drawn.
    pub(crate) drawing: Drawing,
    /// The same as figures.
    pub(crate) table: Sheet,
}

/// What is drawn.
#[derive(Debug)]
pub(crate) enum Drawing {
    /// A row a category, with bars or dots along an axis.
    Rows(Rows),
    /// Lines over an axis.
    Curves(Curves),
    /// A shade a pair.
    HeatMap(HeatMap),
    /// Which backend has which part of a ring or a table.
    Strips(Strips),
}

impl Drawing {
    /// Whether there is nothing to draw.
    pub(crate) fn is_empty(&self) -> bool {
        match self {
            Self::Rows(rows) => rows.rows.is_empty(),
            Self::Curves(curves) => curves.lines.iter().all(|line| line.points.is_empty()),
            Self::HeatMap(map) => map.cells.is_empty(),
            Self::Strips(strips) => strips.strips.is_empty(),
        }
    }
}

/// What an axis measures.
#[derive(Clone, Debug)]
pub(crate) struct Axis {
    /// With the unit.
    pub(crate) title: String,
    pub(crate) scale: Scale,
    /// How a figure on it is written.
    pub(crate) unit: Unit,
}

impl Axis {
    pub(crate) fn new(title: impl Into<String>, scale: Scale, unit: Unit) -> Self {
        Self {
            title: title.into(),
            scale,
            unit,
        }
    }
}

/// How figures are laid out along an axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scale {
    /// From 0.
    Linear,
    /// From the least to the most.
    Fitted,
    /// By powers of ten.
    Logarithmic,
    /// Shares below 1, by the nines behind the point: 0.9, 0.99, 0.999.
    Nines,
}

/// How a figure is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// As it is, to three or four digits.
    Number,
    /// A whole number.
    Count,
    /// A share, in percent.
    Percent,
    /// Nanoseconds, in the unit that fits.
    Nanoseconds,
    /// Bytes, in the unit that fits.
    Bytes,
}

/// A row a category.
#[derive(Debug)]
pub(crate) struct Rows {
    pub(crate) axis: Axis,
    /// What the parts of the bars or the dots are, by their place in a row.
    pub(crate) legend: Vec<String>,
    /// What a row's target is.
    pub(crate) target: Option<String>,
    pub(crate) rows: Vec<Row>,
    /// A part of the axis that is shaded in every row, and what it is.
    pub(crate) band: Option<Band>,
}

impl Rows {
    /// Rows that need no explanation.
    pub(crate) fn of(axis: Axis, rows: impl IntoIterator<Item = Row>) -> Self {
        Self {
            axis,
            legend: Vec::new(),
            target: None,
            rows: rows.into_iter().collect(),
            band: None,
        }
    }
}

/// A category of [`Rows`].
#[derive(Debug, Default)]
pub(crate) struct Row {
    pub(crate) name: String,
    /// The parts of a bar, one behind the other.
    pub(crate) parts: Vec<f64>,
    /// Figures on the axis, each with its meaning.
    pub(crate) dots: Vec<Dot>,
    /// A box from the first quartile to the third, with its median and its ends.
    pub(crate) spread: Option<[f64; 5]>,
    /// What the figure is known to.
    pub(crate) interval: Option<[f64; 2]>,
    /// What the figure should be.
    pub(crate) target: Option<f64>,
}

/// A figure and what it is.
#[derive(Clone, Debug)]
pub(crate) struct Dot {
    pub(crate) what: String,
    pub(crate) value: f64,
}

/// A part of an axis.
#[derive(Clone, Debug)]
pub(crate) struct Band {
    pub(crate) what: String,
    pub(crate) low: f64,
    pub(crate) high: f64,
}

/// How shades go from nothing to the most.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shades {
    /// In proportion.
    Even,
    /// By the logarithm of one more, which distinguishes few from none where others are many.
    Stretched,
}

/// Lines over an axis.
#[derive(Debug)]
pub(crate) struct Curves {
    pub(crate) across: Axis,
    pub(crate) up: Axis,
    pub(crate) lines: Vec<Line>,
    /// Where something happens along the axis across, and what.
    pub(crate) events: Vec<Dot>,
}

/// A line of [`Curves`].
#[derive(Debug)]
pub(crate) struct Line {
    pub(crate) name: String,
    /// Across and up.
    pub(crate) points: Vec<[f64; 2]>,
}

/// A shade a pair.
#[derive(Debug)]
pub(crate) struct HeatMap {
    /// What is on the left, and what is above.
    pub(crate) axes: [String; 2],
    pub(crate) rows: Vec<String>,
    pub(crate) columns: Vec<String>,
    /// Row by row; none where a pair has no figure.
    pub(crate) cells: Vec<Option<f64>>,
    pub(crate) unit: Unit,
    /// What the cells show, printed after their range.
    pub(crate) what: String,
    pub(crate) shades: Shades,
    /// What the darkest shade stands for; the most of the cells, if that is none.
    pub(crate) most: Option<f64>,
    /// Where along the columns something happens, and what.
    pub(crate) events: Vec<(usize, String)>,
}

/// Which backend has which part of a ring or a table, a strip each.
#[derive(Debug)]
pub(crate) struct Strips {
    /// The owners that the colours stand for.
    pub(crate) owners: Vec<String>,
    pub(crate) strips: Vec<Strip>,
}

/// A ring from its beginning to its end, or a table.
#[derive(Debug)]
pub(crate) struct Strip {
    pub(crate) name: String,
    /// Where each part ends, up to 1, and the place of its owner, if it has one.
    pub(crate) parts: Vec<(f64, Option<usize>)>,
}
