//! A comparison on one screen: a row a strategy, and what to see in it.

use evenkeel_algorithms::Registry;

use super::conclusions;
use crate::compare::{AlgorithmFigures, Changed, Comparison, Evenness};
use crate::figures::Columns;
use crate::report::document::Brief;
use crate::sheet::Sheet;
use crate::text::percent;

pub(super) fn brief(comparison: &Comparison) -> Brief {
    Brief {
        sheets: vec![summary(comparison)],
        conclusions: Some(conclusions::brief(comparison)),
        more: more(comparison),
        ..Brief::default()
    }
}

/// The load of the busiest backend, what each change moves of what has to, memory, and time if it was measured.
fn summary(comparison: &Comparison) -> Sheet {
    let is_timed = comparison.results.iter().any(|of| of.pick_ns.is_some());
    let mut costs = vec![AlgorithmFigures::MEMORY_BYTES];
    costs.extend(is_timed.then_some(AlgorithmFigures::PICK_NS));
    let row = |result: &AlgorithmFigures| {
        let intervals = result.intervals.as_ref();
        let requests = intervals.and_then(|all| all.requests.as_ref());
        let peak = Evenness::PEAK_TO_MEAN.cell(result.spread.requests.as_ref(), requests);
        let moved = result.changes.iter().map(|changed| {
            let header = format!("{}: moved (min)", changed.change);
            (header, moved(result, changed))
        });
        Columns::default()
            .column("strategy", result.algorithm)
            .column("busiest by requests", peak)
            .columns(moved)
            .shown(&costs, Some(result), None)
    };
    Sheet::of_columns(1, comparison.results.iter().map(row)).sparing(&[
        AlgorithmFigures::PICK_NS.heading,
        AlgorithmFigures::MEMORY_BYTES.heading,
    ])
}

/// The share of keys that moves, and the least that has to; none of a strategy that uses no key.
fn moved(result: &AlgorithmFigures, changed: &Changed) -> String {
    if !result.by_key {
        return "-".to_owned();
    }
    let moved = match &changed.intervals {
        Some(_) => Changed::REMAP_RATIO.cell(Some(changed), changed.intervals.as_ref()),
        None => percent(changed.remap_ratio),
    };
    format!("{moved} ({})", percent(changed.ideal_remap))
}

/// How to see more strategies.
fn more(comparison: &Comparison) -> String {
    let all = Registry::builtin().strategies().count();
    match comparison.results.len() < all {
        true => format!(" `-a all` compares all {all} strategies."),
        false => String::new(),
    }
}
