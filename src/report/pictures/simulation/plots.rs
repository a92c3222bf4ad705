//! The plots of a simulation, in their order.

use super::{busy, latency, over_time, queues};
use crate::plot::Plot;
use crate::simulate::Simulated;

pub(in crate::report) fn plots(report: &Simulated) -> Vec<Plot> {
    let mut plots = vec![latency::tail(report), latency::percentiles(report)];
    plots.extend(latency::by_load(report));
    plots.extend(over_time::plots(report));
    plots.extend(queues::plots(report));
    plots.push(busy::busy(report));
    // Where nothing is finished some have nothing to show.
    plots.retain(|plot| !plot.drawing.is_empty());
    plots
}
