//! **DxHash**: a key's numbers are tried in turn until one names a bucket in use.
//!
//! # How it works
//! Each unit of weight holds one of a fixed number of buckets, a power of two. The key's hash seeds a generator of
//! numbers that name buckets; the first bucket in use wins.
//!
//! # Cost
//! a buckets, n in use. Build O(n). Pick: about a / n draws, each with one bit of a bitmap. Memory: one bit per bucket,
//! and 4 bytes for each that was ever in use.
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
//! The paper doubles the number of buckets when all are in use, which moves half of the keys; here it is fixed, so that
//! none moves. After 8 a draws without a hit (in practice never, unless the pool has shrunk to a few in a thousand),
//! every bucket in use draws for the key and the best draw wins. Weights, and the fallback for ineligible backends.
//!
//! # References
//! C. Dong, F. Wang, D. Feng: DxHash: A Memory-Saving Consistent Hashing Algorithm, ACM Transactions
//! on Architecture and Code Optimization 20(4), 2023, section 4.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{Dx, LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(Dx::default(), Pool::new(["b1", "b2", "b3"])?)?;
//! let before = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! balancer.update(["b1", "b3"])?;
//! let after = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! assert!(after == before || before == "b2");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::card::{
    Card, Cost, Failover, Family, Feedback, OptionHelp, Origin, OwnerOrder, ShareVariance,
};
use crate::error::BuildError;
use crate::hash::{Fingerprint, SplitMix};
use crate::numbering::Numbering;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::Slot;
use crate::strategy::numbered::{self, Numbered, VACANT, compact};

pub use crate::strategy::capacity::{Capacity, Options};

/// The section of its options.
pub const SECTION: SectionKey<Options> = SectionKey::new("dx");

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "a key's numbers are tried in turn until one names a bucket in use",
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
    build: Cost::of("capacity"),
    pick: Cost::of("capacity / W"),
    memory: "4 bytes per unit of weight, and one bit per unit of capacity",
    weights: "buckets in proportion",
    disruption: "minimal",
    source: "Dong et al., TACO 2023",
    ..Card::new(SECTION.algorithm(), Family::Buckets, &|hashing, options| {
        Box::new(Dx::new(hashing, options.get(SECTION)))
    })
};

/// DxHash; see the [module](self).
pub type Dx = Numbered<Table>;

/// The buckets in use.
#[derive(Debug)]
pub struct Table {
    /// One bit per bucket, 64 per word.
    in_use: Box<[u64]>,
    /// The number of buckets, a power of two, minus one.
    mask: u64,
    slots: Box<[Slot]>,
}

/// The number of draws per bucket before the buckets draw themselves.
const DRAWS_PER_BUCKET: u64 = 8;

impl Table {
    #[inline]
    fn is_in_use(&self, bucket: u64) -> bool {
        self.in_use[bucket as usize / 64] >> (bucket % 64) & 1 == 1
    }

    /// Returns the bucket with the best draw, for a key that has found no bucket in use.
    #[cold]
    fn best_draw(&self, hash: u64) -> u32 {
        let held = (0..).zip(self.slots.iter().copied());
        let held = held.filter(|&(_, slot)| slot != VACANT);
        numbered::best_draw(hash, held).map_or(0, |(bucket, _)| bucket)
    }
}

impl numbered::Table for Table {
    const NAME: &'static str = CARD.name;

    type Options = Options;

    fn build(options: Options, numbering: &Numbering) -> Result<Self, BuildError> {
        let buckets = options.of(Self::NAME, numbering)?.next_power_of_two();
        let slots = compact(numbering);
        let mut in_use = vec![0u64; buckets.div_ceil(64) as usize];
        for (bucket, &slot) in slots.iter().enumerate() {
            in_use[bucket / 64] |= u64::from(slot != VACANT) << (bucket % 64);
        }
        Ok(Self {
            in_use: in_use.into(),
            mask: u64::from(buckets) - 1,
            slots,
        })
    }

    #[inline]
    fn bucket(&self, hash: u64) -> u32 {
        let mut numbers = SplitMix::new(hash);
        for _ in 0..DRAWS_PER_BUCKET * (self.mask + 1) {
            let bucket = numbers.next_number() & self.mask;
            if self.is_in_use(bucket) {
                return bucket as u32;
            }
        }
        self.best_draw(hash)
    }

    #[inline]
    fn holder(&self, bucket: u32) -> Slot {
        self.slots[bucket as usize]
    }

    fn buckets(&self) -> u64 {
        self.mask + 1
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.number(self.mask);
    }

    fn memory(&self) -> usize {
        size_of_val(&*self.in_use) + size_of_val(&*self.slots)
    }
}
