//! The verdicts of `--verify`, a line an anchor.

use anyhow::Result;
use csv::Writer;

use super::document::Document;
use super::reported::Reported;
use crate::sheet::Sheet;
use crate::verify::{Band, Verdict};

impl Reported for [Verdict] {
    fn document(&self) -> Document {
        Document {
            question: "Does what is known of the strategies hold?".to_owned(),
            sheets: vec![sheet(self)],
            conclusions: vec![conclusion(self)],
            ..Document::default()
        }
    }

    fn csv(&self) -> Result<Vec<u8>> {
        let mut writer = Writer::from_writer(Vec::new());
        writer.write_record(["anchor", "source", "least", "most", "measured", "holds"])?;
        for verdict in self {
            let Band { least, most } = verdict.expected;
            writer.write_record([
                &verdict.anchor,
                verdict.source,
                &least.to_string(),
                &most.to_string(),
                &verdict.measured.to_string(),
                &verdict.holds.to_string(),
            ])?;
        }
        Ok(writer.into_inner()?)
    }
}

fn sheet(verdicts: &[Verdict]) -> Sheet {
    let rows = verdicts.iter().map(|verdict| {
        [
            verdict.anchor.clone(),
            verdict.source.to_owned(),
            band(verdict.expected),
            number(verdict.measured),
            word(verdict).to_owned(),
        ]
    });
    let headers = ["number", "source", "expected", "measured", "verdict"];
    Sheet::of(&headers, 3, rows)
}

fn conclusion(verdicts: &[Verdict]) -> String {
    let all = verdicts.len();
    match verdicts.iter().filter(|verdict| !verdict.holds).count() {
        0 => format!("{all} numbers, all of which hold"),
        failed => format!("{all} numbers, {failed} of which do not hold"),
    }
}

const fn word(verdict: &Verdict) -> &'static str {
    if verdict.holds {
        "holds"
    } else {
        "DOES NOT HOLD"
    }
}

fn band(band: Band) -> String {
    let (least, most) = (number(band.least), number(band.most));
    if least == most {
        least
    } else {
        format!("{least} to {most}")
    }
}

/// Four digits behind the point are enough for every anchor.
fn number(number: f64) -> String {
    let text = format!("{number:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}
