//! **JumpBackHash**: the jumps of a key, backwards from the last one; a few draws for any number of buckets.
//!
//! # How it works
//! The bucket of a key is the last number at which it jumped. The numbers up to 2^k are taken in blocks of one bit
//! length; one draw determines for all blocks at once in which of them the key jumped. In the highest of these blocks,
//! a second part of the draw is the last jump. If that is not below n, which is possible only in the topmost block, it
//! is redrawn from that block and everything below it: a number in the block and below n is the answer; a number below
//! the block means that there was no jump in it.
//!
//! # Cost
//! n buckets. Build O(n). Pick: one 64-bit draw and at most 2/3 of another on average. Memory: 4 bytes per bucket, for
//! its holder.
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
//! The first draw is the key's hash; the others are those of a SplitMix64 that starts from it. Weights, removals among
//! the other backends, and the fallback for ineligible backends.
//!
//! # References
//! O. Ertl: JumpBackHash: Say Goodbye to the Modulo Operation to Distribute Keys Uniformly to Buckets,
//! Software: Practice and Experience 55(3), 2025 (algorithm 5).
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{JumpBack, LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(JumpBack::default(), Pool::new(["b1", "b2", "b3"])?)?;
//! let before = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! balancer.update(["b1", "b2", "b3", "b4"])?;
//! let after = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! assert!(after == before || after == "b4");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::card::{Card, Cost};
use crate::hash::SplitMix;
use crate::strategy::growth::{self, growing};

/// The card of the algorithm.
pub static CARD: Card = growth::card(
    "jump-back",
    "the jumps of a key, backwards from the last; a few draws for any number of buckets",
    Cost::CONSTANT,
    "Ertl, SPE 2025",
    &|hashing, _| Box::new(JumpBack::new(hashing, ())),
);

growing!(
    /// JumpBackHash; see the [module](self).
    JumpBack,
    |hash, buckets| {
        let mut draws = SplitMix::new(hash);
        bucket(hash, || draws.next_number(), buckets)
    }
);

/// Returns the number of 64-bit draws for the bucket of a hash among `buckets`: the paper's measure.
#[must_use]
pub fn draws(hash: u64, buckets: u32) -> u32 {
    let (mut draws, mut count) = (SplitMix::new(hash), 1);
    let again = || {
        count += 1;
        draws.next_number()
    };
    bucket(hash, again, buckets);
    count
}

/// Returns the bucket among `buckets`; the hash is the first draw.
#[inline]
fn bucket(first: u64, mut draw: impl FnMut() -> u64, buckets: u32) -> u32 {
    let mut jumped = jumped(first, buckets);
    while jumped != 0 {
        let block = 1 << jumped.ilog2();
        // The halves alternate, so no two adjacent blocks share one.
        let half = (first >> (32 * (jumped.count_ones() % 2))) as u32;
        let last = block | half & (block - 1);
        if last < buckets {
            return last;
        }
        if let Some(drawn) = again(&mut draw, block, buckets) {
            return drawn;
        }
        jumped ^= block;
    }
    0
}

/// Returns one bit for each block up to that of the last bucket, set if there was a jump in it.
#[inline]
pub(super) const fn jumped(first: u64, buckets: u32) -> u32 {
    let blocks = (1 << (u32::BITS - (buckets - 1).leading_zeros())) - 1;
    (first ^ first >> 32) as u32 & blocks
}

/// Returns the last jump below n in the topmost block, if there was one.
#[inline]
pub(super) fn again(mut draw: impl FnMut() -> u64, block: u32, buckets: u32) -> Option<u32> {
    loop {
        let both = draw();
        for half in [both as u32, (both >> 32) as u32] {
            let drawn = half & (block * 2).wrapping_sub(1);
            if drawn < block {
                return None;
            }
            if drawn < buckets {
                return Some(drawn);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::mix;

    /// The paper's mean numbers of draws, for 2, 3, 10, 100, 1,000 and a million buckets.
    #[test]
    fn as_few_draws_as_published() {
        for (buckets, published) in [
            (2, 1.),
            (3, 1.2667),
            (10, 1.4368),
            (100, 1.2299),
            (1_000, 1.0234),
            (1_000_000, 1.0464),
        ] {
            let hashes = (0..400_000).map(mix);
            let count: u64 = hashes.map(|hash| u64::from(draws(hash, buckets))).sum();
            let mean = count as f64 / 400_000.;
            assert!(
                (mean - published).abs() < 0.004,
                "{buckets}: {mean}, published {published}"
            );
        }
    }
}
