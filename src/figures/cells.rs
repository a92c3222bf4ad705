//! Figures as columns of a table.

use super::figure::{Figure, Measured};
use super::intervals::Intervals;

/// Their headings.
pub fn headings<'a, T>(figures: &'a [&'static Figure<T>]) -> impl Iterator<Item = &'a str> {
    figures.iter().map(|figure| figure.heading)
}

/// The cells below them: means with half of their intervals' widths where there are any.
pub fn cells<'a, T: Measured>(
    figures: &'a [&'static Figure<T>],
    of: Option<&'a T>,
    intervals: Option<&'a Intervals<T>>,
) -> impl Iterator<Item = String> + 'a {
    figures.iter().map(
        move |figure| match intervals.and_then(|intervals| intervals.of(figure)) {
            Some(interval) => figure.cell_of_interval(Some(interval)),
            None => figure.cell(of),
        },
    )
}
