//! The bound on what a backend takes.

use crate::backend::Weight;
use crate::option::{MILLIONTHS, decimal_option};

decimal_option!(
    /// How far a backend's load may exceed its share.
    Factor, "bounded_load": 1 to 1_000
);

impl Factor {
    pub(super) const fn millionths(self) -> u32 {
        self.millionths
    }
}

/// The bound that so many requests, the one to be placed included, put on each.
pub(super) struct Bound {
    pub(super) factor: Factor,
    pub(super) requests: u64,
    pub(super) weights: u64,
}

impl Bound {
    /// Returns whether so many requests in flight are below ⌈factor · requests · weight / weights⌉: a whole
    /// number is exactly if it is below what is rounded up, which needs no division.
    pub(super) fn leaves_room(&self, in_flight: u64, weight: Weight) -> bool {
        let factor = u128::from(self.factor.millionths);
        let (requests, weights) = (u128::from(self.requests), u128::from(self.weights));
        let held = u128::from(in_flight) * weights * u128::from(MILLIONTHS);
        held < factor * requests * u128::from(weight.get())
    }
}
