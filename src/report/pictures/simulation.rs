//! The plots of a simulation.

use crate::plot::Plot;
use crate::simulate::Report;

pub(in crate::report) fn plots(report: &Report) -> Vec<Plot> {
    let _ = report;
    Vec::new()
}
