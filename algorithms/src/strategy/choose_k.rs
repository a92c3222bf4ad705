//! **Choose-k**: every key has an order of all buckets, into which a new bucket is inserted at a random position; the
//! first bucket in use wins, and the first k are the owners.
//!
//! # How it works
//! The order of a key over n + 1 buckets is its order over n with bucket n inserted before, between or after the
//! others, each of the n + 1 positions with the same probability. Its first bucket is that of a consistent hash. The
//! first k over n buckets are, as a set, the largest of 0 + h₀(n), 1 + h₁(n − 1), … k − 1 + h(n − k + 1), each h a
//! separate consistent hash (as in [jump-back](super::jump_back)), and below that one, b, the first k − 1 over b
//! buckets. The k-th is the element of the first k that is not in the first k − 1.
//!
//! # Cost
//! a buckets, n in use. Build O(n). Pick: a consistent hash; if the bucket is vacant or may not be picked, about k / 2
//! more for the k-th in the order, and from the 65th on one draw for every bucket. k owners: O(k³) consistent hashes, a
//! few microseconds for ten. Memory: 4 bytes per bucket.
//! # Membership change
//! A new backend takes keys, a removed one gives them up, and no other key moves, whichever backend is removed; nor
//! does the order of the owners change, as far as it extends. The order in which backends left makes no difference.
//!
//! # Weights
//! A backend holds one bucket per unit of weight.
//!
//! # Ineligible backends
//! They keep their buckets and are skipped: each of their keys goes to the next bucket in its order. If none of the
//! first 64 buckets may be picked, every bucket that may draws for the key, and the best draw wins.
//!
//! # Departures from the source
//! Written from its description. An order ends after 64 buckets. Weights, and the assignment of buckets to backends,
//! which does depend on the history.
//!
//! # References
//! A. Neubeck: Consistent Choose-K Hashing, GitHub rust-gems, 2025.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{ChooseK, LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(ChooseK::default(), Pool::new(["b1", "b2", "b3", "b4"])?)?;
//! let owners = balancer.owners(b"alice", 3)?;
//! balancer.update(["b1", "b2", "b3", "b4"].into_iter().filter(|name| *name != owners[0].name()))?;
//! assert_eq!(balancer.owners(b"alice", 2)?, owners[1..]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::card::{Card, Cost, Failover, Family, Feedback, Origin, ShareVariance};
use crate::error::BuildError;
use crate::hash::{GOLDEN_GAMMA, SplitMix, mix};
use crate::numbering::Numbering;
use crate::pick::Pick;
use crate::slot::Slot;
use crate::strategy::jump_back;
use crate::strategy::numbered::{self, Numbered, VACANT, best_draw, compact};

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "an order of all buckets for every key; the first in use wins, the first k are owners",
    origin: Origin::Own,
    feedback: Feedback::None,
    shares: ShareVariance::AsRandom,
    failover: Failover::Spread,
    build: Cost::of("W"),
    pick: Cost::CONSTANT,
    memory: "4 bytes per unit of weight",
    weights: "buckets in proportion",
    disruption: "minimal",
    source: "Neubeck, rust-gems 2025",
    ..Card::new("choose-k", Family::Buckets, &|hashing, _| {
        Box::new(ChooseK::new(hashing, ()))
    })
};

/// Choose-k; see the [module](self).
pub type ChooseK = Numbered<Table>;

/// The holder of each bucket, up to the last one in use.
#[derive(Debug)]
pub struct Table(Box<[Slot]>);

impl numbered::Table for Table {
    const NAME: &'static str = CARD.name;

    type Options = ();

    fn build((): (), numbering: &Numbering) -> Result<Self, BuildError> {
        // A vacant bucket at the end makes no difference to any order.
        let slots = compact(numbering);
        let len = slots
            .iter()
            .rposition(|&slot| slot != VACANT)
            .map_or(0, |last| last + 1);
        Ok(Self(slots[..len].into()))
    }

    #[inline]
    fn bucket(&self, hash: u64) -> u32 {
        let first = consistent(hash, 0, self.0.len() as u32);
        if self.0[first as usize] == VACANT {
            self.walk(hash, |_| true).unwrap_or(first)
        } else {
            first
        }
    }

    #[inline]
    fn holder(&self, bucket: u32) -> Slot {
        self.0[bucket as usize]
    }

    fn buckets(&self) -> u64 {
        self.0.len() as u64
    }

    fn next(&self, hash: u64, pick: &Pick<'_>) -> Option<Slot> {
        let bucket = self.walk(hash, |slot| pick.allows(slot));
        bucket.map(|bucket| self.holder(bucket))
    }

    fn memory(&self) -> usize {
        size_of_val(&*self.0)
    }
}

impl Table {
    /// Returns the first bucket in the order of a key with an allowed holder; beyond the end of the order, the one with
    /// the best draw.
    #[cold]
    fn walk(&self, hash: u64, allowed: impl Fn(Slot) -> bool) -> Option<u32> {
        let allowed = |slot: Slot| slot != VACANT && allowed(slot);
        let mut order = Order::new(hash, self.0.len() as u32);
        order
            .find(|&bucket| allowed(self.0[bucket as usize]))
            .or_else(|| {
                let held = (0..).zip(self.0.iter().copied());
                let best = best_draw(hash, held.filter(|&(_, slot)| allowed(slot)));
                best.map(|(bucket, _)| bucket)
            })
    }
}

/// Returns the bucket of one of a key's consistent hashes: that of [jump-back](super::jump_back), but with separate
/// draws for every block, because here earlier jumps count as well as the last.
#[inline]
fn consistent(hash: u64, number: u32, buckets: u32) -> u32 {
    let hash = match number {
        0 => hash,
        number => mix(hash.wrapping_sub(GOLDEN_GAMMA.wrapping_mul(number.into()))),
    };
    let mut jumped = jump_back::jumped(hash, buckets);
    while jumped != 0 {
        let block = 1 << jumped.ilog2();
        let mut draws = SplitMix::new(hash.wrapping_add(u64::from(block) << 32));
        let last = block | draws.next_number() as u32 & (block - 1);
        if last < buckets {
            return last;
        }
        if let Some(drawn) = jump_back::again(|| draws.next_number(), block, buckets) {
            return drawn;
        }
        jumped ^= block;
    }
    0
}

/// The length of an order.
const LEN: usize = 64;

/// The first buckets in the order of a key.
struct Order {
    hash: u64,
    buckets: u32,
    /// The buckets returned so far, the largest first.
    given: [u32; LEN],
    len: usize,
}

impl Order {
    const fn new(hash: u64, buckets: u32) -> Self {
        Self {
            hash,
            buckets,
            given: [0; LEN],
            len: 0,
        }
    }
}

impl Iterator for Order {
    type Item = u32;

    /// Returns the bucket that the first k + 1 have and the first k have not. The largest of both sets is the same
    /// unless the k-th consistent hash is larger; below it, the same question arises for one fewer.
    fn next(&mut self) -> Option<u32> {
        if self.len == LEN.min(self.buckets as usize) {
            return None;
        }
        let (mut place, mut below) = (0, self.buckets);
        let bucket = loop {
            let number = (self.len - place) as u32;
            let top = number + consistent(self.hash, number, below - number);
            match self.given[..self.len].get(place) {
                Some(&largest) if top <= largest => (place, below) = (place + 1, largest),
                _ => break top,
            }
        };
        self.given.copy_within(place..self.len, place + 1);
        self.given[place] = bucket;
        self.len += 1;
        Some(bucket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn order(hash: u64, buckets: u32) -> Vec<u32> {
        Order::new(hash, buckets).collect()
    }

    /// Returns the first k over some buckets as a set, by a direct implementation of the rule.
    fn first(hash: u64, k: u32, buckets: u32) -> BTreeSet<u32> {
        let tops = (0..k).map(|number| number + consistent(hash, number, buckets - number));
        let Some(largest) = tops.max() else {
            return BTreeSet::new();
        };
        let mut set = first(hash, k - 1, largest);
        set.insert(largest);
        set
    }

    #[test]
    fn an_order_lists_the_first_k_in_turn() {
        for key in 0..200 {
            for buckets in [1, 3, 9, 40] {
                let order = order(mix(key), buckets);
                for k in 0..=buckets {
                    let named: BTreeSet<_> = order[..k as usize].iter().copied().collect();
                    assert_eq!(named, first(mix(key), k, buckets));
                }
            }
        }
    }

    /// A new bucket is inserted into the order at each position equally often.
    #[test]
    fn an_order_grows_by_insertion() {
        for buckets in [1, 2, 5, 63] {
            let mut places = vec![0u32; buckets as usize + 1];
            for key in 0..6_000 {
                let mut larger = order(mix(key), buckets + 1);
                let place = larger.iter().position(|&bucket| bucket == buckets);
                let place = place.expect("every bucket is in the order");
                larger.remove(place);
                assert_eq!(larger, order(mix(key), buckets));
                places[place] += 1;
            }
            let expected = 6_000. / f64::from(buckets + 1);
            let far = |&&count: &&u32| (f64::from(count) - expected).abs() > 5. * expected.sqrt();
            assert_eq!(places.iter().find(far), None, "{buckets}: {places:?}");
        }
    }
}
