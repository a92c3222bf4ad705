//! Whether the most even strategy is more even than another, on the same requests and seeds.

use serde::Serialize;

use super::figures::Outcome;
use crate::statistics::{Interval, Pair, Series, against_the_lowest, lowest};

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

/// The most even of all against each other one; and if that one picks without a key, where turns are
/// enough to be even, the most even of those by key against the others of them as well.
pub(super) fn differences(measured: &[Vec<&Outcome>]) -> Vec<Difference> {
    let all: Vec<_> = measured.iter().filter_map(|runs| peaks(runs)).collect();
    let by_key = |peaks: &&Series| {
        let mut measured = measured.iter().map(|runs| runs[0]);
        measured.any(|first| first.algorithm == peaks.algorithm && first.by_key)
    };
    let mut pairs = against_the_lowest(&all);
    if lowest(&all).is_some_and(|best| !by_key(&best)) {
        pairs.extend(against_the_lowest(all.iter().filter(by_key)));
    }
    pairs.into_iter().map(Difference::from).collect()
}

/// The peak in each run.
fn peaks(runs: &[&Outcome]) -> Option<Series> {
    let peak = |run: &&Outcome| Some(run.spread.requests?.peak_to_mean);
    Some(Series {
        algorithm: runs[0].algorithm,
        values: runs.iter().map(peak).collect::<Option<_>>()?,
    })
}

impl From<Pair> for Difference {
    fn from(pair: Pair) -> Self {
        Self {
            most_even: pair.lowest,
            other: pair.other,
            peak_to_mean: pair.difference,
            shown: pair.shown,
        }
    }
}
