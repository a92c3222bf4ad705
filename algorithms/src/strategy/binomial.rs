//! **BinomialHash**: a walk down two trees of powers of two, the one that holds all buckets and its half.
//!
//! # How it works
//! Let m be the least power of two that is not below n. The key's hash modulo m is moved within its
//! block of one bit length by a draw. If it is in the upper half of m and below n, it is the answer; if
//! it is in the lower half, the first hash decides there, in the same way; if it is n or above, the key
//! is hashed again and tried again, up to 64 times, which no key will see.
//!
//! # Cost
//! n buckets. Build O(n). Pick: two or three draws on average, at any n. Memory: 4 bytes a bucket, for
//! its holder.
//!
//! # Membership change
//! At the end of the list it grows and shrinks by itself: a joiner takes keys from all, the last to
//! have joined gives them up, and no other key moves. What leaves from among the others leaves a vacant
//! bucket, and [MementoHash](super::memento) remembers it: still no other key moves, at the price of a
//! bitmap, 4 bytes, and a second hash for the keys that were there, until a joiner fills it.
//!
//! # Weights
//! A backend takes a bucket a unit of weight.
//!
//! # Ineligible backends
//! They keep their buckets; each of their keys is [hashed again](super::numbered) over all others.
//!
//! # Departures from the paper
//! The paper tries 5 times or so, which leaves the lower half up to 2^-5 more than its share; 64 tries
//! leave it nothing that could be measured, and cost no more. Weights, removals among the others, and the
//! way past ineligible backends.
//!
//! # References
//! M. Coluzzi, A. Brocco, A. Antonucci, T. Leidi: BinomialHash: A Constant Time, Minimal Memory
//! Consistent Hashing Algorithm, arXiv 2406.19836, 2024 (algorithm 1).
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{Binomial, LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(Binomial::default(), Pool::new(["b1", "b2", "b3"])?)?;
//! let before = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! balancer.update(["b1", "b2", "b3", "b4"])?;
//! let after = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! assert!(after == before || after == "b4");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::card::{Card, Cost};
use crate::hash::{GOLDEN_GAMMA, mix};
use crate::strategy::growth::{self, growing};
use crate::strategy::power::of_power;

/// What is to be known of the algorithm before choosing it.
pub static CARD: Card = growth::card(
    "binomial",
    "a walk down two trees of powers of two, the one that holds all buckets and its half",
    Cost::CONSTANT,
    "Coluzzi et al., 2024",
    &|hashing, _| Box::new(Binomial::new(hashing, ())),
);

growing!(
    /// BinomialHash; see the [module](self).
    Binomial,
    bucket
);

/// Tries before the lower half decides.
const TRIES: u64 = 64;

/// Returns the bucket of a hash among `buckets`.
#[inline]
fn bucket(hash: u64, buckets: u32) -> u32 {
    let range = u64::from(buckets).next_power_of_two();
    // In the lower half it is what the hash says there.
    let bucket = of_power(hash, range);
    if bucket < u64::from(buckets) {
        return bucket as u32;
    }
    let half = range / 2;
    for attempt in 1..TRIES {
        let next = mix(hash.wrapping_sub(GOLDEN_GAMMA.wrapping_mul(attempt)));
        let bucket = of_power(next, range);
        if bucket < half {
            break;
        }
        if bucket < u64::from(buckets) {
            return bucket as u32;
        }
    }
    of_power(hash, half) as u32
}
