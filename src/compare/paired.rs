//! Whether the most even strategy is more even than another, on the same requests and seeds.

use serde::Serialize;

use super::figures::Outcome;
use super::interval::{Interval, mean};

/// Runs that a difference is told of, at least.
const LEAST_RUNS: usize = 5;

/// How much higher the peak of one strategy is than that of the most even one, run by run.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The strategy with the lowest mean peak of the requests: of all, or of those that pick by key.
    pub most_even: &'static str,
    /// The other.
    pub other: &'static str,
    /// The other's `peak_to_mean` of the requests less that of the most even.
    pub peak_to_mean: Interval,
    /// Whether that is a difference: its interval does not include 0.
    pub shown: bool,
}

/// A strategy and its peak in each run.
struct Peaks {
    algorithm: &'static str,
    by_key: bool,
    peaks: Vec<f64>,
}

/// The most even of all against each other one; and if that one picks without a key, where turns are
/// enough to be even, the most even of those by key against the others of them as well.
pub(super) fn differences(measured: &[Vec<&Outcome>]) -> Vec<Difference> {
    let mut all: Vec<_> = measured.iter().filter_map(|runs| Peaks::of(runs)).collect();
    let mut differences = against_the_most_even(&all);
    if most_even(&all).is_some_and(|best| !best.by_key) {
        all.retain(|peaks| peaks.by_key);
        differences.extend(against_the_most_even(&all));
    }
    differences
}

fn against_the_most_even(all: &[Peaks]) -> Vec<Difference> {
    let Some(best) = most_even(all) else {
        return Vec::new();
    };
    let others = all.iter().filter(|other| other.algorithm != best.algorithm);
    others.filter_map(|other| best.against(other)).collect()
}

fn most_even(all: &[Peaks]) -> Option<&Peaks> {
    all.iter()
        .min_by(|a, b| mean(&a.peaks).total_cmp(&mean(&b.peaks)))
}

impl Peaks {
    fn of(runs: &[&Outcome]) -> Option<Self> {
        let peak = |run: &&Outcome| Some(run.spread.requests?.peak_to_mean);
        let peaks: Vec<_> = runs.iter().map(peak).collect::<Option<_>>()?;
        (peaks.len() >= LEAST_RUNS).then_some(Self {
            algorithm: runs[0].algorithm,
            by_key: runs[0].by_key,
            peaks,
        })
    }

    fn against(&self, other: &Self) -> Option<Difference> {
        let pairs = self.peaks.iter().zip(&other.peaks);
        let more: Vec<_> = pairs.map(|(best, other)| other - best).collect();
        let peak_to_mean = Interval::of(&more)?;
        Some(Difference {
            most_even: self.algorithm,
            other: other.algorithm,
            shown: !peak_to_mean.includes_zero(),
            peak_to_mean,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peaks(algorithm: &'static str, by_key: bool, peaks: [f64; 5]) -> Peaks {
        Peaks {
            algorithm,
            by_key,
            peaks: peaks.to_vec(),
        }
    }

    #[test]
    fn pairs_show_what_means_alone_hide() {
        let best = peaks("best", true, [1.1, 1.5, 1.2, 1.9, 1.3]);
        // Always a little higher, though the runs differ by far more.
        let higher = peaks("higher", true, [1.12, 1.53, 1.22, 1.93, 1.32]);
        let alike = peaks("alike", true, [1.3, 1.2, 1.5, 1.7, 1.4]);
        let differences = against_the_most_even(&[higher, best, alike]);
        let told: Vec<_> = differences
            .iter()
            .map(|told| (told.most_even, told.other, told.shown))
            .collect();
        assert_eq!(told, [("best", "higher", true), ("best", "alike", false)]);
        assert!((differences[0].peak_to_mean.mean - 0.024).abs() < 1e-12);
    }
}
