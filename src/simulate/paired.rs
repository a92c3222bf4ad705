//! Whether the fastest strategy is faster than another, on the same requests and seeds.

use serde::Serialize;

use super::figures::Figures;
use super::times::Latency;
use crate::statistics::{Interval, Series, against_the_lowest};

/// A figure that strategies are told apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// The mean time.
    MeanNs,
    /// What 99 % do not exceed.
    P99Ns,
    /// The share of the requests that took longer than the limit.
    OverLimit,
}

/// How much higher a figure of one strategy is than that of the best one, run by run.
#[derive(Clone, Debug, Serialize)]
pub struct Difference {
    /// The figure.
    pub figure: Measure,
    /// The strategy whose figure has the lowest mean.
    pub best: &'static str,
    /// The other.
    pub other: &'static str,
    /// The other's figure less that of the best: nanoseconds, or a share.
    pub difference: Interval,
    /// Whether that is a difference: its interval does not include 0.
    pub shown: bool,
}

impl Measure {
    const ALL: [Self; 3] = [Self::MeanNs, Self::P99Ns, Self::OverLimit];

    fn of(self, latency: &Latency) -> Option<f64> {
        match self {
            Self::MeanNs => Some(latency.mean_ns),
            Self::P99Ns => Some(latency.p99_ns as f64),
            Self::OverLimit => latency.over_limit,
        }
    }
}

/// What is kept of a strategy's runs: each figure that all of them have.
pub(super) fn series(algorithm: &'static str, runs: &[Figures]) -> Vec<(Measure, Series)> {
    let series = |measure: Measure| {
        let values = runs.iter().map(|run| measure.of(run.latency.as_ref()?));
        let values = values.collect::<Option<_>>()?;
        Some((measure, Series { algorithm, values }))
    };
    Measure::ALL.into_iter().filter_map(series).collect()
}

/// Of each figure the best strategy against each other one.
pub(super) fn differences(all: &[(Measure, Series)]) -> Vec<Difference> {
    let of_one = |figure: Measure| {
        let same = all.iter().filter(move |(measure, _)| *measure == figure);
        let pairs = against_the_lowest(same.map(|(_, series)| series));
        pairs.into_iter().map(move |pair| Difference {
            figure,
            best: pair.lowest,
            other: pair.other,
            difference: pair.difference,
            shown: pair.shown,
        })
    };
    Measure::ALL.into_iter().flat_map(of_one).collect()
}
