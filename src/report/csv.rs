//! CSV: a line of headers, then a row each; and the rows of a comparison.

use anyhow::Result;
use csv::Writer;

use super::{fullest, hot_keys};
use crate::compare::{AlgorithmFigures, Changed, Comparison};
use crate::figures::{Columns, Measured};

/// The headers of a row, and the cells of all.
pub(super) fn csv(headers: &Columns, rows: impl Iterator<Item = Columns>) -> Result<Vec<u8>> {
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(headers.headers())?;
    for row in rows {
        writer.write_record(row.cells())?;
    }
    Ok(writer.into_inner()?)
}

/// One row an algorithm and change; one of an algorithm without a change.
pub(super) fn comparison(comparison: &Comparison) -> Result<Vec<u8>> {
    let rows = comparison.results.iter().flat_map(|result| {
        let changes = match result.changes.is_empty() {
            true => vec![None],
            false => result.changes.iter().map(Some).collect(),
        };
        changes
            .into_iter()
            .map(|change| row(comparison, Some(result), change))
    });
    csv(&row(comparison, None, None), rows)
}

fn row(
    comparison: &Comparison,
    result: Option<&AlgorithmFigures>,
    change: Option<&Changed>,
) -> Columns {
    let spread = result.map(|result| result.spread);
    let requests = spread.and_then(|spread| spread.requests);
    let keys = spread.and_then(|spread| spread.keys);
    let chance = &comparison.chance;
    let tests = result.map(|result| result.chi_square);
    let row = Columns::default()
        .column("algorithm", result.map_or("", |result| result.algorithm))
        .column("change", change.map_or("", |change| change.change.as_str()))
        .exact("", Changed::FIGURES, change)
        .exact("requests_", Measured::FIGURES, requests.as_ref())
        .exact("keys_", Measured::FIGURES, keys.as_ref())
        .exact(
            "chance_requests_",
            Measured::FIGURES,
            chance.requests.as_ref(),
        )
        .exact("chance_keys_", Measured::FIGURES, chance.keys.as_ref())
        .exact("chance_peak_", Measured::FIGURES, chance.peak.as_ref())
        .exact("", AlgorithmFigures::FIGURES, result)
        .exact(
            "requests_",
            Measured::FIGURES,
            tests.and_then(|tests| tests.requests).as_ref(),
        )
        .exact(
            "keys_",
            Measured::FIGURES,
            tests.and_then(|tests| tests.keys).as_ref(),
        );
    let windows = comparison.workload.window_s.map(|_| {
        let windows = result.map_or(&[][..], |result| &result.fullest);
        fullest::columns(windows)
    });
    let hot_keys = change.map_or(&[][..], |change| &change.hot_keys);
    let row = row
        .columns(hot_keys::columns(hot_keys))
        .columns(windows.into_iter().flatten());
    if comparison.workload.repeat.is_none() {
        return row;
    }
    let intervals = result.and_then(|result| result.intervals.as_ref());
    row.exact_intervals("", change.and_then(|change| change.intervals.as_ref()))
        .exact_intervals("requests_", intervals.and_then(|all| all.requests.as_ref()))
        .exact_intervals("keys_", intervals.and_then(|all| all.keys.as_ref()))
        .exact_intervals("", intervals.map(|all| &all.others))
}
