//! How long requests take under each algorithm, as a table.

use super::cells::{has_failed, hits, over, times};
use crate::figures::Columns;
use crate::sheet::Sheet;
use crate::simulate::{AlgorithmFigures, Figures, Latency, Simulated};

/// Mean, median and p99, and what was not finished, if anything; with intervals, if there are several runs.
pub(super) fn brief(report: &Simulated) -> Sheet {
    let times = [Latency::MEAN_NS, Latency::P50_NS, Latency::P99_NS];
    let lost = [Figures::REJECTED, Figures::FAILED]
        .into_iter()
        .filter(|figure| {
            let mut results = report.results.iter();
            results.any(|result| {
                figure
                    .of(&result.figures)
                    .is_some_and(|lost| lost.value() > 0.)
            })
        });
    let lost: Vec<_> = lost.collect();
    let limit = report.setting.limit_ns;
    let row = |result: &AlgorithmFigures| {
        let figures = Some(&result.figures);
        let latency = result.figures.latency.as_ref();
        let intervals = result.intervals.as_ref().map(|all| &all.latency);
        let over = |limit| (over(limit), Latency::OVER_LIMIT.cell(latency, intervals));
        Columns::default()
            .column("algorithm", result.algorithm)
            .shown(&times, latency, intervals)
            .shown(&lost, figures, None)
            .columns(limit.map(over))
            .shown(hits(report).as_slice(), figures, None)
    };
    let title = match report.setting.repeat {
        Some(_) => "Latency in ms, including waiting (means with 95% intervals)",
        None => "Latency in ms, including waiting",
    };
    Sheet::of_columns(1, report.results.iter().map(row)).titled(title)
}

/// All quantiles.
pub(super) fn latencies(report: &Simulated) -> Sheet {
    let (failed, limit) = (has_failed(report), report.setting.limit_ns);
    let row = |result: &AlgorithmFigures| {
        let figures = Some(&result.figures);
        let latency = result.figures.latency.as_ref();
        let over = |limit| (over(limit), Latency::OVER_LIMIT.cell(latency, None));
        Columns::default()
            .column("algorithm", result.algorithm)
            .shown(&times(), latency, None)
            .shown(&[Figures::REJECTED], figures, None)
            .shown(failed.then_some(Figures::FAILED).as_slice(), figures, None)
            .columns(limit.map(over))
            .shown(hits(report).as_slice(), figures, None)
    };
    Sheet::of_columns(1, report.results.iter().map(row))
}
