//! Figures as CSV.

use super::figure::{Figure, Measured};
use super::interval::Interval;
use super::intervals::Intervals;

/// A row of CSV: cells in full precision, each with the header of its column, blank where a figure has no
/// meaning.
#[derive(Debug, Default)]
pub struct Columns(Vec<(String, String)>);

impl Columns {
    /// With a word.
    #[must_use]
    pub fn word(mut self, header: &str, word: &str) -> Self {
        self.0.push((header.to_owned(), word.to_owned()));
        self
    }

    /// With figures, whose names begin with a prefix.
    #[must_use]
    pub fn figures<T>(
        mut self,
        prefix: &str,
        figures: &[&'static Figure<T>],
        of: Option<&T>,
    ) -> Self {
        for figure in figures.iter().filter(|figure| figure.has_column) {
            let cell = cell(of.and_then(|of| figure.of(of)));
            self.0.push((format!("{prefix}{}", figure.name), cell));
        }
        self
    }

    /// With the ends of intervals; and with the means of figures that have no other column.
    #[must_use]
    pub fn intervals<T: Measured>(mut self, prefix: &str, of: Option<&Intervals<T>>) -> Self {
        for figure in T::FIGURES.iter().filter(|figure| figure.has_interval) {
            let interval = of.and_then(|of| of.of(figure));
            let mut push = |end: &str, value: fn(Interval) -> f64| {
                let header = format!("{prefix}{}{end}", figure.name);
                self.0.push((header, cell(interval.map(value))));
            };
            if !figure.has_column {
                push("", |interval| interval.mean);
            }
            push("_low", |interval| interval.low);
            push("_high", |interval| interval.high);
        }
        self
    }

    /// The first line.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(header, _)| header.as_str())
    }

    /// The line of what was measured.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, cell)| cell.as_str())
    }
}

fn cell<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
