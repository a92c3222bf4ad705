//! What strategies come to at several loads, as a table.

use super::super::tables::{Style, section, sheet};
use super::milliseconds;
use crate::simulate::{AtLoad, Report};

/// A row a load and strategy; empty if only one load was simulated.
pub(super) fn by_load(report: &Report, style: Style) -> String {
    if report.by_load.is_empty() {
        return String::new();
    }
    let headers = [
        "algorithm",
        "load",
        "mean",
        "p50",
        "p99",
        "p99.9",
        "rejected",
    ];
    section(
        "By load (milliseconds, waiting included)",
        &sheet(style, &headers, 1, report.by_load.iter().map(row)),
    )
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
