//! What `--verify` found, a line a reference value.

use anyhow::Result;
use csv::Writer;

use super::document::Document;
use super::reported::Reported;
use crate::sheet::Sheet;
use crate::verify::{Checked, Expected};

impl Reported for [Checked] {
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
    let headers = ["number", "source", "expected", "measured", "verdict"];
    Sheet::of(&headers, 3, rows)
}

fn conclusion(checked: &[Checked]) -> String {
    let all = checked.len();
    match checked.iter().filter(|checked| !checked.holds).count() {
        0 => format!("{all} numbers, all of which hold"),
        failed => format!("{all} numbers, {failed} of which do not hold"),
    }
}

const fn word(checked: &Checked) -> &'static str {
    if checked.holds {
        "holds"
    } else {
        "DOES NOT HOLD"
    }
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
    let text = format!("{number:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    text.to_owned()
}
