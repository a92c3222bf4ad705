//! **Power consistent hash**: a hash over the next power of two; values out of range jump on from half of it.
//!
//! # How it works
//! Let m be the smallest power of two that is at least n. The hash is consistent over powers of two: the highest set
//! bit of the key's hash modulo m selects a block of one bit length, and a draw selects the bucket in it. If the result
//! is below n, it is the answer. Otherwise the key jumps, as in [jump](super::jump), from m / 2 − 1 on; the last bucket
//! below n is the answer or, if the first jump leads to n or beyond, the hash over m / 2 decides.
//!
//! # Cost
//! n buckets. Build O(n). Pick: two or three draws on average, for any n. Memory: 4 bytes per bucket, for its holder.
//!
//! # Membership change
//! At the end of the list it grows and shrinks by itself: a new backend takes keys from all, the last backend gives
//! them back, and no other key moves. Removing any other backend leaves a vacant bucket, and
//! [MementoHash](super::memento) remembers it: still no other key moves, at the cost of a bitmap, 4 bytes, and a second
//! hash for the keys of that bucket, until a new backend fills it.
//!
//! # Weights
//! A backend holds one bucket per unit of weight.
//!
//! # Ineligible backends
//! They keep their buckets; each of their keys is [hashed again](super::numbered) over all others.
//!
//! # Departures from the paper
//! The draws are those of SplitMix64s that start from the key's hash. Weights, removals among the other backends, and
//! the fallback for ineligible backends.
//!
//! # References
//! E. Leu: Fast Consistent Hashing in Constant Time, arXiv 2307.12448, 2023.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{Power, LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(Power::default(), Pool::new(["b1", "b2", "b3"])?)?;
//! let before = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! balancer.update(["b1", "b2", "b3", "b4"])?;
//! let after = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! assert!(after == before || after == "b4");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::card::{Card, Cost};
use crate::hash::{GOLDEN_GAMMA, SplitMix, mix};
use crate::strategy::growth::{self, growing};

/// The card of the algorithm.
pub static CARD: Card = growth::card(
    "power",
    "a hash over the next power of two; values out of range jump on from half of it",
    Cost::CONSTANT,
    "Leu, 2023",
    &|hashing, _| Box::new(Power::new(hashing, ())),
);

growing!(
    /// Power consistent hash; see the [module](self).
    Power,
    bucket
);

/// Returns the bucket of a hash among `buckets`.
#[inline]
fn bucket(hash: u64, buckets: u32) -> u32 {
    let range = u64::from(buckets).next_power_of_two();
    let bucket = of_power(hash, range);
    if bucket < u64::from(buckets) {
        return bucket as u32;
    }
    let half = range / 2;
    match last_jump(hash, half, buckets.into()) {
        Some(bucket) => bucket as u32,
        None => of_power(hash, half) as u32,
    }
}

/// Returns the bucket among a power of two of buckets: the low bits of the hash select a block of one bit length, a
/// draw selects the bucket in it.
#[inline]
pub(super) fn of_power(hash: u64, range: u64) -> u64 {
    let low = hash & (range - 1);
    let Some(bit) = low.checked_ilog2() else {
        return 0;
    };
    let drawn = mix(hash.wrapping_add(GOLDEN_GAMMA.wrapping_mul(u64::from(bit) + 1)));
    let block = 1 << bit;
    block | drawn & (block - 1)
}

/// Returns the last bucket below n of those that the key jumps to from `half` − 1 on.
#[inline]
fn last_jump(hash: u64, half: u64, buckets: u64) -> Option<u64> {
    let mut draws = SplitMix::new(mix(hash ^ half));
    let (mut bucket, mut next) = (None, half - 1);
    loop {
        let drawn = (draws.next_number() >> 33) + 1;
        next = ((next + 1) as f64 * ((1u64 << 31) as f64 / drawn as f64)) as u64;
        if next >= buckets {
            return bucket;
        }
        bucket = Some(next);
    }
}
