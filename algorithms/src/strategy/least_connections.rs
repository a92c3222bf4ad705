//! **Least connections**: the backend with the fewest requests in flight for its weight.
//!
//! # How it works
//! The least (in flight + 1) / weight wins; of equals the first in the order given. A tournament
//! tree over the backends holds the winner of every pair, so that the winner of all is at its root.
//!
//! # Cost
//! n backends. Build O(n). Pick: one read of the root behind a short lock; each change of a count
//! replays O(log n) matches. A pick that may not reach k of the backends costs O(k log n) more.
//! Memory: 20 to 40 bytes a backend.
//!
//! # Membership change
//! It uses no key, and so moves none. The counts of those who stay are kept.
//!
//! # Weights
//! Weight 2 gets the second request when weight 1 has one: loads settle in proportion.
//!
//! # Ineligible backends
//! They lose every match.
//!
//! # Departures from the paper
//! nginx compares in flight / weight and takes turns among equals; here the request to be placed
//! counts as well, so that an idle heavy backend comes before an idle light one, and equals go to
//! the first, so that the answer depends on the counts alone. Picking and counting are two steps:
//! under concurrency two requests may find the same backend least loaded.
//!
//! # References
//! W. Zhang: Linux Virtual Server for Scalable Network Services, Ottawa Linux Symposium 2000,
//! section 4 (weighted least-connection scheduling). D. E. Knuth: The Art of Computer Programming,
//! volume 3, section 5.2.3 (tournament trees).
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{LeastConnections, LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(LeastConnections::default(), Pool::new(["b1", "b2"])?)?;
//! let first = balancer.route(None)?;
//! let second = balancer.route(None)?;
//! assert_eq!((first.backend().name(), second.backend().name()), ("b1", "b2"));
//! first.release();
//! assert_eq!(balancer.route(None)?.backend().name(), "b1");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::balancer::{Balancer, Pick, Profile};
use crate::error::BuildError;
use crate::pool::Pool;
use crate::slot::Slot;
use crate::strategy::{Algorithm, Strategy};

pub(super) const ALGORITHM: Algorithm = Algorithm {
    name: "least-connections",
    aliases: &[],
    summary: "the backend with the fewest requests in flight for its weight",
    options: &[],
    build: "O(n)",
    pick: "O(log n)",
    memory: "20 to 40 bytes a backend",
    weights: "requests in flight in proportion",
    disruption: "uses no key",
    source: "Zhang, OLS 2000",
    new: |_, _| LeastConnections::default().into(),
};

/// Least connections; see the [module](self).
#[derive(Debug, Default)]
pub struct LeastConnections {
    tree: Mutex<Tournament>,
}

impl LeastConnections {
    fn tree(&self) -> MutexGuard<'_, Tournament> {
        // A tournament is repaired by the next change of each count; a panic elsewhere cannot hurt.
        self.tree.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Balancer for LeastConnections {
    #[inline]
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.tree().best(Tournament::FINAL, pick)
    }

    fn rebuild(&self, pool: &Pool) -> Result<Strategy, BuildError> {
        Ok(Self {
            tree: Mutex::new(Tournament::new(pool)),
        }
        .into())
    }

    fn profile(&self) -> Profile {
        Profile {
            in_flight: true,
            ..Profile::TURNS
        }
    }

    fn settle(&self, pool: &Pool, slot: Slot) {
        // The count is read behind the lock, so that the last to settle has the last word.
        self.tree().settle(slot, || Load::of(pool, slot));
    }

    fn memory(&self) -> usize {
        let tree = self.tree();
        size_of_val(&*tree.loads) + size_of_val(&*tree.winners)
    }
}

/// What is compared: a backend's count and weight.
#[derive(Clone, Copy, Debug)]
struct Load {
    /// Requests in flight and the one to be placed.
    requests: u64,
    weight: u32,
}

impl Load {
    /// Above every other: who is not eligible, and the leaves that no backend stands for.
    const LAST: Self = Self {
        requests: u64::MAX,
        weight: 1,
    };

    fn of(pool: &Pool, slot: Slot) -> Self {
        if !pool.is_eligible(slot) {
            return Self::LAST;
        }
        let requests = pool.in_flight(slot).saturating_add(1);
        Self {
            requests,
            weight: pool.weight(slot).get(),
        }
    }

    /// Whether this load is strictly above the other: a/v > b/w.
    #[inline]
    fn exceeds(self, other: Self) -> bool {
        let product = |requests: u64, weight: u32| u128::from(requests) * u128::from(weight);
        product(self.requests, other.weight) > product(other.requests, self.weight)
    }
}

/// A binary tree of matches over the slots in their order. Match m is between the winners of 2m and
/// 2m + 1; match 1 is the final. From the number of leaves on, numbers stand for leaves.
#[derive(Debug, Default)]
struct Tournament {
    /// One a leaf, as many as a power of two.
    loads: Box<[Load]>,
    /// The winner of each match; number 0 is unused.
    winners: Box<[u32]>,
}

impl Tournament {
    const FINAL: usize = 1;

    fn new(pool: &Pool) -> Self {
        let leaves = pool.len().next_power_of_two();
        let mut loads: Vec<_> = pool.slots().map(|slot| Load::of(pool, slot)).collect();
        loads.resize(leaves, Load::LAST);
        let mut tree = Self {
            loads: loads.into(),
            winners: vec![0; leaves].into(),
        };
        for number in (Self::FINAL..leaves).rev() {
            tree.winners[number] = tree.play(number);
        }
        tree
    }

    fn settle(&mut self, slot: Slot, load: impl FnOnce() -> Load) {
        self.loads[slot.index()] = load();
        let mut number = (self.winners.len() + slot.index()) / 2;
        while number >= Self::FINAL {
            self.winners[number] = self.play(number);
            number /= 2;
        }
    }

    /// The winner of a match between those who won the two before it; of equals the first.
    #[inline]
    fn play(&self, number: usize) -> u32 {
        self.better(self.winner(2 * number), self.winner(2 * number + 1))
    }

    #[inline]
    fn better(&self, first: u32, second: u32) -> u32 {
        let exceeds = self.loads[first as usize].exceeds(self.loads[second as usize]);
        if exceeds { second } else { first }
    }

    #[inline]
    fn winner(&self, number: usize) -> u32 {
        let leaf = number.checked_sub(self.winners.len());
        leaf.map_or_else(|| self.winners[number], |leaf| leaf as u32)
    }

    /// The best of those allowed under a match.
    fn best(&self, number: usize, pick: &Pick<'_>) -> Option<Slot> {
        let winner = self.winner(number);
        if self.loads.get(winner as usize)?.requests == u64::MAX {
            return None;
        }
        if pick.allows(Slot(winner)) {
            return Some(Slot(winner));
        }
        if number >= self.winners.len() {
            return None;
        }
        match (self.best(2 * number, pick), self.best(2 * number + 1, pick)) {
            (Some(first), Some(second)) => Some(Slot(self.better(first.0, second.0))),
            (first, second) => first.or(second),
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
        LoadBalancer::new(LeastConnections::default(), pool).unwrap()
    }

    /// The rule in its own words: a scan.
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
    fn every_pick_is_the_one_a_scan_finds() {
        let balancer = balancer(&[(3, 0), (1, 0), (2, 5), (1, 0), (7, 1)]);
        let mut open = Vec::new();
        for step in 0..400 {
            if step % 7 == 3 {
                drop(open.remove(step * 31 % open.len()));
            }
            if step % 40 == 20 {
                balancer.set_eligible("4", step % 80 == 20);
            }
            let snapshot = balancer.snapshot();
            let pool = snapshot.pool();
            for tried in [&[][..], &[0], &[4, 1], &[0, 1, 2, 3, 4]] {
                let tried = tried.iter().copied().map(Slot).collect();
                let pick = Pick::new(pool, None).excluding(&tried);
                assert_eq!(
                    snapshot.strategy().pick(&pick),
                    naive(pool, &tried),
                    "step {step}"
                );
            }
            open.push(balancer.route(None).unwrap());
        }
    }

    #[test]
    fn the_largest_counts_are_compared_right() {
        let most = u32::MAX;
        let balancer = balancer(&[
            (1_000_000, most),
            (1_000_000, most - 1),
            (999_999, most - 1),
        ]);
        assert_eq!(balancer.route(None).unwrap().backend().name(), "1");
    }
}
