//! Cells that several tables have.

use crate::simulate::{Latency, Report};

/// Whether requests were lost under some algorithm.
pub(super) fn has_failed(report: &Report) -> bool {
    report
        .results
        .iter()
        .any(|outcome| outcome.figures.failed > 0)
}

/// What the share of the requests that took longer is called.
pub(super) fn over(limit: u64) -> String {
    format!("over {} ms", limit as f64 / 1e6)
}

pub(super) fn times(latency: &Latency) -> [String; 6] {
    let times = [
        latency.p50_ns,
        latency.p90_ns,
        latency.p99_ns,
        latency.p999_ns,
        latency.max_ns,
    ];
    let [p50, p90, p99, p999, max] = times.map(|time| time as f64);
    [latency.mean_ns, p50, p90, p99, p999, max].map(milliseconds)
}

pub(super) fn milliseconds(nanoseconds: f64) -> String {
    format!("{:.3}", nanoseconds / 1e6)
}
