//! Which results of a simulation are drawn.

use crate::simulate::{AlgorithmFigures, Simulated, Window};

/// The most lines that can be distinguished.
const LINES: usize = 8;

/// The results that have a line each: those with the shortest tails, in the order of the report.
pub(super) fn drawn(report: &Simulated) -> Vec<&AlgorithmFigures> {
    let mut places: Vec<_> = (0..report.results.len()).collect();
    places.sort_by_key(|&place| p99(&report.results[place]));
    places.truncate(LINES);
    places.sort_unstable();
    places
        .into_iter()
        .map(|place| &report.results[place])
        .collect()
}

/// The key that strategies are sorted by: those that finish no request come last.
pub(super) fn p99(result: &AlgorithmFigures) -> u64 {
    let latency = result.figures.latency.as_ref();
    latency.map_or(u64::MAX, |latency| latency.p99_ns)
}

/// The note if not all strategies have a line, and where the others are.
pub(super) fn without(report: &Simulated, others: &str) -> String {
    match report.results.len() > LINES {
        true => format!(" The {LINES} strategies with the lowest p99{others}."),
        false => String::new(),
    }
}

/// The windows of a strategy, asked for or only to be drawn.
pub(super) fn windows(result: &AlgorithmFigures) -> &[Window] {
    let figures = &result.figures;
    match figures.windows.is_empty() {
        true => &figures.windows_aside,
        false => &figures.windows,
    }
}

pub(super) fn milliseconds(nanoseconds: f64) -> String {
    format!("{:.3}", nanoseconds / 1e6)
}
