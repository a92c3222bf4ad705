//! Reference values and what was measured, as a document.

use anyhow::Result;
use csv::Writer;

use super::document::Document;
use super::reported::Reported;
use crate::sheet::Sheet;
use crate::text::trimmed;
use crate::verify::{Checked, Expected};

impl Reported for [Checked] {
    fn document(&self) -> Document {
        Document {
            question: "Do the strategies match published results?".to_owned(),
            answer: Some(answer(self)),
            sheets: vec![sheet(self)],
            ..Document::default()
        }
    }

    fn csv(&self) -> Result<Vec<u8>> {
        let mut writer = Writer::from_writer(Vec::new());
        writer.write_record(["anchor", "source", "least", "most", "measured", "holds"])?;
        for checked in self {
            let Expected { least, most } = checked.expected;
            writer.write_record([
                &checked.reference,
                checked.source,
                &least.to_string(),
                &most.to_string(),
                &checked.measured.to_string(),
                &checked.holds.to_string(),
            ])?;
        }
        Ok(writer.into_inner()?)
    }
}

fn sheet(checked: &[Checked]) -> Sheet {
    let rows = checked.iter().map(|checked| {
        [
            checked.reference.clone(),
            checked.source.to_owned(),
            expected(checked.expected),
            number(checked.measured),
            word(checked).to_owned(),
        ]
    });
    let headers = ["check", "source", "expected", "measured", "verdict"];
    Sheet::of(&headers, 3, rows).sparing(&["source"])
}

fn answer(checked: &[Checked]) -> String {
    let all = checked.len();
    match checked.iter().filter(|checked| !checked.holds).count() {
        0 => format!("All {all} checks passed."),
        failed => format!("{failed} of {all} checks failed."),
    }
}

const fn word(checked: &Checked) -> &'static str {
    if checked.holds { "passed" } else { "FAILED" }
}

fn expected(expected: Expected) -> String {
    let (least, most) = (number(expected.least), number(expected.most));
    if least == most {
        least
    } else {
        format!("{least} to {most}")
    }
}

/// Four digits behind the point are enough for every reference value.
fn number(number: f64) -> String {
    trimmed(number, 4)
}
