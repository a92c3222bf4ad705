//! How long requests take under each algorithm, as a table.

use super::cells::{has_failed, hits, over, times};
use crate::figures::Columns;
use crate::sheet::Sheet;
use crate::simulate::{AlgorithmFigures, Figures, Latency, Simulated};

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
