//! The intervals that the means over several runs are known to.

use serde::Serialize;

use super::figures::Figures;
use super::latency::Latency;
use crate::figures::Intervals;

/// The intervals of a strategy's figures.
#[derive(Clone, Debug, Serialize)]
pub struct AlgorithmIntervals {
    /// Of how long requests take.
    #[serde(flatten)]
    pub latency: Intervals<Latency>,
    /// Of the others.
    #[serde(flatten)]
    pub figures: Intervals<Figures>,
}

impl AlgorithmIntervals {
    /// Of fewer than two runs there are none.
    pub(super) fn over(runs: &[&Figures]) -> Option<Self> {
        (runs.len() > 1).then(|| Self {
            latency: Intervals::over(runs.iter().map(|run| run.latency.as_ref())),
            figures: Intervals::over(runs.iter().map(|&run| Some(run))),
        })
    }
}
