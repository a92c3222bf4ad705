//! What strategies come to at several loads, as a table.

use super::cells::milliseconds;
use crate::sheet::Sheet;
use crate::simulate::{AtLoad, Report};

/// A row a load and strategy; none if only one load was simulated.
pub(super) fn by_load(report: &Report) -> Option<Sheet> {
    let headers = [
        "algorithm",
        "load",
        "mean",
        "p50",
        "p99",
        "p99.9",
        "rejected",
    ];
    let sheet = Sheet::of(&headers, 1, report.by_load.iter().map(row));
    let title = "By load (milliseconds, waiting included)";
    (!report.by_load.is_empty()).then(|| sheet.titled(title))
}

fn row(of: &AtLoad) -> [String; 7] {
    let mean = of.mean_ns.map(milliseconds).unwrap_or_default();
    let times = [of.p50_ns, of.p99_ns, of.p999_ns];
    let [p50, p99, p999] = times.map(|time| {
        time.map(|time| milliseconds(time as f64))
            .unwrap_or_default()
    });
    [
        of.algorithm.to_owned(),
        of.load.to_string(),
        mean,
        p50,
        p99,
        p999,
        of.rejected.to_string(),
    ]
}
