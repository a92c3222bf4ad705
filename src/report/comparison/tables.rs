//! The tables of a comparison.

use crate::compare::{
    AlgorithmFigures, AlgorithmIntervals, Band, Changed, Comparison, Evenness, Spreads,
};
use crate::figures::{Columns, Intervals, Measured};
use crate::report::fullest::{self, Named};
use crate::report::remap::{OVER_MINIMUM, over_minimum};
use crate::sheet::Sheet;

/// In nanoseconds.
pub(super) const SECOND: u64 = 1_000_000_000;

/// How even the load is, a row a strategy and one for random assignment.
pub(super) fn spread(comparison: &Comparison) -> Sheet {
    let measured = comparison.results.iter().map(|result| {
        let intervals = result.intervals.as_ref();
        let spread = spread_row(result.algorithm, result.spread, intervals);
        let others = intervals.map(|all| &all.others);
        spread.shown(&[AlgorithmFigures::AFFINITY], Some(result), others)
    });
    let random = Spreads {
        requests: comparison.chance.requests,
        keys: comparison.chance.keys,
    };
    let random = spread_row("(random assignment)", random, None);
    let random = random.shown(&[AlgorithmFigures::AFFINITY], None, None);
    let range = comparison.chance.peak.map_or_else(String::new, |Band { low, high }| {
        format!(
            "Requests peak of {} random assignments: {low:.3} to {high:.3}; a keyed strategy in this range is as even \
             as random assignment.",
            comparison.chance.assignments
        )
    });
    Sheet::of_columns(1, measured.chain([random]))
        .noted(range)
        .titled(
            "Spread of requests and of distinct keys (peak, min: load of the busiest and of the least busy backend over its expected share; \
             affinity: repeat requests that reach the same backend)",
        )
        .sparing(&[
            Evenness::JAIN.heading,
            Evenness::CV.heading,
            Evenness::MIN_TO_MEAN.heading,
        ])
}

fn spread_row(name: &str, spread: Spreads, intervals: Option<&AlgorithmIntervals>) -> Columns {
    let requests = intervals.and_then(|all| all.requests.as_ref());
    let keys = intervals.and_then(|all| all.keys.as_ref());
    let named = Columns::default().column("algorithm", name);
    let with_requests = evenness(named, "requests", spread.requests, requests);
    evenness(with_requests, "keys", spread.keys, keys)
}

/// With the figures of a spread, the first of which says what they are of.
fn evenness(
    row: Columns,
    counted: &str,
    of: Option<Evenness>,
    intervals: Option<&Intervals<Evenness>>,
) -> Columns {
    let (peak, others) = (Evenness::PEAK_TO_MEAN, &Evenness::FIGURES[1..]);
    row.column(
        format!("{counted} {}", peak.heading),
        peak.cell(of.as_ref(), intervals),
    )
    .shown(others, of.as_ref(), intervals)
}

/// The fullest windows of a log's time, if there are windows.
pub(super) fn fullest(comparison: &Comparison) -> Option<Sheet> {
    fullest::table(comparison.workload.window_s? * SECOND, windows(comparison))
}

/// The fullest windows of each strategy.
pub(super) fn windows(comparison: &Comparison) -> impl Iterator<Item = Named<'_>> {
    let results = comparison.results.iter();
    results.map(|result| (result.algorithm, &*result.fullest))
}

/// What each change moves; none without a change.
pub(super) fn remap(comparison: &Comparison) -> Option<Sheet> {
    let changes = comparison.results.first()?.changes.len();
    let rows = (0..changes).flat_map(|number| {
        let row = move |result: &AlgorithmFigures| remap_row(result, &result.changes[number]);
        comparison.results.iter().map(row)
    });
    let title =
        "Moves (of keys, or of the positions in the request sequence if a strategy uses no key)";
    (changes > 0).then(|| {
        Sheet::of_columns(2, rows)
            .titled(title)
            .sparing(&[OVER_MINIMUM])
    })
}

fn remap_row(result: &AlgorithmFigures, changed: &Changed) -> Columns {
    Columns::default()
        .column("change", changed.change.as_str())
        .column("algorithm", result.algorithm)
        .shown(Changed::FIGURES, Some(changed), changed.intervals.as_ref())
        .column(
            OVER_MINIMUM,
            over_minimum(changed.remap_ratio, changed.ideal_remap),
        )
}

/// Memory, and times if they were measured.
pub(super) fn cost(comparison: &Comparison) -> Sheet {
    let figures = [
        AlgorithmFigures::MEMORY_BYTES,
        AlgorithmFigures::BUILD_NS,
        AlgorithmFigures::PICK_NS,
    ];
    let row = |result: &AlgorithmFigures| {
        Columns::default()
            .column("algorithm", result.algorithm)
            .shown(&figures, Some(result), None)
    };
    Sheet::of_columns(1, comparison.results.iter().map(row)).titled("Cost")
}
