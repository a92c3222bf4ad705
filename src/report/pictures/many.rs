//! Rows of a figure each for many: backends, changes.

use crate::plot::{Dot, Row};

/// The most figures of a row that are a dot each; more are a box.
pub(super) const DOTS: usize = 30;

/// A row of a figure each for many: a dot each, or if there are too many a box.
pub(super) fn row_of_many(name: &str, figures: Vec<Dot>) -> Row {
    let name = name.to_owned();
    match figures.len() {
        0..=DOTS => Row {
            name,
            dots: figures,
            ..Row::default()
        },
        _ => Row {
            name,
            spread: quartiles(figures.iter().map(|dot| dot.value)),
            ..Row::default()
        },
    }
}

/// The least, the quartiles by nearest rank and the most; none of none.
pub(super) fn quartiles(figures: impl Iterator<Item = f64>) -> Option<[f64; 5]> {
    let mut figures: Vec<_> = figures.collect();
    figures.sort_by(f64::total_cmp);
    let count = figures.len();
    let rank = |quarter: usize| (count * quarter).div_ceil(4).saturating_sub(1);
    (count > 0).then(|| [0, 1, 2, 3, 4].map(|quarter| figures[rank(quarter)]))
}

/// Returns how to read a row with one figure for each of many.
pub(super) fn reading(many: usize, one: &str) -> String {
    match many {
        0..=DOTS => format!("Each dot is {one}."),
        _ => format!(
            "The line spans all {many}, the box the middle half of them; the light mark is the median."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_figures_are_put_together() {
        let dots = |count: usize| {
            let dot = |number: usize| Dot {
                what: format!("b{number}"),
                value: number as f64,
            };
            (0..count).rev().map(dot).collect::<Vec<_>>()
        };
        let few = row_of_many("a", dots(DOTS));
        assert_eq!((few.dots.len(), few.spread), (DOTS, None));
        let many = row_of_many("a", dots(101));
        assert_eq!(many.spread, Some([0., 25., 50., 75., 100.]));
        assert!(many.dots.is_empty());
        assert_eq!(quartiles([3., 1.].into_iter()), Some([1., 1., 1., 3., 3.]));
        assert_eq!(quartiles(std::iter::empty()), None);
    }
}
