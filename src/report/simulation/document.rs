//! A simulation as a document.

use anyhow::Result;

use super::{
    backends, by_load, caveats, csv, fastest, latencies, over_time, overload, repeated, setting,
    speeds,
};
use crate::plot::Plot;
use crate::report::document::{Brief, Document};
use crate::report::pictures;
use crate::report::reported::Reported;
use crate::simulate::Simulated;

/// The latencies, and what was asked for besides: events, windows, loads.
fn brief(report: &Simulated) -> Brief {
    let sheets = [
        Some(latencies::brief(report)),
        over_time::brief(report),
        over_time::windows(report),
        by_load::by_load(report),
    ];
    Brief {
        sheets: sheets.into_iter().flatten().collect(),
        ..Brief::default()
    }
}

/// What answers the question, after what makes it doubtful, and with what it depends on.
fn answer(report: &Simulated) -> Option<String> {
    let mut lines = overload::overloaded(report);
    lines.extend(fastest::answer(report));
    lines.extend(speeds::speeds(&report.setting));
    (!lines.is_empty()).then(|| lines.join("\n"))
}

impl Reported for Simulated {
    fn document(&self) -> Document {
        let latencies = match self.setting.repeat {
            Some(_) => repeated::latencies(self),
            None => latencies::latencies(self),
        };
        let sheets = [
            Some(latencies.titled("Latency in ms, including waiting")),
            over_time::phases(self),
            over_time::windows(self),
            repeated::shares(self),
            by_load::by_load(self),
            Some(backends::backends(self)),
            repeated::differences(self),
        ];
        Document {
            question: setting::question(&self.setting),
            answer: answer(self),
            setting: setting::setting(&self.setting),
            caveats: caveats::caveats(self),
            brief: Some(brief(self)),
            sheets: sheets.into_iter().flatten().collect(),
            conclusions: fastest::conclusions(self),
            ..Document::default()
        }
    }

    fn plots(&self) -> Vec<Plot> {
        pictures::simulation::plots(self)
    }

    fn csv(&self) -> Result<Vec<u8>> {
        csv::rows(self)
    }
}
