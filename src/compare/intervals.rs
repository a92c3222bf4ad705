//! The intervals that the means over several runs are known to.

use serde::Serialize;

use crate::statistics::Interval;

/// The intervals of a strategy's figures.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Intervals {
    /// Of the spread of the requests.
    pub requests: Option<EvennessIntervals>,
    /// Of the spread of the distinct keys.
    pub keys: Option<EvennessIntervals>,
    /// Of the share of repeated keys that reached the same backend as before.
    pub affinity: Option<Interval>,
}

/// The intervals of a spread.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct EvennessIntervals {
    /// The fullest backend's load over its share.
    pub peak_to_mean: Interval,
    /// The coefficient of variation.
    pub cv: Interval,
}

/// The intervals of what a change moves.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ChangeIntervals {
    /// What moved.
    pub remap_ratio: Interval,
    /// What moved between backends that the change does not concern.
    pub excess_remap: Interval,
}
