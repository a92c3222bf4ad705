//! The confidence intervals of the means over several runs.

use serde::Serialize;

use super::figures::Figures;
use super::latency::Latency;
use crate::figures::Intervals;

/// The intervals of a strategy's figures.
#[derive(Clone, Debug, Serialize)]
pub struct AlgorithmIntervals {
    /// For the times of requests.
    #[serde(flatten)]
    pub latency: Intervals<Latency>,
    /// For the other figures.
    #[serde(flatten)]
    pub figures: Intervals<Figures>,
}

impl AlgorithmIntervals {
    /// Returns `None` for fewer than two runs.
    pub(super) fn over(runs: &[&Figures]) -> Option<Self> {
        (runs.len() > 1).then(|| Self {
            latency: Intervals::over(runs.iter().map(|run| run.latency.as_ref())),
            figures: Intervals::over(runs.iter().map(|&run| Some(run))),
        })
    }
}
