//! Whether the strategy with the best figure is significantly better than another, on the same requests and seeds.

use serde::Serialize;

use super::figure::{Better, Figure, Measured};
use super::interval::{Interval, mean};

/// The minimum number of runs for a difference.
const MIN_RUNS: usize = 5;

/// The difference of a strategy's figure to the best one, run by run.
#[derive(Clone, Debug, Serialize)]
#[serde(bound = "")]
pub struct Difference<T: 'static> {
    /// The figure.
    pub figure: &'static Figure<T>,
    /// The strategy with the best mean of the figure.
    pub best: &'static str,
    /// The other strategy.
    pub other: &'static str,
    /// The other's figure minus that of the best, in the unit of JSON and CSV.
    pub difference: Interval,
    /// Whether the difference is significant: its interval does not include 0.
    pub shown: bool,
}

/// A strategy's compared figures that all its runs have, for each run.
pub(crate) struct Series<T: 'static> {
    pub(crate) algorithm: &'static str,
    values: Vec<(&'static Figure<T>, Vec<f64>)>,
}

impl<T: Measured> Series<T> {
    pub(crate) fn over<'a>(
        algorithm: &'static str,
        runs: impl IntoIterator<Item = Option<&'a T>, IntoIter: Clone>,
    ) -> Self {
        let runs = runs.into_iter();
        let values = |figure: &'static Figure<T>| Some((figure, figure.over(runs.clone())?));
        Self {
            algorithm,
            values: compared().filter_map(values).collect(),
        }
    }

    fn of(&self, figure: &Figure<T>) -> Option<&[f64]> {
        let (_, values) = self.values.iter().find(|(other, _)| *other == figure)?;
        Some(values)
    }

    fn against(&self, other: &Self, figure: &'static Figure<T>) -> Option<Difference<T>> {
        let pairs = self.of(figure)?.iter().zip(other.of(figure)?);
        let more: Vec<_> = pairs.map(|(best, other)| other - best).collect();
        let difference = Interval::of(&more)?;
        Some(Difference {
            figure,
            best: self.algorithm,
            other: other.algorithm,
            difference,
            shown: !difference.includes_zero(),
        })
    }
}

/// Returns the figures of a type by which strategies are compared.
fn compared<T: Measured>() -> impl Iterator<Item = &'static Figure<T>> {
    T::FIGURES
        .iter()
        .copied()
        .filter(|figure| figure.is_compared)
}

/// Returns the strategy with the best mean of a figure; the first of several.
pub(crate) fn best<'a, T: Measured>(
    figure: &Figure<T>,
    all: impl IntoIterator<Item = &'a Series<T>>,
) -> Option<&'a Series<T>> {
    let rank = |values: &[f64]| match figure.better {
        Better::Higher => -mean(values),
        Better::Lower | Better::Neither => mean(values),
    };
    all.into_iter()
        .filter_map(|series| Some((rank(series.of(figure)?), series)))
        .min_by(|(one, _), (other, _)| one.total_cmp(other))
        .map(|(_, series)| series)
}

/// Returns the differences of each compared figure between the best strategy and the others; empty for too few runs.
pub(crate) fn against_the_best<'a, T: Measured>(
    all: impl IntoIterator<Item = &'a Series<T>, IntoIter: Clone>,
) -> Vec<Difference<T>> {
    let all = all.into_iter();
    let has_enough = |figure: &Figure<T>, series: &Series<T>| {
        series
            .of(figure)
            .is_some_and(|values| values.len() >= MIN_RUNS)
    };
    compared()
        .filter_map(|figure| Some((figure, best(figure, all.clone())?)))
        .filter(|(figure, best)| has_enough(figure, best))
        .flat_map(|(figure, best)| {
            all.clone()
                .filter(|other| other.algorithm != best.algorithm)
                .filter_map(move |other| best.against(other, figure))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::figure::figures;
    use super::*;

    struct Run {
        time: f64,
        hits: f64,
    }

    figures! { Run {
        /// Less is better.
        TIME = lower("time", "time", One, 2, |of| of.time).compared();
        /// More is better.
        HITS = higher("hits", "hits", One, 2, |of| of.hits).compared();
    } }

    fn series(algorithm: &'static str, times: &[f64], hits: f64) -> Series<Run> {
        let runs: Vec<_> = times.iter().map(|&time| Run { time, hits }).collect();
        Series::over(algorithm, runs.iter().map(Some))
    }

    #[test]
    fn pairs_show_differences_that_means_hide() {
        let all = [
            // Always slightly higher, though the runs differ by far more.
            series("higher", &[1.12, 1.53, 1.22, 1.93, 1.32], 0.),
            series("best", &[1.1, 1.5, 1.2, 1.9, 1.3], 0.),
            series("alike", &[1.3, 1.2, 1.5, 1.7, 1.4], 0.),
        ];
        let pairs = against_the_best(&all);
        let told: Vec<_> = pairs
            .iter()
            .filter(|pair| pair.figure == Run::TIME)
            .map(|pair| (pair.best, pair.other, pair.shown))
            .collect();
        assert_eq!(told, [("best", "higher", true), ("best", "alike", false)]);
        assert!((pairs[0].difference.mean - 0.024).abs() < 1e-12);
    }

    #[test]
    fn four_runs_are_too_few() {
        let all = [series("a", &[1.; 4], 0.), series("b", &[2.; 4], 0.)];
        assert!(against_the_best(&all).is_empty());
        let all = [series("a", &[1.; 5], 0.), series("b", &[2.; 5], 0.)];
        assert!(against_the_best(&all)[0].shown);
    }

    #[test]
    fn each_figure_has_its_own_best() {
        let all = [
            series("fast", &[1.; 5], 0.2),
            series("bound", &[2.; 5], 0.9),
        ];
        let pairs = against_the_best(&all);
        let told = pairs.iter().map(|pair| (pair.figure.name, pair.best));
        assert!(told.eq([("time", "fast"), ("hits", "bound")]));
        assert!((pairs[1].difference.mean + 0.7).abs() < 1e-12);
    }
}
