//! A comparison as CSV: one row an algorithm and change, blank where a figure has no meaning.

use anyhow::Result;
use csv::Writer;

use crate::compare::{Chance, Changed, ChiSquare, Comparison, Evenness, Intervals, Outcome};

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
    "requests_chi_square",
    "requests_chi_square_df",
    "requests_chi_square_p",
    "keys_chi_square",
    "keys_chi_square_df",
    "keys_chi_square_p",
];

/// What follows if there are several runs: the ends of the intervals.
const INTERVALS: &[&str] = &[
    "remap_ratio_low",
    "remap_ratio_high",
    "excess_remap_low",
    "excess_remap_high",
    "requests_peak_to_mean_low",
    "requests_peak_to_mean_high",
    "requests_cv_low",
    "requests_cv_high",
    "keys_peak_to_mean_low",
    "keys_peak_to_mean_high",
    "keys_cv_low",
    "keys_cv_high",
    "affinity_low",
    "affinity_high",
];

pub(super) fn comparison(comparison: &Comparison) -> Result<Vec<u8>> {
    let mut writer = Writer::from_writer(Vec::new());
    let repeated = comparison.workload.repeat.is_some();
    writer.write_record(COLUMNS.iter().chain(if repeated { INTERVALS } else { &[] }))?;
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

fn row(outcome: &Outcome, change: Option<&Changed>, chance: &Chance) -> Vec<String> {
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
    let spread = &outcome.spread;
    for figures in [spread.requests, spread.keys, chance.requests, chance.keys] {
        row.extend(evenness(figures));
    }
    row.push(cell(outcome.affinity));
    row.push(outcome.memory_bytes.to_string());
    row.push(cell(outcome.build_ns));
    row.push(cell(outcome.pick_ns));
    row.extend(test(outcome.chi_square.requests));
    row.extend(test(outcome.chi_square.keys));
    if let Some(all) = outcome.intervals {
        row.extend(intervals(&all, change));
    }
    row
}

fn test(test: Option<ChiSquare>) -> [String; 3] {
    [
        cell(test.map(|test| test.statistic)),
        cell(test.map(|test| test.degrees_of_freedom)),
        cell(test.map(|test| test.p_value)),
    ]
}

fn intervals(all: &Intervals, change: Option<&Changed>) -> impl Iterator<Item = String> {
    let moved = change.and_then(|change| change.intervals);
    let intervals = [
        moved.map(|moved| moved.remap_ratio),
        moved.map(|moved| moved.excess_remap),
        all.requests.map(|spread| spread.peak_to_mean),
        all.requests.map(|spread| spread.cv),
        all.keys.map(|spread| spread.peak_to_mean),
        all.keys.map(|spread| spread.cv),
        all.affinity,
    ];
    intervals.into_iter().flat_map(|interval| {
        [
            cell(interval.map(|interval| interval.low)),
            cell(interval.map(|interval| interval.high)),
        ]
    })
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
