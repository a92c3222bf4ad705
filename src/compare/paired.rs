//! Whether the most even strategy is more even than another, on the same requests and seeds.

use serde::{Serialize, Serializer};

use super::figures::{AlgorithmFigures, Evenness};
use crate::figures::{Difference, Interval, Series, against_the_best, best};

/// Returns the differences of the most even strategy to each other one, by the peak of the requests. If it picks
/// without a key, where turns are enough for evenness, also those of the most even strategy by key to the others by
/// key.
pub(super) fn differences(measured: &[Vec<&AlgorithmFigures>]) -> Vec<Difference<Evenness>> {
    let series = |runs: &Vec<&AlgorithmFigures>| {
        let spreads = runs.iter().map(|run| run.spread.requests.as_ref());
        Series::over(runs[0].algorithm, spreads)
    };
    let all: Vec<_> = measured.iter().map(series).collect();
    let by_key = |series: &Series<Evenness>| {
        let mut measured = measured.iter().map(|runs| runs[0]);
        measured.any(|first| first.algorithm == series.algorithm && first.by_key)
    };
    let mut pairs = against_the_best(&all, |_| true);
    if best(Evenness::PEAK_TO_MEAN, &all).is_some_and(|best| !by_key(best)) {
        pairs.extend(against_the_best(&all, by_key));
    }
    pairs
}

/// A difference in JSON, which has only the peak.
#[derive(Serialize)]
struct MoreEven {
    most_even: &'static str,
    other: &'static str,
    peak_to_mean: Interval,
    p_value: Option<f64>,
    shown: bool,
}

pub(super) fn serialize<S: Serializer>(
    pairs: &[Difference<Evenness>],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(pairs.iter().map(|pair| MoreEven {
        most_even: pair.best,
        other: pair.other,
        peak_to_mean: pair.difference,
        p_value: pair.p_value,
        shown: pair.shown,
    }))
}
