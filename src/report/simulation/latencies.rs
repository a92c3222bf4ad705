//! How long requests take under each algorithm, as a table.

use super::cells::{has_failed, hits, over, times};
use super::overload;
use crate::figures::{Columns, Figure};
use crate::sheet::Sheet;
use crate::simulate::{AlgorithmFigures, Figures, Latency, Simulated};

/// Mean, median and p99, the highest offered load of a backend if it is too high, and what was not finished, if
/// anything; with intervals, if there are several runs.
pub(super) fn brief(report: &Simulated) -> Sheet {
    let rejects = |result: &AlgorithmFigures| result.figures.rejected > 0;
    let has_rejected = report.results.iter().any(rejects);
    let lost = [
        overload::is_overloaded(report).then_some(Figures::MAX_OFFERED_LOAD),
        has_rejected.then_some(Figures::REJECTED),
        has_failed(report).then_some(Figures::FAILED),
    ];
    let lost: Vec<_> = lost.into_iter().flatten().collect();
    let times = [Latency::MEAN_NS, Latency::P50_NS, Latency::P99_NS];
    let title = match report.setting.repeat {
        Some(_) => "Latency in ms, including waiting (means with 95% intervals)",
        None => "Latency in ms, including waiting",
    };
    table(report, &times, &lost).titled(title)
}

/// All quantiles of one run.
pub(super) fn latencies(report: &Simulated) -> Sheet {
    let mut lost = vec![Figures::MAX_OFFERED_LOAD, Figures::REJECTED];
    lost.extend(has_failed(report).then_some(Figures::FAILED));
    table(report, &times(), &lost)
}

/// A row a strategy: some of the times, and some of the other figures.
fn table(
    report: &Simulated,
    times: &[&'static Figure<Latency>],
    lost: &[&'static Figure<Figures>],
) -> Sheet {
    let limit = report.setting.limit_ns;
    let row = |result: &AlgorithmFigures| {
        let figures = Some(&result.figures);
        let latency = result.figures.latency.as_ref();
        let intervals = result.intervals.as_ref().map(|all| &all.latency);
        let over = |limit| (over(limit), Latency::OVER_LIMIT.cell(latency, intervals));
        Columns::default()
            .column("algorithm", result.algorithm)
            .shown(times, latency, intervals)
            .shown(lost, figures, None)
            .columns(limit.map(over))
            .shown(hits(report).as_slice(), figures, None)
    };
    Sheet::of_columns(1, report.results.iter().map(row))
}
