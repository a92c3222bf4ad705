//! The plots of a plan.

use crate::plan::Forecast;
use crate::plot::Plot;

pub(in crate::report) fn plots(report: &Forecast) -> Vec<Plot> {
    let _ = report;
    Vec::new()
}
