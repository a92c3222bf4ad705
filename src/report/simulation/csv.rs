//! A simulation as CSV.

use anyhow::Result;
use csv::Writer;

use super::repeated;
use crate::simulate::{Outcome, Report};

/// The columns of the CSV.
const COLUMNS: &[&str] = &[
    "algorithm",
    "requests",
    "rejected",
    "sum_ns",
    "mean_ns",
    "p50_ns",
    "p90_ns",
    "p99_ns",
    "p999_ns",
    "max_ns",
    "over_limit",
    "failed",
    "hit_ratio",
];

/// One row an algorithm.
pub(super) fn csv(report: &Report) -> Result<Vec<u8>> {
    let mut writer = Writer::from_writer(Vec::new());
    let repeated = report.setting.repeat.is_some();
    let intervals = if repeated { repeated::COLUMNS } else { &[] };
    writer.write_record(COLUMNS.iter().chain(intervals))?;
    for outcome in &report.results {
        let Outcome {
            algorithm, figures, ..
        } = outcome;
        let latency = figures.latency.as_ref();
        let cells = latency.map(|latency| {
            [
                latency.sum_ns.to_string(),
                latency.mean_ns.to_string(),
                latency.p50_ns.to_string(),
                latency.p90_ns.to_string(),
                latency.p99_ns.to_string(),
                latency.p999_ns.to_string(),
                latency.max_ns.to_string(),
                latency
                    .over_limit
                    .map(|share| share.to_string())
                    .unwrap_or_default(),
            ]
        });
        let counts = [figures.requests, figures.rejected].map(|count| count.to_string());
        let name = [(*algorithm).to_owned()];
        let cells = cells.unwrap_or_default();
        let more = [
            figures.failed.to_string(),
            figures
                .hit_ratio
                .map(|share| share.to_string())
                .unwrap_or_default(),
        ];
        let intervals = outcome.intervals.as_ref().map(repeated::cells);
        let intervals = intervals.unwrap_or_default();
        let cells = name.iter().chain(&counts).chain(&cells);
        writer.write_record(cells.chain(&more).chain(&intervals))?;
    }
    Ok(writer.into_inner()?)
}
