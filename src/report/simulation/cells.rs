//! Columns that several tables have.

use crate::figures::{Figure, Measured, Unit};
use crate::simulate::{Figures, Latency, Simulated};

/// Whether requests were lost under some algorithm.
pub(super) fn has_failed(report: &Simulated) -> bool {
    report
        .results
        .iter()
        .any(|result| result.figures.failed > 0)
}

/// What the share of the requests that took longer is called.
pub(super) fn over(limit: u64) -> String {
    format!("over {} ms", limit as f64 / 1e6)
}

/// The hits, if there are caches.
pub(super) fn hits(report: &Simulated) -> Option<&'static Figure<Figures>> {
    report.setting.cache.map(|_| Figures::HIT_RATIO)
}

/// The mean and the quantiles.
pub(super) fn times() -> Vec<&'static Figure<Latency>> {
    let is_time = |figure: &&&Figure<Latency>| figure.unit == Unit::Milliseconds;
    Latency::FIGURES.iter().filter(is_time).copied().collect()
}
