//! **Least connections**: the backend with the fewest requests in flight relative to its weight.
//!
//! # How it works
//! The least (in flight + 1) / weight wins; of equals the first in the order given. A tree of minima over the backends,
//! with 32 children per node, finds the least again after each change of a count.
//!
//! # Cost
//! n backends. Build O(n). Pick: one read. Each change of a count updates the tree behind a short lock, up to the first
//! unchanged minimum; at most O(log n). A pick that may not use the best backend searches the tree. Memory: 8 to 9
//! bytes per backend.
//!
//! # Membership change
//! It uses no key, so no key moves. Remaining backends keep their counts.
//!
//! # Weights
//! A backend of weight 2 gets its second request when one of weight 1 has one: loads settle in proportion.
//!
//! # Ineligible backends
//! Their load counts as higher than every other, as does that of standby backups and of backends at their cap.
//!
//! # Departures from the paper
//! nginx compares in flight / weight and takes turns among equals. Here the request to be placed counts as well, so
//! that an idle heavy backend comes before an idle light one, and the first of equals wins, so that the answer depends
//! on the counts alone. Picking and counting are two steps: two concurrent requests may find the same backend least
//! loaded.
//!
//! # References
//! W. Zhang: Linux Virtual Server for Scalable Network Services, Ottawa Linux Symposium 2000,
//! section 4 (weighted least-connection scheduling).
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{LeastConnections, LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(LeastConnections, Pool::new(["b1", "b2"])?)?;
//! let first = balancer.route(None)?;
//! let second = balancer.route(None)?;
//! assert_eq!((first.backend().name(), second.backend().name()), ("b1", "b2"));
//! first.release();
//! assert_eq!(balancer.route(None)?.backend().name(), "b1");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::sync::atomic::Ordering::Relaxed;

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, Origin, ShareVariance};
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::slot::Slot;
use crate::sync::{AtomicU32, AtomicU64};

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "the backend with the fewest requests in flight relative to its weight",
    origin: Origin::Own,
    feedback: Feedback::InFlight,
    shares: ShareVariance::ByLoad,
    build: Cost::LINEAR,
    pick: Cost::LOGARITHMIC,
    memory: "8 to 9 bytes per backend",
    weights: "requests in flight in proportion",
    disruption: "uses no key",
    source: "Zhang, OLS 2000",
    ..Card::new("least-connections", Family::Fewest, &|_, _| {
        Box::new(LeastConnections)
    })
};

/// Least connections; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct LeastConnections;

impl Algorithm for LeastConnections {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let loads = Loads::new(pool);
        let best = loads.first_of_least().into();
        Ok(Box::new(Built { loads, best }))
    }

    fn profile(&self) -> Profile {
        Profile {
            in_flight: true,
            on_change: true,
            ..Profile::TURNS
        }
    }
}

/// The loads of a pool.
#[derive(Debug)]
pub struct Built {
    loads: Loads,
    /// The index of the best slot; [`NO_SLOT`] if there is none.
    best: AtomicU32,
}

/// Larger than the index of every slot.
const NO_SLOT: u32 = u32::MAX;

impl Balancer for Built {
    #[inline]
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let best = Slot(self.best.load(Relaxed));
        if best.0 != NO_SLOT && pick.allows(best) {
            return Some(best);
        }
        self.loads.least_allowed(pick)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
    }

    fn on_change(&self, pool: &Pool, slot: Slot) {
        let (before, best) = (self.loads.least(), self.best.load(Relaxed));
        let load = Load::of(pool, slot);
        self.loads.set(slot, load);
        let least = self.loads.least();
        let best = if least < before {
            slot.0
        } else if least > before || best == slot.0 && load > least {
            self.loads.first_of_least()
        } else if load == least && least < Load::NONE {
            best.min(slot.0)
        } else {
            return;
        };
        self.best.store(best, Relaxed);
    }

    fn memory(&self) -> usize {
        let levels = self.loads.0.iter();
        levels.map(|level| size_of_val(&**level)).sum()
    }
}

/// The comparison value: the requests that a backend would have in flight, divided by its weight, as the bits of a
/// double; for non-negative doubles the bits have the same order. Unequal fractions of counts below 2^32 and weights up
/// to 2^20 differ by more than the precision of doubles, and equal ones are rounded alike, so the order is exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Load(u64);

impl Load {
    /// Higher than every other load: for backends that may not be picked, and for unused leaves.
    const NONE: Self = Self(f64::INFINITY.to_bits());

    fn of(pool: &Pool, slot: Slot) -> Self {
        if !pool.admits(slot) {
            return Self::NONE;
        }
        let requests = pool.in_flight(slot) as f64 + 1.;
        Self((requests / f64::from(pool.weight(slot).get())).to_bits())
    }
}

/// The number of children of a node.
const FAN: usize = 32;

/// A tree of minima over the loads of the slots in their order: the loads, then the minimum of each block of [`FAN`] of
/// them, and so on up to a single one. A level is padded to whole blocks.
///
/// Written by one thread at a time (see [`Balancer::on_change`]); a concurrent reader may see part of a change.
#[derive(Debug, Default)]
struct Loads(Vec<Box<[AtomicU64]>>);

impl Loads {
    fn new(pool: &Pool) -> Self {
        let mut levels = Vec::new();
        let mut loads: Vec<Load> = pool.slots().map(|slot| Load::of(pool, slot)).collect();
        while loads.len() > 1 || levels.is_empty() {
            loads.resize(loads.len().next_multiple_of(FAN).max(FAN), Load::NONE);
            let leasts = loads.chunks_exact(FAN);
            let leasts = leasts.map(|block| block.iter().copied().min().unwrap_or(Load::NONE));
            let above = leasts.collect();
            levels.push(loads);
            loads = above;
        }
        levels.push(loads);
        let shared = |level: Vec<Load>| level.into_iter().map(|load| load.0.into()).collect();
        Self(levels.into_iter().map(shared).collect())
    }

    fn get(&self, level: usize, place: usize) -> Load {
        Load(self.0[level][place].load(Relaxed))
    }

    /// Returns the minimum of all loads.
    fn least(&self) -> Load {
        match self.0.last().map(|top| &**top) {
            Some([least]) => Load(least.load(Relaxed)),
            _ => Load::NONE,
        }
    }

    /// Sets a load and updates the minima above it, as far as they change.
    fn set(&self, slot: Slot, load: Load) {
        let (mut place, mut new) = (slot.index(), load);
        let mut above = self.0.iter().peekable();
        while let Some(level) = above.next() {
            let old = Load(level[place].load(Relaxed));
            level[place].store(new.0, Relaxed);
            place /= FAN;
            let Some(next) = above.peek() else { return };
            let least = Load(next[place].load(Relaxed));
            if new < least {
                continue;
            }
            if old > least || old == new {
                return;
            }
            let block = &level[place * FAN..(place + 1) * FAN];
            new = block
                .iter()
                .map(|load| Load(load.load(Relaxed)))
                .min()
                .unwrap_or(Load::NONE);
        }
    }

    /// Returns the first slot with the least load, or [`NO_SLOT`] if no backend is eligible.
    fn first_of_least(&self) -> u32 {
        let least = self.least();
        if least == Load::NONE {
            return NO_SLOT;
        }
        let below_top = (0..self.0.len() - 1).rev();
        let first = below_top.fold(0, |place, level| {
            let mut children = place * FAN..(place + 1) * FAN;
            let first = children.find(|&child| self.get(level, child) == least);
            first.unwrap_or(place * FAN)
        });
        first as u32
    }

    /// Returns the first allowed slot with the least load.
    fn least_allowed(&self, pick: &Pick<'_>) -> Option<Slot> {
        let mut best = (Load::NONE, None);
        if let Some(top) = self.0.len().checked_sub(1) {
            self.search(top, 0, pick, &mut best);
        }
        best.1
    }

    /// Improves the best load found so far under a node; skips a node that cannot improve it.
    fn search(&self, level: usize, place: usize, pick: &Pick<'_>, best: &mut (Load, Option<Slot>)) {
        let least = self.get(level, place);
        if least >= best.0 {
            return;
        }
        if let Some(below) = level.checked_sub(1) {
            (place * FAN..(place + 1) * FAN)
                .for_each(|child| self.search(below, child, pick, best));
        } else if pick.allows(Slot::new(place)) {
            *best = (least, Some(Slot::new(place)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, LoadBalancer, SlotSet, Weight};

    fn balancer(backends: &[(u64, u32)]) -> LoadBalancer {
        let backend = |(index, &(weight, connections)): (usize, &(u64, u32))| {
            let backend = Backend::new(index.to_string()).with_connections(connections);
            backend.with_weight(Weight::new(weight).unwrap())
        };
        let backends = backends.iter().enumerate().map(backend);
        let pool = Pool::new(backends).unwrap();
        LoadBalancer::new(LeastConnections, pool).unwrap()
    }

    /// Implements the rule by a scan.
    fn naive(pool: &Pool, tried: &SlotSet) -> Option<Slot> {
        let allowed = pool
            .slots()
            .filter(|&s| pool.is_eligible(s) && !tried.contains(s));
        allowed.min_by(|&a, &b| {
            let requests = |slot| u128::from(pool.in_flight(slot) + 1);
            let weight = |slot| u128::from(pool.weight(slot).get());
            (requests(a) * weight(b)).cmp(&(requests(b) * weight(a)))
        })
    }

    #[test]
    fn every_pick_equals_that_of_a_scan() {
        let balancer = balancer(&[(3, 0), (1, 0), (2, 5), (1, 0), (7, 1)]);
        let mut open = Vec::new();
        for step in 0..400 {
            if step % 7 == 3 {
                drop(open.remove(step * 31 % open.len()));
            }
            if step % 40 == 20 {
                balancer.set_healthy("4", step % 80 == 20).unwrap();
            }
            let snapshot = balancer.snapshot();
            let pool = snapshot.pool();
            for tried in [&[][..], &[0], &[4, 1], &[0, 1, 2, 3, 4]] {
                let tried = tried.iter().copied().map(Slot).collect();
                let pick = Pick::new(pool, None).excluding(&tried);
                assert_eq!(
                    snapshot.balancer().pick(&pick),
                    naive(pool, &tried),
                    "step {step}"
                );
            }
            open.push(balancer.route(None).unwrap());
        }
    }

    #[test]
    fn the_largest_counts_are_compared_correctly() {
        let most = u32::MAX;
        let balancer = balancer(&[
            (1_000_000, most),
            (1_000_000, most - 1),
            (999_999, most - 1),
        ]);
        assert_eq!(balancer.route(None).unwrap().backend().name(), "1");
    }
}
