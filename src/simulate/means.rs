//! Several runs of a strategy as one: the means of their figures.

use super::figures::{Figures, Share};
use super::times::Latency;
use crate::statistics::mean;

/// The means over runs. Whole numbers are rounded, and the sum of the times is that of all runs. What some
/// run does not have is left out.
pub(super) fn figures(runs: &[Figures]) -> Figures {
    let latencies: Option<Vec<_>> = runs.iter().map(|run| run.latency.as_ref()).collect();
    let shares = (0..runs[0].backends.len()).map(|place| {
        let shares: Vec<_> = runs.iter().map(|run| &run.backends[place]).collect();
        share(&shares)
    });
    Figures {
        requests: whole(runs, |run| run.requests),
        rejected: whole(runs, |run| run.rejected),
        latency: latencies.map(|latencies| latency(&latencies)),
        backends: shares.collect(),
    }
}

fn latency(runs: &[&Latency]) -> Latency {
    Latency {
        sum_ns: runs.iter().map(|run| run.sum_ns).sum(),
        mean_ns: mean_of(runs, |run| run.mean_ns),
        p50_ns: whole(runs, |run| run.p50_ns),
        p90_ns: whole(runs, |run| run.p90_ns),
        p99_ns: whole(runs, |run| run.p99_ns),
        p999_ns: whole(runs, |run| run.p999_ns),
        max_ns: whole(runs, |run| run.max_ns),
        over_limit: all_of(runs, |run| run.over_limit),
    }
}

fn share(runs: &[&Share]) -> Share {
    Share {
        backend: runs[0].backend.clone(),
        requests: whole(runs, |run| run.requests),
        rejected: whole(runs, |run| run.rejected),
        utilisation: mean_of(runs, |run| run.utilisation),
        mean_queue: mean_of(runs, |run| run.mean_queue),
    }
}

fn mean_of<T>(runs: &[T], figure: impl Fn(&T) -> f64) -> f64 {
    mean(&runs.iter().map(figure).collect::<Vec<_>>())
}

/// The mean of a whole number, rounded.
fn whole<T>(runs: &[T], figure: impl Fn(&T) -> u64) -> u64 {
    mean_of(runs, |run| figure(run) as f64).round() as u64
}

/// The mean of a figure that all runs have.
fn all_of<T>(runs: &[T], figure: impl Fn(&T) -> Option<f64>) -> Option<f64> {
    let values: Option<Vec<_>> = runs.iter().map(figure).collect();
    values.map(|values| mean(&values))
}
