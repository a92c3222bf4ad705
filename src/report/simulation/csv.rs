//! A simulation as CSV.

use anyhow::Result;

use crate::figures::{Columns, Measured};
use crate::report::csv::csv;
use crate::simulate::{AlgorithmFigures, Figures, Latency, Simulated};

/// The figures before the times. Those behind them came later, and no column has moved since.
const BEFORE_TIMES: usize = 2;

/// One row an algorithm.
pub(super) fn rows(report: &Simulated) -> Result<Vec<u8>> {
    let rows = report
        .results
        .iter()
        .map(|result| row(report, Some(result)));
    csv(&row(report, None), rows)
}

fn row(report: &Simulated, result: Option<&AlgorithmFigures>) -> Columns {
    let figures = result.map(|result| &result.figures);
    let (before, behind) = Figures::FIGURES.split_at(BEFORE_TIMES);
    let row = Columns::default()
        .column("algorithm", result.map_or("", |result| result.algorithm))
        .exact("", before, figures)
        .exact(
            "",
            Latency::FIGURES,
            figures.and_then(|of| of.latency.as_ref()),
        )
        .exact("", behind, figures);
    if report.setting.repeat.is_none() {
        return row;
    }
    let intervals = result.and_then(|result| result.intervals.as_ref());
    row.exact_intervals("", intervals.map(|all| &all.latency))
        .exact_intervals("", intervals.map(|all| &all.figures))
}
