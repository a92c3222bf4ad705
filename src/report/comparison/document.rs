//! A comparison as a document.

use anyhow::Result;

use super::{brief, conclusions, statistics, tables};
use crate::compare::{Comparison, Summary};
use crate::plot::Plot;
use crate::report::document::Document;
use crate::report::malformed::malformed_lines;
use crate::report::reported::Reported;
use crate::report::{csv, pictures, runs};
use crate::text::thousands;
use crate::workload::Malformed;

impl Reported for Comparison {
    fn document(&self) -> Document {
        let sheets = [
            Some(tables::spread(self)),
            statistics::randomness(self),
            statistics::differences(self),
            tables::remap(self),
            Some(tables::cost(self)),
        ];
        let setting = setting(&self.workload);
        Document {
            question: "How do the strategies spread this workload, and what does a change move?"
                .to_owned(),
            answer: conclusions::answer(self),
            brief: Some(brief::brief(self, setting.clone())),
            setting,
            caveats: caveats(self),
            sheets: sheets.into_iter().flatten().collect(),
            conclusions: conclusions::conclusions(self),
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
    let [requests, keys, backends] =
        [*requests, *distinct_keys, *backends].map(|count| thousands(count as u64));
    let weight = thousands(*total_weight);
    let setting = format!(
        "Traffic: {requests} requests, {keys} distinct keys ({source}). Backends: {backends}, total weight {weight}. \
         Seed: {seed}."
    );
    match repeat {
        Some(repeat) => setting + "\n" + &runs::means(repeat, "clients"),
        None => setting,
    }
}

/// Malformed lines, strategies that do not fit, and what the intervals leave out.
fn caveats(comparison: &Comparison) -> Vec<String> {
    let workload = &comparison.workload;
    let malformed = malformed_lines(&Malformed {
        lines: workload.malformed_lines,
        without_key: workload.malformed_without_key,
        without_times: 0,
        first: workload
            .first_malformed_line
            .zip(workload.first_malformed_fault),
    });
    let same = workload.repeat.as_ref().and_then(runs::same_requests);
    let skipped = comparison
        .skipped
        .iter()
        .map(|skip| format!("{} was skipped: {}", skip.algorithm, skip.reason));
    malformed.into_iter().chain(same).chain(skipped).collect()
}
