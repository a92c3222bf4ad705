//! A comparison as a document.

use anyhow::Result;

use super::document::Document;
use super::reported::Reported;
use super::{csv, findings, pictures, statistics, words};
use crate::compare::{
    AlgorithmFigures, AlgorithmIntervals, Changed, Comparison, Evenness, Spreads, Summary,
};
use crate::figures::{Columns, Intervals, Measured};
use crate::plot::Plot;
use crate::sheet::Sheet;

impl Reported for Comparison {
    fn document(&self) -> Document {
        let sheets = [
            Some(spread(self)),
            statistics::chance(self),
            statistics::differences(self),
            remap(self),
            Some(cost(self)),
        ];
        Document {
            question: "How do the strategies spread this workload, and what does a change move?"
                .to_owned(),
            answer: words::answer(self),
            setting: setting(&self.workload),
            caveats: words::caveats(self),
            sheets: sheets.into_iter().flatten().collect(),
            conclusions: words::conclusions(self),
            ..Document::default()
        }
    }

    fn plots(&self) -> Vec<Plot> {
        pictures::comparison::plots(self)
    }

    fn csv(&self) -> Result<Vec<u8>> {
        csv::comparison(self)
    }
}

fn setting(workload: &Summary) -> String {
    let Summary {
        source,
        requests,
        distinct_keys,
        backends,
        total_weight,
        seed,
        repeat,
        ..
    } = workload;
    let setting = format!(
        "{requests} requests with {distinct_keys} distinct keys ({source}) to {backends} backends \
         of total weight {total_weight}, seed {seed}"
    );
    match repeat {
        Some(repeat) => setting + "\n" + &findings::runs(repeat, "clients"),
        None => setting,
    }
}

fn spread(comparison: &Comparison) -> Sheet {
    let measured = comparison.results.iter().map(|result| {
        let intervals = result.intervals.as_ref();
        let spread = spread_row(result.algorithm, result.spread, intervals);
        let others = intervals.map(|all| &all.others);
        spread.shown(&[AlgorithmFigures::AFFINITY], Some(result), others)
    });
    let chance = Spreads {
        requests: comparison.chance.requests,
        keys: comparison.chance.keys,
    };
    let chance =
        spread_row("(chance)", chance, None).shown(&[AlgorithmFigures::AFFINITY], None, None);
    Sheet::of_columns(1, measured.chain([chance]))
        .titled("Load spread (1 is even; beside it what perfect hashing gives by chance)")
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

/// None without a change.
fn remap(comparison: &Comparison) -> Option<Sheet> {
    let changes = comparison.results.first()?.changes.len();
    let rows = (0..changes).flat_map(|number| {
        let row = move |result: &AlgorithmFigures| remap_row(result, &result.changes[number]);
        comparison.results.iter().map(row)
    });
    let title = "Remap (shares of the keys; of the positions where no key is used)";
    (changes > 0).then(|| Sheet::of_columns(2, rows).titled(title))
}

fn remap_row(result: &AlgorithmFigures, changed: &Changed) -> Columns {
    Columns::default()
        .column("change", changed.change.as_str())
        .column("algorithm", result.algorithm)
        .shown(Changed::FIGURES, Some(changed), changed.intervals.as_ref())
        .column(
            "ratio/ideal",
            over_ideal(changed.remap_ratio, changed.ideal_remap),
        )
}

/// What moved of keys and of requests, what had to and what needlessly did, and the first over the third.
pub(super) fn remap_cells(shares: [f64; 4]) -> [String; 5] {
    let [ratio, _, ideal, _] = shares;
    let times = over_ideal(ratio, ideal);
    let [ratio, requests, ideal, excess] = shares.map(|share| format!("{share:.5}"));
    [ratio, requests, ideal, excess, times]
}

fn over_ideal(ratio: f64, ideal: f64) -> String {
    match ideal > 0. {
        true => format!("{:.4}", ratio / ideal),
        false => String::new(),
    }
}

fn cost(comparison: &Comparison) -> Sheet {
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
