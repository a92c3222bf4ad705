//! Latencies at several loads, as a table.

use crate::figures::Columns;
use crate::sheet::Sheet;
use crate::simulate::{AtLoad, Figures, Latency, Simulated};

/// A row a load and strategy; none if only one load was simulated.
pub(super) fn by_load(report: &Simulated) -> Option<Sheet> {
    if report.by_load.is_empty() {
        return None;
    }
    let times = [
        Latency::MEAN_NS,
        Latency::P50_NS,
        Latency::P99_NS,
        Latency::P999_NS,
    ];
    let row = |of: &AtLoad| {
        Columns::default()
            .column("algorithm", of.algorithm)
            .column("load", of.load.to_string())
            .shown(&times, of.latency.as_ref(), None)
            .column(Figures::REJECTED.heading, of.rejected.to_string())
    };
    let sheet = Sheet::of_columns(1, report.by_load.iter().map(row));
    Some(sheet.titled("By offered load (latency in ms, including waiting)"))
}
