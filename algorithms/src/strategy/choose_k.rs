//! **Choose-k**: every key has an order of all buckets, into which a new bucket goes at a random place;
//! its first bucket in use wins, and the first k are its owners.
//!
//! # How it works
//! The order of a key over n + 1 buckets is that over n with bucket n put in, before, between or behind
//! the others, each of the n + 1 places as likely. Its first bucket is that of a consistent hash. The
//! first k over n buckets are, as a set, the largest of 0 + h₀(n), 1 + h₁(n − 1), … k − 1 + h(n − k + 1),
//! each h a consistent hash of its own (as in [jump-back](super::jump_back)), and below that one, b, the first
//! k − 1 over b buckets. What the first k have that the first k − 1 have not is the k-th.
//!
//! # Cost
//! a buckets, n in use. Build O(n). Pick: a consistent hash; where the bucket is vacant another one or
//! two for each further one of the order, about a / n of them. k owners: O(k²) consistent hashes. Memory:
//! 4 bytes a bucket.
//!
//! # Membership change
//! A joiner takes keys, a leaver gives them up, and no other key moves, whoever leaves; nor does the
//! order of owners change. The order in which backends left makes no difference.
//!
//! # Weights
//! A backend takes a bucket a unit of weight.
//!
//! # Ineligible backends
//! They keep their buckets and are walked past: each of their keys goes to the next bucket of its order.
//!
//! # Departures from the source
//! Written from its description. Weights, and the pairing of buckets with backends, which does remember
//! who took whose.
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

use crate::balancer::Pick;
use crate::error::BuildError;
use crate::hash::{GOLDEN_GAMMA, SplitMix, mix};
use crate::numbering::Numbering;
use crate::slot::Slot;
use crate::strategy::Algorithm;
use crate::strategy::jump_back;
use crate::strategy::numbered::{self, Numbered, VACANT, compact};

pub(super) const ALGORITHM: Algorithm = Algorithm {
    name: "choose-k",
    aliases: &[],
    summary: "an order of all buckets for every key; its first in use wins, its first k are owners",
    options: &[],
    build: "O(W)",
    pick: "O(1)",
    memory: "4 bytes a unit of weight",
    weights: "buckets in proportion",
    disruption: "minimal",
    source: "Neubeck, rust-gems 2025",
    new: |hashing, _| ChooseK::new(hashing, ()).into(),
};

/// Choose-k; see the [module](self).
pub type ChooseK = Numbered<Table>;

/// Who holds each bucket; behind the last one in use there is none.
#[derive(Debug)]
pub struct Table(Box<[Slot]>);

impl numbered::Table for Table {
    const NAME: &'static str = ALGORITHM.name;

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
    fn slot(&self, hash: u64) -> Slot {
        let first = consistent(hash, 0, self.0.len() as u32);
        let slot = self.0[first as usize];
        if slot == VACANT {
            self.first_in_use(hash)
        } else {
            slot
        }
    }

    fn next(&self, hash: u64, pick: &Pick<'_>) -> Option<Slot> {
        let allowed = |&slot: &Slot| slot != VACANT && pick.allows(slot);
        self.order(hash).find(allowed)
    }

    fn memory(&self) -> usize {
        size_of_val(&*self.0)
    }
}

impl Table {
    #[cold]
    fn first_in_use(&self, hash: u64) -> Slot {
        let mut order = self.order(hash);
        order.find(|&slot| slot != VACANT).unwrap_or(VACANT)
    }

    /// The holders of all buckets in the order of a key.
    fn order(&self, hash: u64) -> impl Iterator<Item = Slot> {
        let order = Order::new(hash, self.0.len() as u32);
        order.map(|bucket| self.0[bucket as usize])
    }
}

/// The bucket of one of a key's consistent hashes: that of [jump-back](super::jump_back), but with
/// draws of their own for every block, because here its earlier jumps count as well as the last.
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

/// Consistent hashes that are remembered between two buckets of an order.
const REMEMBERED: usize = 64;

/// All buckets in the order of a key.
struct Order {
    hash: u64,
    buckets: u32,
    given: u32,
    /// Of the first consistent hashes i + h(buckets − i), the number they belong to.
    tops: [u32; REMEMBERED],
}

impl Order {
    const fn new(hash: u64, buckets: u32) -> Self {
        Self {
            hash,
            buckets,
            given: 0,
            tops: [0; REMEMBERED],
        }
    }

    /// i + h(n − i) of consistent hash i.
    fn top(&self, number: u32, buckets: u32) -> u32 {
        let remembered = self.tops.get(number as usize);
        match remembered {
            // It holds for all numbers of buckets above it.
            Some(&top) if number < self.given && top < buckets => top,
            _ => number + consistent(self.hash, number, buckets - number),
        }
    }

    /// What the first k + 1 over n buckets have that the first k have not.
    fn place(&self, mut k: u32, mut buckets: u32) -> u32 {
        loop {
            let own = self.top(k, buckets);
            let others = (0..k).map(|number| self.top(number, buckets)).max();
            match others {
                Some(largest) if own <= largest => {
                    (k, buckets) = (k - 1, largest);
                }
                _ => return own,
            }
        }
    }
}

impl Iterator for Order {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        if self.given == self.buckets {
            return None;
        }
        let place = self.place(self.given, self.buckets);
        if let Some(top) = self.tops.get_mut(self.given as usize) {
            *top = self.given + consistent(self.hash, self.given, self.buckets - self.given);
        }
        self.given += 1;
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(hash: u64, buckets: u32) -> Vec<u32> {
        Order::new(hash, buckets).collect()
    }

    /// A new bucket is put into the order, at each place as often as at any other.
    #[test]
    fn an_order_grows_by_putting_one_in() {
        for buckets in [1, 2, 5, 70] {
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
