//! A plan as a document.

use anyhow::Result;
use csv::Writer;

use super::{backends, flows, hot_keys, remap, words};
use crate::plan::Forecast;
use crate::plot::Plot;
use crate::report::document::{Brief, Document};
use crate::report::pictures;
use crate::report::reported::Reported;
use crate::workload::MovedKey;

/// The moves from backend to backend or, of several changes, what each moves.
fn brief(forecast: &Forecast) -> Brief {
    let sheet = match forecast.all_steps {
        Some(_) => Some(remap::brief(forecast)),
        None => flows::brief(&forecast.whole),
    };
    Brief {
        sheets: sheet
            .into_iter()
            .chain(hot_keys::hot_keys(forecast))
            .collect(),
        ..Brief::default()
    }
}

impl Reported for Forecast {
    fn document(&self) -> Document {
        let sheets = [
            Some(remap::remap(self)),
            flows::flows(&self.whole),
            hot_keys::hot_keys(self),
            Some(backends::backends(&self.whole)),
        ];
        Document {
            question: "Which keys move?".to_owned(),
            setting: words::setting(self),
            caveats: words::caveats(self),
            brief: Some(brief(self)),
            sheets: sheets.into_iter().flatten().collect(),
            answer: Some(words::answer(self)),
            conclusions: words::conclusions(self),
            advice: self
                .advice
                .iter()
                .map(|advice| advice.what.clone())
                .collect(),
            ..Document::default()
        }
    }

    fn plots(&self) -> Vec<Plot> {
        pictures::plan::plots(self)
    }

    /// One row a flow of each step, and of the whole; the latter with the hottest of the named keys in it.
    fn csv(&self) -> Result<Vec<u8>> {
        let mut writer = Writer::from_writer(Vec::new());
        writer.write_record([
            "step",
            "change",
            "from",
            "to",
            "keys",
            "requests",
            "keys_share",
            "requests_share",
            "hottest_key",
            "hottest_key_requests",
        ])?;
        let steps = (1..).zip(&self.steps);
        let steps = steps.map(|(number, step)| (number.to_string(), &step.change, &step.figures));
        let whole = ("all".to_owned(), &self.after.name, &self.whole);
        for (number, change, figures) in steps.chain([whole]) {
            for flow in &figures.flows {
                let keys = flow.keys as f64 / self.keys as f64;
                let requests = flow.requests as f64 / self.requests as f64;
                let is_of_flow = |moved: &&MovedKey| {
                    number == "all" && moved.from == flow.from && moved.to == flow.to
                };
                let hottest = self.hot_keys.iter().find(is_of_flow);
                let hottest = hottest.map(|moved| (&moved.hot.key, moved.hot.requests));
                writer.serialize((
                    &number,
                    change,
                    &flow.from,
                    &flow.to,
                    flow.keys,
                    flow.requests,
                    keys,
                    requests,
                    hottest.map(|(key, _)| key),
                    hottest.map(|(_, requests)| requests),
                ))?;
            }
        }
        Ok(writer.into_inner()?)
    }
}
