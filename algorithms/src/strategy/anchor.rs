//! **AnchorHash**: a hash over a fixed number of buckets; a vacant bucket is replaced by one of those that remained
//! when it was vacated.
//!
//! Each unit of weight holds one of `capacity` buckets. A key's hash selects a bucket. If it is vacant, the key is
//! hashed again over the buckets that were in use after it was vacated; a bucket among them that was vacated earlier
//! stands for the bucket that took its place in the list, and so on.
//!
//! a buckets, n in use. Build O(n) from the order in which buckets were vacated. Pick: about 1 + ln²(a / n) hashes.
//! Memory: 8 bytes per bucket that was ever in use.
//!
//! # Membership change
//! A new backend takes keys, a removed one gives them up, and no other key moves, whichever backend is removed. The
//! capacity cannot grow: a pool that needs more buckets is rejected.
//!
//! # Weights
//! A backend holds one bucket per unit of weight.
//!
//! # Ineligible backends
//! They keep their buckets; each of their keys is [hashed again](super::numbered) over all others.
//!
//! # Departures from the paper
//! The arrays are computed from the pool's numbering instead of being changed in place, and end with the last bucket
//! ever used. Weights, and the fallback for ineligible backends.
//!
//! # References
//! G. Mendelson, S. Vargaftik, K. Barabash, D. Lorenz, I. Keslassy, A. Orda: AnchorHash: A Scalable
//! Consistent Hash, IEEE/ACM Transactions on Networking 29(2), 2021, section III (algorithm 3, the
//! arrays A, W, L and K).
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{Anchor, LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(Anchor::default(), Pool::new(["b1", "b2", "b3"])?)?;
//! let before = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! balancer.update(["b1", "b3"])?;
//! let after = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! assert!(after == before || before == "b2");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::hint::select_unpredictable;

use crate::card::{
    Card, Cost, Failover, Family, Feedback, OptionHelp, Origin, OwnerOrder, ShareVariance,
};
use crate::error::BuildError;
use crate::hash::{Fingerprint, scaled};
use crate::numbering::Numbering;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::Slot;
use crate::strategy::numbered::{self, Numbered, VACANT};

pub use crate::strategy::capacity::{Capacity, Options};

/// The section of its options.
pub const SECTION: SectionKey<Options> = SectionKey::new("anchor");

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "a fixed number of buckets; a vacant one maps to one that remained when it was vacated",
    section: SectionType::of(SECTION),
    options: &[OptionHelp {
        name: "capacity",
        help: Options::HELP,
        value: |options| options.get(SECTION).shown(),
    }],
    origin: Origin::Own,
    feedback: Feedback::None,
    shares: ShareVariance::AsRandom,
    failover: Failover::Spread,
    owner_order: OwnerOrder::KeptBeforeLeaver,
    build: Cost::of("W"),
    pick: Cost::of("1 + ln²(capacity / W)"),
    memory: "8 bytes per unit of weight",
    weights: "buckets in proportion",
    disruption: "minimal",
    source: "Mendelson et al., ToN 2021",
    ..Card::new(SECTION.algorithm(), Family::Buckets, &|hashing, options| {
        Box::new(Anchor::new(hashing, options.get(SECTION)))
    })
};

/// AnchorHash; see the [module](self).
pub type Anchor = Numbered<Table>;

/// The buckets that were ever used.
#[derive(Debug)]
pub struct Table {
    capacity: u32,
    buckets: Box<[Bucket]>,
}

/// A bucket.
#[derive(Clone, Copy, Debug)]
struct Bucket {
    /// How many buckets were in use after it was vacated; 0 while it is held.
    left: u32,
    /// The holder, or the bucket that took its place in the list of those in use.
    then: u32,
}

impl Table {
    /// Returns how many buckets were in use after this one was vacated; 0 while it is held.
    #[inline]
    fn left(&self, bucket: u32) -> u32 {
        let used = self.buckets.get(bucket as usize);
        used.map_or(bucket, |bucket| bucket.left)
    }
}

/// The multiplier that computes the next hash of a key from the previous one: a multiplicative congruential generator
/// (G. L. Steele, S. Vigna: Computationally Easy, Spectrally Good Multipliers, 2022, table 7), of which the upper bits
/// are used.
const MULTIPLIER: u64 = 0xF135_7AEA_2E62_A9C5;

/// The number of steps from never-used buckets that are taken without a branch: if half of the buckets are in use, the
/// processor would mispredict every other one.
const UNCONDITIONAL: usize = 3;

impl numbered::Table for Table {
    const NAME: &'static str = CARD.name;

    type Options = Options;

    fn build(options: Options, numbering: &Numbering) -> Result<Self, BuildError> {
        let capacity = options.of(Self::NAME, numbering)?;
        let held = |&holder: &Option<Slot>| Bucket {
            left: 0,
            then: holder.unwrap_or(VACANT).0,
        };
        let mut buckets: Box<[_]> = numbering.holders().iter().map(held).collect();
        // The list of buckets in use, and the position of each in it.
        let mut in_use: Vec<u32> = (0..buckets.len() as u32).collect();
        let mut place = in_use.clone();
        for &bucket in numbering.vacated() {
            let Some(last) = in_use.pop() else { break };
            let left = in_use.len();
            let at = place[bucket as usize];
            if let Some(entry) = in_use.get_mut(at as usize) {
                *entry = last;
            }
            place[last as usize] = at;
            buckets[bucket as usize] = Bucket {
                left: left as u32,
                then: last,
            };
        }
        Ok(Self { capacity, buckets })
    }

    #[inline]
    fn bucket(&self, hash: u64) -> u32 {
        let mut hash = hash;
        let mut bucket = scaled(hash, self.capacity as usize) as u32;
        for _ in 0..UNCONDITIONAL {
            let next = hash.wrapping_mul(MULTIPLIER);
            let anew = scaled(next, bucket as usize) as u32;
            let never_used = bucket as usize >= self.buckets.len();
            hash = select_unpredictable(never_used, next, hash);
            bucket = select_unpredictable(never_used, anew, bucket);
        }
        loop {
            let left = self.left(bucket);
            if left == 0 {
                return bucket;
            }
            hash = hash.wrapping_mul(MULTIPLIER);
            bucket = scaled(hash, left as usize) as u32;
            while self.left(bucket) >= left {
                bucket = self.buckets[bucket as usize].then;
            }
        }
    }

    #[inline]
    fn holder(&self, bucket: u32) -> Slot {
        Slot(self.buckets[bucket as usize].then)
    }

    fn buckets(&self) -> u64 {
        self.capacity.into()
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.number(self.capacity.into());
    }

    fn memory(&self) -> usize {
        size_of_val(&*self.buckets)
    }
}
