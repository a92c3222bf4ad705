//! What strategies come to at several loads, as a table.

use crate::figures::{cells, headings};
use crate::report::Sheet;
use crate::simulate::{AtLoad, Figures, Latency, Report};

/// A row a load and strategy; none if only one load was simulated.
pub(super) fn by_load(report: &Report) -> Option<Sheet> {
    if report.by_load.is_empty() {
        return None;
    }
    let times = [
        Latency::MEAN_NS,
        Latency::P50_NS,
        Latency::P99_NS,
        Latency::P999_NS,
    ];
    let headers: Vec<_> = ["algorithm", "load"]
        .into_iter()
        .chain(headings(&times))
        .chain([Figures::REJECTED.heading])
        .collect();
    let row = |of: &AtLoad| {
        [of.algorithm.to_owned(), of.load.to_string()]
            .into_iter()
            .chain(cells(&times, of.latency.as_ref(), None))
            .chain([of.rejected.to_string()])
            .collect::<Vec<_>>()
    };
    let sheet = Sheet::of(&headers, 1, report.by_load.iter().map(row));
    Some(sheet.titled("By load (milliseconds, waiting included)"))
}
