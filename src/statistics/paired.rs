//! Whether the strategy with the lowest figure is really below another, on the same requests and seeds.

use super::interval::{Interval, mean};

/// Runs that a difference is told of, at least.
const LEAST_RUNS: usize = 5;

/// A figure of a strategy in each run.
pub(crate) struct Series {
    pub(crate) algorithm: &'static str,
    pub(crate) values: Vec<f64>,
}

/// How much higher the figure of one strategy is than that of the lowest, run by run.
pub(crate) struct Pair {
    pub(crate) lowest: &'static str,
    pub(crate) other: &'static str,
    pub(crate) difference: Interval,
    /// Whether that is a difference: its interval does not include 0.
    pub(crate) shown: bool,
}

/// The strategy whose figure has the lowest mean: the first of several.
pub(crate) fn lowest<'a>(all: impl IntoIterator<Item = &'a Series>) -> Option<&'a Series> {
    all.into_iter()
        .min_by(|a, b| mean(&a.values).total_cmp(&mean(&b.values)))
}

/// The lowest against each other one; nothing of too few runs.
pub(crate) fn against_the_lowest<'a>(
    all: impl IntoIterator<Item = &'a Series, IntoIter: Clone>,
) -> Vec<Pair> {
    let all = all.into_iter();
    let Some(best) = lowest(all.clone()).filter(|best| best.values.len() >= LEAST_RUNS) else {
        return Vec::new();
    };
    let others = all.filter(|other| other.algorithm != best.algorithm);
    others.filter_map(|other| best.against(other)).collect()
}

impl Series {
    fn against(&self, other: &Self) -> Option<Pair> {
        let pairs = self.values.iter().zip(&other.values);
        let more: Vec<_> = pairs.map(|(lowest, other)| other - lowest).collect();
        let difference = Interval::of(&more)?;
        Some(Pair {
            lowest: self.algorithm,
            other: other.algorithm,
            difference,
            shown: !difference.includes_zero(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(algorithm: &'static str, values: &[f64]) -> Series {
        Series {
            algorithm,
            values: values.to_vec(),
        }
    }

    #[test]
    fn pairs_show_what_means_alone_hide() {
        let all = [
            // Always a little higher, though the runs differ by far more.
            series("higher", &[1.12, 1.53, 1.22, 1.93, 1.32]),
            series("best", &[1.1, 1.5, 1.2, 1.9, 1.3]),
            series("alike", &[1.3, 1.2, 1.5, 1.7, 1.4]),
        ];
        let pairs = against_the_lowest(&all);
        let told: Vec<_> = pairs
            .iter()
            .map(|pair| (pair.lowest, pair.other, pair.shown))
            .collect();
        assert_eq!(told, [("best", "higher", true), ("best", "alike", false)]);
        assert!((pairs[0].difference.mean - 0.024).abs() < 1e-12);
    }

    #[test]
    fn four_runs_are_too_few() {
        let all = [series("a", &[1.; 4]), series("b", &[2.; 4])];
        assert!(against_the_lowest(&all).is_empty());
        let all = [series("a", &[1.; 5]), series("b", &[2.; 5])];
        assert!(against_the_lowest(&all)[0].shown);
    }
}
