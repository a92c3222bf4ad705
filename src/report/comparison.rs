//! A comparison as a document.

use anyhow::Result;

use super::document::Document;
use super::reported::Reported;
use super::statistics::{self, with_interval};
use super::{csv, findings, pictures, words};
use crate::compare::{Changed, Comparison, Evenness, EvennessIntervals, Outcome, Summary};
use crate::plot::Plot;
use crate::sheet::Sheet;

impl Reported for Comparison {
    fn document(&self) -> Document {
        let sheets = [
            Some(spread(self)),
            statistics::chance(self),
            statistics::differences(self),
            Some(remap(self)),
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
    let headers = [
        "algorithm",
        "requests peak",
        "min",
        "cv",
        "jain",
        "keys peak",
        "min",
        "cv",
        "jain",
        "affinity",
    ];
    let measured = comparison.results.iter().map(|outcome| {
        let intervals = outcome.intervals.as_ref();
        let [a, b, c, d] = evenness(
            outcome.spread.requests,
            intervals.and_then(|all| all.requests),
        );
        let [e, f, g, h] = evenness(outcome.spread.keys, intervals.and_then(|all| all.keys));
        let affinity = with_interval(
            figure(outcome.affinity),
            intervals.and_then(|all| all.affinity),
            4,
        );
        let name = outcome.algorithm.to_owned();
        [name, a, b, c, d, e, f, g, h, affinity]
    });
    let [a, b, c, d] = evenness(comparison.chance.requests, None);
    let [e, f, g, h] = evenness(comparison.chance.keys, None);
    let chance = ["(chance)".to_owned(), a, b, c, d, e, f, g, h, String::new()];
    Sheet::of(&headers, 1, measured.chain([chance]))
        .titled("Load spread (1 is even; beside it what perfect hashing gives by chance)")
}

fn remap(comparison: &Comparison) -> Sheet {
    let headers = [
        "change",
        "algorithm",
        "remap_ratio",
        "remap_requests",
        "ideal_remap",
        "excess_remap",
        "ratio/ideal",
    ];
    let changes = comparison
        .results
        .first()
        .map_or(0, |outcome| outcome.changes.len());
    let rows = (0..changes).flat_map(|number| {
        comparison
            .results
            .iter()
            .map(move |outcome| remap_row(outcome, &outcome.changes[number]))
    });
    Sheet::of(&headers, 2, rows)
        .titled("Remap (shares of the keys; of the positions where no key is used)")
}

fn remap_row(outcome: &Outcome, changed: &Changed) -> Vec<String> {
    let mut row = vec![changed.change.clone(), outcome.algorithm.to_owned()];
    let [ratio, requests, ideal, excess, times] = remap_cells([
        changed.remap_ratio,
        changed.remap_requests,
        changed.ideal_remap,
        changed.excess_remap,
    ]);
    let intervals = changed.intervals;
    let ratio = with_interval(ratio, intervals.map(|all| all.remap_ratio), 5);
    let excess = with_interval(excess, intervals.map(|all| all.excess_remap), 5);
    row.extend([ratio, requests, ideal, excess, times]);
    row
}

/// What moved of keys and of requests, what had to and what needlessly did, and the first over the third.
pub(super) fn remap_cells(shares: [f64; 4]) -> [String; 5] {
    let [ratio, _, ideal, _] = shares;
    let times = (ideal > 0.).then(|| ratio / ideal);
    let [ratio, requests, ideal, excess] = shares.map(|share| format!("{share:.5}"));
    [ratio, requests, ideal, excess, figure(times)]
}

fn cost(comparison: &Comparison) -> Sheet {
    let rows = comparison.results.iter().map(|outcome| {
        [
            outcome.algorithm.to_owned(),
            outcome.memory_bytes.to_string(),
            outcome
                .build_ns
                .map(|build| format!("{:.1}", build as f64 / 1e3))
                .unwrap_or_default(),
            outcome
                .pick_ns
                .map(|pick| format!("{pick:.0}"))
                .unwrap_or_default(),
        ]
    });
    let headers = ["algorithm", "memory bytes", "build µs", "ns a pick"];
    Sheet::of(&headers, 1, rows).titled("Cost")
}

fn evenness(figures: Option<Evenness>, intervals: Option<EvennessIntervals>) -> [String; 4] {
    let Some(Evenness {
        peak_to_mean,
        min_to_mean,
        cv,
        jain,
    }) = figures
    else {
        return Default::default();
    };
    let [peak, min, cv, jain] =
        [peak_to_mean, min_to_mean, cv, jain].map(|value| figure(Some(value)));
    let peak = with_interval(peak, intervals.map(|all| all.peak_to_mean), 4);
    let cv = with_interval(cv, intervals.map(|all| all.cv), 4);
    [peak, min, cv, jain]
}

fn figure(value: Option<f64>) -> String {
    value.map(|value| format!("{value:.4}")).unwrap_or_default()
}
