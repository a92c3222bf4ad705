//! Figures as the columns of tables and of CSV.

use super::figure::{Figure, Measured};
use super::interval::Interval;
use super::intervals::Intervals;

/// A row of a table or of CSV: cells, each with the header of its column, blank if a figure has no value.
#[derive(Clone, Debug, Default)]
pub struct Columns(Vec<(String, String)>);

impl Columns {
    /// Returns the row with a column that is not a figure.
    #[must_use]
    pub fn column(mut self, header: impl Into<String>, cell: impl Into<String>) -> Self {
        self.0.push((header.into(), cell.into()));
        self
    }

    /// Returns the row with columns that are not figures.
    #[must_use]
    pub fn columns(self, columns: impl IntoIterator<Item = (String, String)>) -> Self {
        columns
            .into_iter()
            .fold(self, |row, (header, cell)| row.column(header, cell))
    }

    /// Returns the row with figures as in tables: means with half the widths of their intervals, if there are any.
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

    /// Returns the row with figures as in CSV: in full precision, with prefixed names.
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

    /// Returns the row with the ends of intervals as in CSV, and with the means of figures that have no other column.
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

    /// Returns the headers.
    pub fn headers(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(header, _)| header.as_str())
    }

    /// Returns the cells, in the order of the headers.
    pub fn cells(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(_, cell)| cell.as_str())
    }
}

impl<T: Measured> Figure<T> {
    /// Returns its cell in a table: with its interval if it has one, blank if it has no value.
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

#[cfg(test)]
mod tests {
    use super::super::figure::figures;
    use super::*;

    struct Run {
        time_ns: u64,
        hits: Option<f64>,
    }

    figures! { Run {
        /// A time in nanoseconds.
        TIME_NS = lower("time_ns", "time", Milliseconds, 2, |of| of.time_ns).with_interval();
        /// A figure that some runs do not have.
        HITS = higher("hits", "hits", Percent, 1, |of| of.hits);
        /// A figure only over several runs.
        MISSES = lower("misses", "misses", Percent, 1, |of| of.hits.map(|hits| 1. - hits)).only_over_runs();
    } }

    const RUNS: [Run; 2] = [
        Run {
            time_ns: 1_000_000,
            hits: Some(0.25),
        },
        Run {
            time_ns: 2_000_000,
            hits: None,
        },
    ];

    fn told(row: &Columns) -> [Vec<&str>; 2] {
        [row.headers().collect(), row.cells().collect()]
    }

    #[test]
    fn tables_show_figures_in_their_units() {
        let shown = |run, intervals| Columns::default().shown(Run::FIGURES, run, intervals);
        let one = shown(Some(&RUNS[0]), None);
        let headers = vec!["time", "hits", "misses"];
        assert_eq!(told(&one), [headers, vec!["1.00", "25.0%", "75.0%"]]);
        let intervals = Intervals::over(RUNS.iter().map(Some));
        let two = shown(None, Some(&intervals));
        assert_eq!(told(&two)[1], ["1.50 ± 6.35", "", ""]);
    }

    #[test]
    fn csv_has_exact_figures_and_the_ends_of_intervals() {
        let intervals = Intervals::over(RUNS.iter().map(Some));
        let row = Columns::default()
            .column("of", "a")
            .exact("all_", Run::FIGURES, Some(&RUNS[1]))
            .exact_intervals("", Some(&intervals));
        let [headers, cells] = told(&row);
        let ends = ["time_ns_low", "time_ns_high"];
        let means = ["misses", "misses_low", "misses_high"];
        assert_eq!(headers[..3], ["of", "all_time_ns", "all_hits"]);
        assert_eq!(headers[3..], [&ends[..], &means[..]].concat());
        assert_eq!(cells[..3], ["a", "2000000", ""]);
        assert_eq!(cells[5..], ["", "", ""]);
    }
}
