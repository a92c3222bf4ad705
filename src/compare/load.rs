//! The requests of each backend.

use std::iter;

use evenkeel_algorithms::Snapshot;
use evenkeel_algorithms::analysis::{Shares, to_means};
use serde::Serialize;

use crate::figures::mean_by_field;

/// The requests of an eligible backend.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Load {
    /// Its name.
    pub backend: String,
    /// Its weight.
    pub weight: u32,
    /// The number of requests; over several runs, the rounded mean.
    pub requests: u64,
    /// The requests over the expected share: 1 is even, and 0 if the eligible backends got none. Over several runs, the
    /// mean.
    pub to_mean: f64,
}

mean_by_field!(Load {
    backend: first,
    weight: first,
    requests,
    to_mean
});

impl Load {
    /// Returns the loads of the eligible backends in the pool's order, from the requests of each slot.
    pub(super) fn of(snapshot: &Snapshot, loads: &[u64]) -> Vec<Self> {
        let pool = snapshot.pool();
        let eligible = pool.slots().filter(|&slot| pool.is_active(slot));
        let to_means = to_means(Shares::of(snapshot).of_loads(loads))
            .into_iter()
            .flatten()
            .chain(iter::repeat(0.));
        let load = |(slot, to_mean)| {
            let backend = pool.backend(slot);
            Self {
                backend: backend.name().to_owned(),
                weight: backend.weight().get(),
                requests: loads[slot.index()],
                to_mean,
            }
        };
        eligible.zip(to_means).map(load).collect()
    }
}
