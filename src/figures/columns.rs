//! Figures as the columns of tables and of CSV.

use super::figure::{Figure, Measured};
use super::interval::Interval;
use super::intervals::Intervals;

/// A row of a table or of CSV: cells, each with the header of its column, blank where a figure has no meaning.
#[derive(Clone, Debug, Default)]
pub struct Columns(Vec<(String, String)>);

impl Columns {
    /// With a column that is no figure.
    #[must_use]
    pub fn column(mut self, header: impl Into<String>, cell: impl Into<String>) -> Self {
        self.0.push((header.into(), cell.into()));
        self
    }

    /// With columns that are no figures, if there are any.
    #[must_use]
    pub fn columns(self, columns: impl IntoIterator<Item = (String, String)>) -> Self {
        columns
            .into_iter()
            .fold(self, |row, (header, cell)| row.column(header, cell))
    }

    /// With figures as tables show them: means with half of their intervals' widths where there are any.
    #[must_use]
    pub fn shown<T: Measured>(
        self,
        figures: &[&'static Figure<T>],
        of: Option<&T>,
        intervals: Option<&Intervals<T>>,
    ) -> Self {
        figures.iter().fold(self, |row, figure| {
            row.column(figure.heading, figure.cell(of, intervals))
        })
    }

    /// With figures as CSV has them, in full precision and with names that begin with a prefix.
    #[must_use]
    pub fn exact<T>(self, prefix: &str, figures: &[&'static Figure<T>], of: Option<&T>) -> Self {
        figures
            .iter()
            .filter(|figure| figure.has_column)
            .fold(self, |row, figure| {
                let number = of.and_then(|of| figure.of(of));
                row.column(format!("{prefix}{}", figure.name), text(number))
            })
    }

    /// With the ends of intervals as CSV has them; and with the means of figures that have no other column.
    #[must_use]
    pub fn exact_intervals<T: Measured>(
        mut self,
        prefix: &str,
        intervals: Option<&Intervals<T>>,
    ) -> Self {
        for figure in T::FIGURES.iter().filter(|figure| figure.has_interval) {
            let interval = intervals.and_then(|intervals| intervals.of(figure));
            let mut push = |end: &str, value: fn(Interval) -> f64| {
                let header = format!("{prefix}{}{end}", figure.name);
                self.0.push((header, text(interval.map(value))));
            };
            if !figure.has_column {
                push("", |interval| interval.mean);
            }
            push("_low", |interval| interval.low);
            push("_high", |interval| interval.high);
        }
        self
    }

    /// The headers.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(header, _)| header.as_str())
    }

    /// The cells below them.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, cell)| cell.as_str())
    }
}

impl<T: Measured> Figure<T> {
    /// Its cell in a table: with its interval if it has one, blank where it has no meaning.
    #[must_use]
    pub fn cell(&self, of: Option<&T>, intervals: Option<&Intervals<T>>) -> String {
        let interval = intervals.and_then(|intervals| intervals.of(self));
        match (interval, of.and_then(|of| self.of(of))) {
            (Some(interval), _) => self.text_of_interval(interval),
            (None, Some(number)) => self.text(number),
            (None, None) => String::new(),
        }
    }
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}
