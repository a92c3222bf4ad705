//! Whether the strategy with the best figure is significantly better than another, on the same requests and seeds.

use serde::Serialize;

use super::figure::{Better, Figure, Measured};
use super::holm::adjusted;
use super::interval::{Interval, mean, p_value};

/// The minimum number of runs for a difference.
const MIN_RUNS: usize = 5;

/// The probability with which some difference is shown although all strategies are equal.
const LEVEL: f64 = 0.05;

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
    /// Two-sided by Student's t, adjusted by Holm for all pairs of strategies, since any of them might have been the
    /// best; `None` if all runs have the same difference, as where no run differs from another.
    pub p_value: Option<f64>,
    /// Whether the difference is significant: its p-value is below 5%.
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

    /// Returns the figures of another strategy minus its own, run by run.
    fn more(&self, other: &Self, figure: &Figure<T>) -> Option<Vec<f64>> {
        let pairs = self.of(figure)?.iter().zip(other.of(figure)?);
        Some(pairs.map(|(one, other)| other - one).collect())
    }
}

/// The p-values of a figure for all pairs of strategies, adjusted for their number.
struct Pairs(Vec<([&'static str; 2], Option<f64>)>);

impl Pairs {
    fn of<T: Measured>(figure: &Figure<T>, all: &[Series<T>]) -> Self {
        let pairs = all.iter().enumerate().flat_map(|(number, one)| {
            let rest = &all[number + 1..];
            rest.iter().map(move |other| (one, other))
        });
        let (names, p_values): (Vec<_>, Vec<_>) = pairs
            .filter_map(|(one, other)| {
                let names = [one.algorithm, other.algorithm];
                Some((names, p_value(&one.more(other, figure)?)))
            })
            .unzip();
        Self(names.into_iter().zip(adjusted(&p_values)).collect())
    }

    fn p_value(&self, one: &str, other: &str) -> Option<f64> {
        let is_pair = |names: &[&str; 2]| *names == [one, other] || *names == [other, one];
        let (_, p_value) = self.0.iter().find(|(names, _)| is_pair(names))?;
        *p_value
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

/// Returns the differences of each compared figure between the best of some strategies and the others of them; empty for
/// too few runs.
pub(crate) fn against_the_best<T: Measured>(
    all: &[Series<T>],
    is_among: impl Fn(&Series<T>) -> bool,
) -> Vec<Difference<T>> {
    let among = || all.iter().filter(|series| is_among(series));
    let mut differences = Vec::new();
    for figure in compared() {
        let Some(best) = best(figure, among()) else {
            continue;
        };
        if best.of(figure).is_none_or(|values| values.len() < MIN_RUNS) {
            continue;
        }
        let pairs = Pairs::of(figure, all);
        for other in among().filter(|other| other.algorithm != best.algorithm) {
            let more = best.more(other, figure);
            let Some(difference) = more.and_then(|more| Interval::of(&more)) else {
                continue;
            };
            let p_value = pairs.p_value(best.algorithm, other.algorithm);
            differences.push(Difference {
                figure,
                best: best.algorithm,
                other: other.algorithm,
                difference,
                p_value,
                shown: p_value.is_some_and(|p_value| p_value < LEVEL),
            });
        }
    }
    differences
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
        let pairs = against_the_best(&all, |_| true);
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
        assert!(against_the_best(&all, |_| true).is_empty());
        let more = [2., 2.1, 2.2, 2., 2.1];
        let all = [series("a", &[1.; 5], 0.), series("b", &more, 0.)];
        assert!(against_the_best(&all, |_| true)[0].shown);
    }

    /// A difference without any variance may be a property of the one input that all runs have.
    #[test]
    fn equal_differences_show_nothing() {
        let all = [series("a", &[1.; 5], 0.), series("b", &[2.; 5], 0.)];
        let pairs = against_the_best(&all, |_| true);
        assert!(
            pairs
                .iter()
                .all(|pair| pair.p_value.is_none() && !pair.shown)
        );
        assert_eq!(pairs[0].difference.mean, 1.);
    }

    /// Of many strategies, some pair differs by chance.
    #[test]
    fn pairs_are_adjusted_for_their_number() {
        let times = [[1., 1.3, 1.1, 1.2, 1.4], [1.3, 1.4, 1.5, 1.3, 1.6]];
        let [one, other] = times.map(|times| series("", &times, 0.));
        let two = ["a", "b"].into_iter().zip([&one, &other]);
        let named = |(algorithm, series): (&'static str, &Series<Run>)| Series {
            algorithm,
            values: series.values.clone(),
        };
        let two: Vec<_> = two.map(named).collect();
        let alone = against_the_best(&two, |_| true)[0].p_value.unwrap();
        let rest = [("c", &other), ("d", &other), ("e", &other)].map(named);
        let all: Vec<_> = two.into_iter().chain(rest).collect();
        let pairs = against_the_best(&all, |_| true);
        // Six more pairs have no variance, so that four are compared.
        assert!((pairs[0].p_value.unwrap() / alone - 4.).abs() < 1e-6);
        assert!(alone < LEVEL && !pairs[0].shown);
    }

    #[test]
    fn each_figure_has_its_own_best() {
        let all = [
            series("fast", &[1.; 5], 0.2),
            series("bound", &[2.; 5], 0.9),
        ];
        let pairs = against_the_best(&all, |_| true);
        let told = pairs.iter().map(|pair| (pair.figure.name, pair.best));
        assert!(told.eq([("time", "fast"), ("hits", "bound")]));
        assert!((pairs[1].difference.mean + 0.7).abs() < 1e-12);
    }
}
