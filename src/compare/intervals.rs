//! The confidence intervals of the means over several runs.

use serde::Serialize;

use super::figures::{AlgorithmFigures, Evenness};
use crate::figures::Intervals;

/// The intervals of a strategy's figures.
#[derive(Clone, Debug, Serialize)]
pub struct AlgorithmIntervals {
    /// For the spread of the requests; `None` if some run has none.
    pub requests: Option<Intervals<Evenness>>,
    /// For the spread of the distinct keys.
    pub keys: Option<Intervals<Evenness>>,
    /// For the other figures.
    #[serde(flatten)]
    pub others: Intervals<AlgorithmFigures>,
}

impl AlgorithmIntervals {
    /// Returns `None` for fewer than two runs.
    pub(super) fn over(runs: &[&AlgorithmFigures]) -> Option<Self> {
        let spread = |spread: fn(&AlgorithmFigures) -> Option<&Evenness>| {
            let spreads = runs.iter().map(|run| spread(run));
            spreads
                .clone()
                .all(|spread| spread.is_some())
                .then(|| Intervals::over(spreads))
        };
        (runs.len() > 1).then(|| Self {
            requests: spread(|run| run.spread.requests.as_ref()),
            keys: spread(|run| run.spread.keys.as_ref()),
            others: Intervals::over(runs.iter().map(|&run| Some(run))),
        })
    }
}
