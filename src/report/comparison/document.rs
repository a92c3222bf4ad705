//! A comparison as a document.

use anyhow::Result;

use super::{brief, caveats, choice, conclusions, hot_keys, statistics, tables};
use crate::compare::{Comparison, Summary};
use crate::plot::Plot;
use crate::report::document::Document;
use crate::report::reported::Reported;
use crate::report::{csv, pictures, runs};
use crate::text::{counted, thousands};

impl Reported for Comparison {
    fn document(&self) -> Document {
        let sheets = [
            Some(tables::spread(self)),
            tables::fullest(self),
            statistics::randomness(self),
            statistics::differences(self),
            tables::remap(self),
            hot_keys::table(self),
            Some(tables::cost(self)),
        ];
        Document {
            question: "How do the strategies spread this workload, and what does a change move?"
                .to_owned(),
            answer: choice::answer(self),
            brief: Some(brief::brief(self)),
            setting: setting(&self.workload),
            caveats: caveats::caveats(self),
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
    let requests = counted(*requests as u64, "request");
    let keys = counted(*distinct_keys as u64, "distinct key");
    let backends = thousands(*backends as u64);
    let weight = thousands(*total_weight);
    let setting = format!(
        "Traffic: {requests}, {keys} ({source}). Backends: {backends}, total weight {weight}. \
         Seed: {seed}."
    );
    match repeat {
        Some(repeat) => setting + "\n" + &runs::means(repeat, "clients"),
        None => setting,
    }
}
