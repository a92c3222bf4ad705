//! The intervals that the means over several runs are known to.

use serde::Serialize;

use super::figures::{AlgorithmFigures, Evenness};
use crate::figures::Intervals;

/// The intervals of a strategy's figures.
#[derive(Clone, Debug, Serialize)]
pub struct AlgorithmIntervals {
    /// Of the spread of the requests; none if some run has none.
    pub requests: Option<Intervals<Evenness>>,
    /// Of the spread of the distinct keys.
    pub keys: Option<Intervals<Evenness>>,
    /// Of the others.
    #[serde(flatten)]
    pub others: Intervals<AlgorithmFigures>,
}

impl AlgorithmIntervals {
    /// Of fewer than two runs there are none.
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
