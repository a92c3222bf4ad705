//! A comparison as CSV: one row an algorithm and change, blank where a figure has no meaning.

use anyhow::Result;
use csv::Writer;

use crate::compare::{Changed, Comparison, Evenness, Outcome, Spreads};

const COLUMNS: &[&str] = &[
    "algorithm",
    "change",
    "remap_ratio",
    "remap_requests",
    "ideal_remap",
    "excess_remap",
    "requests_peak_to_mean",
    "requests_min_to_mean",
    "requests_cv",
    "requests_jain",
    "keys_peak_to_mean",
    "keys_min_to_mean",
    "keys_cv",
    "keys_jain",
    "chance_requests_peak_to_mean",
    "chance_requests_min_to_mean",
    "chance_requests_cv",
    "chance_requests_jain",
    "chance_keys_peak_to_mean",
    "chance_keys_min_to_mean",
    "chance_keys_cv",
    "chance_keys_jain",
    "affinity",
    "memory_bytes",
    "build_ns",
    "pick_ns",
];

pub(super) fn comparison(comparison: &Comparison) -> Result<Vec<u8>> {
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(COLUMNS)?;
    for outcome in &comparison.results {
        for change in changes(outcome) {
            writer.write_record(row(outcome, change, &comparison.chance))?;
        }
    }
    Ok(writer.into_inner()?)
}

/// The changes of an outcome; a blank one if there are none, so that it has its row.
fn changes(outcome: &Outcome) -> Vec<Option<&Changed>> {
    if outcome.changes.is_empty() {
        vec![None]
    } else {
        outcome.changes.iter().map(Some).collect()
    }
}

fn row(outcome: &Outcome, change: Option<&Changed>, chance: &Spreads) -> Vec<String> {
    let mut row = vec![outcome.algorithm.to_owned()];
    row.push(
        change
            .map(|change| change.change.clone())
            .unwrap_or_default(),
    );
    row.extend(
        [
            change.map(|change| change.remap_ratio),
            change.map(|change| change.remap_requests),
            change.map(|change| change.ideal_remap),
            change.map(|change| change.excess_remap),
        ]
        .map(cell),
    );
    for spreads in [&outcome.spread, chance] {
        row.extend(evenness(spreads.requests));
        row.extend(evenness(spreads.keys));
    }
    row.push(cell(outcome.affinity));
    row.push(outcome.memory_bytes.to_string());
    row.push(cell(outcome.build_ns));
    row.push(cell(outcome.pick_ns));
    row
}

fn evenness(figures: Option<Evenness>) -> [String; 4] {
    [
        figures.map(|figures| figures.peak_to_mean),
        figures.map(|figures| figures.min_to_mean),
        figures.map(|figures| figures.cv),
        figures.map(|figures| figures.jain),
    ]
    .map(cell)
}

fn cell<T: ToString>(figure: Option<T>) -> String {
    figure.map(|figure| figure.to_string()).unwrap_or_default()
}
