//! **FlipHash**: a hash over the next power of two; values out of range are redrawn.
//!
//! # How it works
//! Let m be the smallest power of two that is at least n. The hash is consistent over powers of two: the key's hash
//! modulo m, with the bits below the highest set bit flipped by a draw seeded with that bit. If the result is below n,
//! it is the answer. Otherwise numbers below m are drawn: if one is below m / 2, the hash over m / 2 decides; if it is
//! another number below n, it is the answer. After 64 draws (in practice never), the hash over m / 2 decides.
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
//! C. Masson, H. K. Lee: FlipHash: A Constant-Time Consistent Range-Hashing Algorithm, arXiv
//! 2402.17549, 2024 (algorithm 2).
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{Flip, LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(Flip::default(), Pool::new(["b1", "b2", "b3"])?)?;
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
    "flip",
    "a hash over the next power of two; values out of range are redrawn",
    Cost::CONSTANT,
    "Masson and Lee, 2024",
    &|hashing, _| Box::new(Flip::new(hashing, ())),
);

growing!(
    /// FlipHash; see the [module](self).
    Flip,
    bucket
);

/// The number of draws before the smaller range decides.
const DRAWS: usize = 64;

/// Returns the bucket of a hash among `buckets`.
#[inline]
fn bucket(hash: u64, buckets: u32) -> u32 {
    let range = u64::from(buckets).next_power_of_two();
    let bucket = of_power(hash, range);
    if bucket < u64::from(buckets) {
        return bucket as u32;
    }
    let half = range / 2;
    let mut draws = SplitMix::new(mix(hash ^ range));
    for _ in 0..DRAWS {
        let drawn = draws.next_number() & (range - 1);
        if drawn < half {
            break;
        }
        if drawn < u64::from(buckets) {
            return drawn as u32;
        }
    }
    of_power(hash, half) as u32
}

/// Returns the bucket among a power of two of buckets.
#[inline]
fn of_power(hash: u64, range: u64) -> u64 {
    let low = hash & (range - 1);
    let Some(bit) = low.checked_ilog2() else {
        return 0;
    };
    let flips = mix(hash.wrapping_add(GOLDEN_GAMMA.wrapping_mul(u64::from(bit) + 1)));
    low ^ flips & ((1 << bit) - 1)
}
