//! The intervals that the means over several runs are known to.

use serde::Serialize;

use super::figures::Figures;
use super::times::Latency;
use crate::statistics::Interval;

/// The intervals of a strategy's figures; none where some run does not have the figure.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Intervals {
    /// Of the mean time, in nanoseconds, as the others are.
    pub mean_ns: Option<Interval>,
    /// Of the median.
    pub p50_ns: Option<Interval>,
    /// Of what 90 % do not exceed.
    pub p90_ns: Option<Interval>,
    /// Of what 99 % do not exceed.
    pub p99_ns: Option<Interval>,
    /// Of what 99.9 % do not exceed.
    pub p999_ns: Option<Interval>,
    /// Of the longest time of a run.
    pub max_ns: Option<Interval>,
    /// Of the share of the requests that took longer than the limit.
    pub over_limit: Option<Interval>,
    /// Of how many found no room.
    pub rejected: Interval,
    /// Of the share of the measured requests that found no room.
    pub rejected_share: Interval,
    /// Of the share of them that was lost at a backend that stopped.
    pub failed_share: Interval,
    /// Of the share that found its key in the backend's cache.
    pub hit_ratio: Option<Interval>,
}

impl Intervals {
    /// Over runs that measure so many requests each; none of fewer than two.
    pub(super) fn of(runs: &[Figures], measured: u64) -> Option<Self> {
        let times = |time: fn(&Latency) -> u64| over(runs, |latency| Some(time(latency) as f64));
        let of_runs = |figure: fn(&Figures) -> u64, of: f64| {
            let values = runs.iter().map(|run| figure(run) as f64 / of);
            Interval::of(&values.collect::<Vec<_>>())
        };
        let all = measured.max(1) as f64;
        let hits: Option<Vec<_>> = runs.iter().map(|run| run.hit_ratio).collect();
        Some(Self {
            mean_ns: over(runs, |latency| Some(latency.mean_ns)),
            p50_ns: times(|latency| latency.p50_ns),
            p90_ns: times(|latency| latency.p90_ns),
            p99_ns: times(|latency| latency.p99_ns),
            p999_ns: times(|latency| latency.p999_ns),
            max_ns: times(|latency| latency.max_ns),
            over_limit: over(runs, |latency| latency.over_limit),
            rejected: of_runs(|run| run.rejected, 1.)?,
            rejected_share: of_runs(|run| run.rejected, all)?,
            failed_share: of_runs(|run| run.failed, all)?,
            hit_ratio: hits.and_then(|hits| Interval::of(&hits)),
        })
    }
}

fn over(runs: &[Figures], figure: impl Fn(&Latency) -> Option<f64>) -> Option<Interval> {
    let values = runs.iter().map(|run| figure(run.latency.as_ref()?));
    Interval::of(&values.collect::<Option<Vec<_>>>()?)
}
