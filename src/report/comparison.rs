//! A comparison as a document.

use anyhow::Result;

use super::{Document, Reported, Sheet, csv, findings, pictures, statistics, words};
use crate::compare::{Changed, Comparison, Evenness, Outcome, Spreads, Summary};
use crate::figures::{Intervals, Measured, cells, headings};
use crate::plot::Plot;

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
    let evenness = || headings(Evenness::FIGURES);
    let headers: Vec<_> = ["algorithm"]
        .into_iter()
        .chain(["requests peak"])
        .chain(evenness().skip(1))
        .chain(["keys peak"])
        .chain(evenness().skip(1))
        .chain([Outcome::AFFINITY.heading])
        .collect();
    let measured = comparison.results.iter().map(|outcome| {
        let intervals = outcome.intervals.as_ref();
        spread_row(
            outcome.algorithm,
            outcome.spread,
            intervals.map(|all| [all.requests.as_ref(), all.keys.as_ref()]),
            affinity(outcome),
        )
    });
    let chance = Spreads {
        requests: comparison.chance.requests,
        keys: comparison.chance.keys,
    };
    let chance = spread_row("(chance)", chance, None, String::new());
    Sheet::of(&headers, 1, measured.chain([chance]))
        .titled("Load spread (1 is even; beside it what perfect hashing gives by chance)")
}

fn spread_row(
    name: &str,
    spread: Spreads,
    intervals: Option<[Option<&Intervals<Evenness>>; 2]>,
    affinity: String,
) -> Vec<String> {
    let [of_requests, of_keys] = intervals.unwrap_or_default();
    [name.to_owned()]
        .into_iter()
        .chain(cells(
            Evenness::FIGURES,
            spread.requests.as_ref(),
            of_requests,
        ))
        .chain(cells(Evenness::FIGURES, spread.keys.as_ref(), of_keys))
        .chain([affinity])
        .collect()
}

fn affinity(outcome: &Outcome) -> String {
    let intervals = outcome.intervals.as_ref().map(|all| &all.others);
    cells(&[Outcome::AFFINITY], Some(outcome), intervals).collect()
}

fn remap(comparison: &Comparison) -> Sheet {
    let headers: Vec<_> = ["change", "algorithm"]
        .into_iter()
        .chain(headings(Changed::FIGURES))
        .chain(["ratio/ideal"])
        .collect();
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
    [changed.change.clone(), outcome.algorithm.to_owned()]
        .into_iter()
        .chain(cells(
            Changed::FIGURES,
            Some(changed),
            changed.intervals.as_ref(),
        ))
        .chain([over_ideal(changed.remap_ratio, changed.ideal_remap)])
        .collect()
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
    let figures = [Outcome::MEMORY_BYTES, Outcome::BUILD_NS, Outcome::PICK_NS];
    let headers: Vec<_> = ["algorithm"]
        .into_iter()
        .chain(headings(&figures))
        .collect();
    let rows = comparison.results.iter().map(|outcome| {
        [outcome.algorithm.to_owned()]
            .into_iter()
            .chain(cells(&figures, Some(outcome), None))
            .collect::<Vec<_>>()
    });
    Sheet::of(&headers, 1, rows).titled("Cost")
}
