//! **Jump consistent hash**: a key jumps from bucket to bucket as their number grows; its last jump decides.
//!
//! # How it works
//! The key's hash seeds a generator. From bucket b the key jumps to ⌊(b + 1) / u⌋, with u uniform between 0 and 1: the
//! next number of buckets at which it moves, to the bucket that is new then. The last bucket below n is the answer.
//!
//! # Cost
//! n buckets. Build O(n). Pick: about 1 + ln n jumps, one after another. Memory: 4 bytes per bucket, for its holder.
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
//! None in the jumps: a hash gives the bucket of the published code. Weights, removals among the other backends, and
//! the fallback for ineligible backends.
//!
//! # References
//! J. Lamping, E. Veach: A Fast, Minimal Memory, Consistent Hash Algorithm, arXiv 1406.2294, 2014
//! (figure 1).
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{Jump, LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(Jump::default(), Pool::new(["b1", "b2", "b3"])?)?;
//! let before = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! balancer.update(["b1", "b2", "b3", "b4"])?;
//! let after = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! assert!(after == before || after == "b4");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::card::{Card, Cost};
use crate::strategy::growth::{self, growing};

/// The card of the algorithm.
pub static CARD: Card = growth::card(
    "jump",
    "a key jumps from bucket to bucket as their number grows; its last jump decides",
    Cost::of("log W"),
    "Lamping and Veach, 2014",
    &|hashing, _| Box::new(Jump::new(hashing, ())),
);

growing!(
    /// Jump consistent hash; see the [module](self).
    Jump,
    bucket
);

/// Returns the bucket of a hash among `buckets`: the published function, and Guava's `consistentHash`.
///
/// ```
/// use evenkeel_algorithms::strategy::jump;
///
/// assert_eq!(jump::bucket(0x5ED7_2AA1, 1_000), 161);
/// ```
#[must_use]
#[inline]
pub fn bucket(hash: u64, buckets: u32) -> u32 {
    jumps(hash, buckets).last().unwrap_or_default()
}

/// Returns the number of jumps for the bucket of a hash among `buckets`.
#[must_use]
pub fn steps(hash: u64, buckets: u32) -> u32 {
    jumps(hash, buckets).count() as u32
}

/// Returns the buckets below `buckets` that a hash jumps to, the first of which is 0.
#[inline]
fn jumps(hash: u64, buckets: u32) -> impl Iterator<Item = u32> {
    let (mut state, mut next) = (hash, 0);
    std::iter::from_fn(move || {
        let bucket: u64 = next;
        if bucket >= u64::from(buckets) {
            return None;
        }
        state = state
            .wrapping_mul(2_862_933_555_777_941_757)
            .wrapping_add(1);
        let drawn = (state >> 33) + 1;
        next = ((bucket + 1) as f64 * ((1u64 << 31) as f64 / drawn as f64)) as u64;
        Some(bucket as u32)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Recorded from Guava 31.1, `Hashing.consistentHash`, for hashes of 32 and of 64 bits.
    #[test]
    fn buckets_equal_guavas() {
        const BUCKETS: [u32; 10] = [1, 2, 3, 5, 7, 10, 25, 100, 1_000, 65_536];
        for (hash, expected) in [
            (0x5ED7_2AA1, [0, 1, 1, 1, 5, 7, 7, 7, 161, 27_905]),
            (0xC7DE_7B1B, [0, 1, 1, 3, 3, 8, 8, 63, 288, 2_822]),
            (0xB0D9_4B8D, [0, 1, 1, 3, 5, 5, 13, 88, 273, 59_922]),
            (0xD22A_CCE2, [0, 0, 0, 0, 0, 0, 0, 36, 119, 42_469]),
            (0x79CF_D665_79E9_F7A9, [0, 0, 2, 2, 2, 9, 11, 56, 56, 56]),
            (
                0x5498_4AF3_5E2B_B69A,
                [0, 0, 2, 2, 2, 2, 11, 32, 357, 64_216],
            ),
            (
                0xC0D6_B34F_1372_3D0A,
                [0, 0, 0, 3, 3, 3, 15, 89, 710, 12_200],
            ),
            (
                0xDC5D_0A61_5871_6ABB,
                [0, 1, 1, 4, 4, 4, 4, 99, 878, 26_282],
            ),
        ] {
            assert_eq!(
                BUCKETS.map(|buckets| bucket(hash, buckets)),
                expected,
                "{hash:x}"
            );
        }
    }
}
