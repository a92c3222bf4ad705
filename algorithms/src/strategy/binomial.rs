//! **BinomialHash**: a walk down two trees of powers of two: the one that holds all buckets, and its half.
//!
//! # How it works
//! Let m be the smallest power of two that is at least n. The key's hash modulo m is moved within its block of one bit
//! length by a draw. If the result is in the upper half of m and below n, it is the answer; if it is in the lower half,
//! the first hash decides there in the same way; if it is n or above, the key is hashed again and tried again, up to 64
//! times (in practice never).
//!
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
//! The paper tries about 5 times, which gives the lower half up to 2^-5 more than its share; with 64 tries the excess
//! is not measurable, at no extra cost. Weights, removals among the other backends, and the fallback for ineligible
//! backends.
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

/// The card of the algorithm.
pub static CARD: Card = growth::card(
    "binomial",
    "a walk down two trees of powers of two: the one with all buckets, and its half",
    Cost::CONSTANT,
    "Coluzzi et al., 2024",
    &|hashing, _| Box::new(Binomial::new(hashing, ())),
);

growing!(
    /// BinomialHash; see the [module](self).
    Binomial,
    bucket
);

/// The number of tries before the lower half decides.
const TRIES: u64 = 64;

/// Returns the bucket of a hash among `buckets`.
#[inline]
fn bucket(hash: u64, buckets: u32) -> u32 {
    let range = u64::from(buckets).next_power_of_two();
    // In the lower half, the first hash decides.
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
