//! Several runs of a strategy as one: the means of their figures.

use super::figures::{Figures, Share};
use super::record::{Phase, Window};
use super::times::{Latency, Quantile};
use crate::statistics::mean;

/// The means over runs. Whole numbers are rounded, and the sum of the times is that of all runs. What some
/// run does not have is left out.
pub(super) fn figures(runs: &[Figures]) -> Figures {
    let shares = (0..runs[0].backends.len()).map(|place| {
        let shares: Vec<_> = runs.iter().map(|run| &run.backends[place]).collect();
        share(&shares)
    });
    Figures {
        requests: whole(runs, |run| run.requests),
        rejected: whole(runs, |run| run.rejected),
        failed: whole(runs, |run| run.failed),
        hit_ratio: all_of(runs, |run| run.hit_ratio),
        latency: all_latencies(runs, |run| run.latency.as_ref()),
        quantiles: parts(runs, |run| &run.quantiles, quantile),
        backends: shares.collect(),
        phases: parts(runs, |run| &run.phases, phase),
        windows: parts(runs, |run| &run.windows, window),
        windows_aside: Vec::new(),
        measured_from_ns: whole(runs, |run| run.measured_from_ns),
        ended_ns: whole(runs, |run| run.ended_ns),
    }
}

/// The parts that all runs have, each as one. Where runs end at different times the last window of each is
/// another length.
fn parts<T>(
    runs: &[Figures],
    parts: impl Fn(&Figures) -> &[T],
    mean: impl Fn(&[&T]) -> T,
) -> Vec<T> {
    let common = runs.iter().map(|run| parts(run).len()).min();
    let part = |place| {
        mean(
            &runs
                .iter()
                .map(|run| &parts(run)[place])
                .collect::<Vec<_>>(),
        )
    };
    (0..common.unwrap_or_default()).map(part).collect()
}

/// The shares go from the least to the most, so that at a place they are the same in all runs.
fn quantile(runs: &[&Quantile]) -> Quantile {
    Quantile {
        share: runs[0].share,
        ns: whole(runs, |run| run.ns),
    }
}

fn phase(runs: &[&Phase]) -> Phase {
    Phase {
        from_ns: runs[0].from_ns,
        requests: whole(runs, |run| run.requests),
        rejected: whole(runs, |run| run.rejected),
        failed: whole(runs, |run| run.failed),
        latency: all_latencies(runs, |run| run.latency.as_ref()),
        hit_ratio: all_of(runs, |run| run.hit_ratio),
        undisturbed_hit_ratio: all_of(runs, |run| run.undisturbed_hit_ratio),
    }
}

fn window(runs: &[&Window]) -> Window {
    let of_backends = |loads: fn(&Window) -> &Vec<f64>| {
        let places = 0..loads(runs[0]).len();
        places
            .map(|place| mean_of(runs, |run| loads(run)[place]))
            .collect()
    };
    Window {
        until_ns: whole(runs, |run| run.until_ns),
        requests: whole(runs, |run| run.requests),
        rejected: whole(runs, |run| run.rejected),
        failed: whole(runs, |run| run.failed),
        latency: all_latencies(runs, |run| run.latency.as_ref()),
        hit_ratio: all_of(runs, |run| run.hit_ratio),
        busy_servers: of_backends(|run| &run.busy_servers),
        mean_queue: of_backends(|run| &run.mean_queue),
    }
}

/// The means of the times, if all runs have any.
fn all_latencies<'a, T>(
    runs: &'a [T],
    of_run: impl Fn(&'a T) -> Option<&'a Latency>,
) -> Option<Latency> {
    let latencies: Option<Vec<_>> = runs.iter().map(of_run).collect();
    latencies.map(|latencies| latency(&latencies))
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
        failed: whole(runs, |run| run.failed),
        hit_ratio: all_of(runs, |run| run.hit_ratio),
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
