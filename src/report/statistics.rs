//! How often intervals and verdicts are right, as a document.

use anyhow::Result;
use csv::Writer;

use super::document::Document;
use super::reported::Reported;
use crate::sheet::Sheet;
use crate::text::thousands;
use crate::verify::statistics::{Claim, Rate};

impl Reported for [Rate] {
    fn document(&self) -> Document {
        Document {
            question: "Are the intervals and verdicts of reports right?".to_owned(),
            answer: Some(answer(self)),
            sheets: vec![sheet(self)],
            ..Document::default()
        }
    }

    fn csv(&self) -> Result<Vec<u8>> {
        let mut writer = Writer::from_writer(Vec::new());
        writer.write_record([
            "figure",
            "repetitions",
            "share",
            "low",
            "high",
            "least",
            "most",
            "holds",
        ])?;
        for rate in self {
            let numbers = [
                rate.share,
                rate.low,
                rate.high,
                rate.expected.least,
                rate.expected.most,
            ];
            let numbers = numbers.map(|number| number.to_string());
            let rest = [rate.holds.to_string()];
            let start = [rate.figure.clone(), rate.repetitions.to_string()];
            writer.write_record(start.iter().chain(&numbers).chain(&rest))?;
        }
        Ok(writer.into_inner()?)
    }
}

fn sheet(rates: &[Rate]) -> Sheet {
    let rows = rates.iter().map(|rate| {
        [
            rate.figure.clone(),
            thousands(rate.repetitions),
            format!(
                "{} ({} to {})",
                tenths(rate.share),
                tenths(rate.low),
                tenths(rate.high)
            ),
            expected(rate.claim).to_owned(),
            if rate.holds { "passed" } else { "FAILED" }.to_owned(),
        ]
    });
    let headers = ["figure", "repetitions", "share", "expected", "verdict"];
    Sheet::of(&headers, 1, rows).noted(
        "share: of the repetitions in which the interval covers the true value, or in which the verdict is wrong; in \
         brackets its 95% interval.",
    )
}

fn answer(rates: &[Rate]) -> String {
    let all = rates.len();
    match rates.iter().filter(|rate| !rate.holds).count() {
        0 => format!("All {all} claims hold."),
        failed => format!("{failed} of {all} claims failed."),
    }
}

const fn expected(claim: Claim) -> &'static str {
    match claim {
        Claim::Coverage => "covers in 93 to 97%",
        Claim::Range => "covers in 93% or more",
        Claim::WrongVerdicts => "wrong in at most 5%",
    }
}

/// A share in percent, to a tenth.
fn tenths(share: f64) -> String {
    format!("{:.1}%", share * 100.)
}
