//! The verdicts of `--verify`, a line an anchor.

use anyhow::Result;
use csv::Writer;

use super::{Format, Style, sheet};
use crate::verify::{Band, Verdict};

const COLUMNS: [&str; 5] = ["number", "source", "expected", "measured", "verdict"];

/// Writes verdicts in a format.
///
/// # Errors
/// None that a verdict can cause; those of the writers are passed on.
pub fn verdicts(verdicts: &[Verdict], format: Format) -> Result<Vec<u8>> {
    match format {
        Format::Table => Ok(table(verdicts, Style::Framed).into_bytes()),
        Format::Markdown => Ok(table(verdicts, Style::Markdown).into_bytes()),
        Format::Csv => rows(verdicts),
        Format::Json => {
            let mut json = serde_json::to_vec_pretty(verdicts)?;
            json.push(b'\n');
            Ok(json)
        }
    }
}

fn table(verdicts: &[Verdict], style: Style) -> String {
    let rows = verdicts.iter().map(|verdict| {
        [
            verdict.anchor.clone(),
            verdict.source.to_owned(),
            band(verdict.expected),
            number(verdict.measured),
            word(verdict).to_owned(),
        ]
    });
    let sheet = sheet(style, &COLUMNS, 3, rows);
    let all = verdicts.len();
    match verdicts.iter().filter(|verdict| !verdict.holds).count() {
        0 => format!("{sheet}\n\n{all} numbers, all of which hold\n"),
        failed => format!("{sheet}\n\n{all} numbers, {failed} of which do not hold\n"),
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

fn rows(verdicts: &[Verdict]) -> Result<Vec<u8>> {
    let mut writer = Writer::from_writer(Vec::new());
    writer.write_record(["anchor", "source", "least", "most", "measured", "holds"])?;
    for verdict in verdicts {
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
