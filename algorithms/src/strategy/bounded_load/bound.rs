//! The bound on the load of a backend.

use crate::backend::Weight;
use crate::option::{MILLIONTHS, decimal_option};

decimal_option!(
    /// The factor by which a backend's load may exceed its share.
    Factor, "bounded_load": 1 to 1_000
);

impl Factor {
    pub(super) const fn millionths(self) -> u32 {
        self.millionths
    }
}

/// The bound on each backend for a number of requests, including the one to be placed.
pub(super) struct Bound {
    pub(super) factor: Factor,
    pub(super) requests: u64,
    pub(super) weights: u64,
}

impl Bound {
    /// Returns whether this number of requests in flight is below ⌈factor · requests · weight / weights⌉. A whole
    /// number is below the rounded value exactly if it is below the unrounded one, so no division is needed.
    pub(super) fn leaves_room(&self, in_flight: u64, weight: Weight) -> bool {
        let factor = u128::from(self.factor.millionths);
        let (requests, weights) = (u128::from(self.requests), u128::from(self.weights));
        let held = u128::from(in_flight) * weights * u128::from(MILLIONTHS);
        held < factor * requests * u128::from(weight.get())
    }
}
