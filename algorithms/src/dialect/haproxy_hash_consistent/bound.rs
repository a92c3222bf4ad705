//! The bound on the load of a server: slots that are dealt out by weight.

use crate::dialect::haproxy;
use crate::dialect::haproxy_hash_consistent::options::BalanceFactor;
use crate::pool::Pool;
use crate::slot::Slot;

/// The slots for the current requests, to be dealt out by weight.
pub(super) struct Bound {
    slots: u128,
    /// The sum of the weights of the usable servers.
    weights: u128,
}

impl Bound {
    pub(super) fn new(factor: BalanceFactor, pool: &Pool) -> Self {
        let in_flight = |slot| u128::from(pool.in_flight(slot));
        let requests = pool.slots().map(in_flight).sum::<u128>() + 1;
        let usable = pool.slots().filter(|&slot| pool.is_active(slot));
        let weights = usable.map(|slot| haproxy::effective_weight(pool, slot));
        Self {
            slots: (requests * u128::from(factor.get())).div_ceil(100),
            weights: weights.sum::<u64>().max(1).into(),
        }
    }

    /// Returns whether a server has fewer requests in flight than slots.
    pub(super) fn leaves_room(&self, pool: &Pool, slot: Slot, before: u64) -> bool {
        let weight = haproxy::effective_weight(pool, slot);
        let (each, rest) = (self.slots / self.weights, self.slots % self.weights);
        let dealt = |weights: u64| u128::from(weights) * rest / self.weights;
        let slots = u128::from(weight) * each + dealt(before + weight) - dealt(before);
        u128::from(pool.in_flight(slot)) < slots.max(1)
    }
}

/// Returns the sums of the weights before each server. Servers that the config takes out of service do not count.
pub(super) fn sums_before(pool: &Pool) -> Box<[u64]> {
    let mut sum = 0;
    let sums = pool.slots().map(|slot| {
        let (backend, before) = (pool.backend(slot), sum);
        if !(backend.is_down() || backend.is_draining() || backend.is_backup()) {
            sum += haproxy::effective_weight(pool, slot);
        }
        before
    });
    sums.collect()
}
