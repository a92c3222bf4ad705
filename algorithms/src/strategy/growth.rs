//! The common part of the algorithms that can only grow and shrink at the end: a memory of the buckets vacated among
//! the others, so that removing any backend moves no other key.
//!
//! It is the memory of [MementoHash](super::memento), applied to any such algorithm.

use std::fmt::Debug;
use std::marker::PhantomData;

use crate::card::{
    Card, Cost, Failover, Family, Feedback, Make, Origin, OwnerOrder, ShareVariance,
};
use crate::error::BuildError;
use crate::hash::{GOLDEN_GAMMA, mix, scaled};
use crate::numbering::Numbering;
use crate::slot::Slot;
use crate::strategy::numbered::{self, compact};

/// Finds a bucket among 0 to n − 1, such that with growing n keys move only to new buckets.
pub trait Growth: Debug + Send + Sync + 'static {
    /// The name of the algorithm.
    const NAME: &'static str;

    /// Returns the bucket of a hash among `buckets`, which is at least one.
    fn bucket(hash: u64, buckets: u32) -> u32;
}

/// Defines an algorithm of this family: the type of its growth, and its public name.
macro_rules! growing {
    ($(#[doc = $doc:literal])* $name:ident, $bucket:expr) => {
        $(#[doc = $doc])*
        pub type $name = $crate::strategy::numbered::Numbered<$crate::strategy::growth::Table<Growth>>;

        #[doc = concat!("The buckets of [`", stringify!($name), "`].")]
        #[derive(Debug)]
        pub struct Growth;

        impl $crate::strategy::growth::Growth for Growth {
            const NAME: &'static str = CARD.name;

            #[inline]
            fn bucket(hash: u64, buckets: u32) -> u32 {
                let bucket: fn(u64, u32) -> u32 = $bucket;
                bucket(hash, buckets)
            }
        }
    };
}
pub(super) use growing;

/// Returns the common part of the cards of the family.
pub(super) const fn card(
    name: &'static str,
    summary: &'static str,
    pick: Cost,
    source: &'static str,
    make: &'static Make,
) -> Card {
    Card {
        summary,
        origin: Origin::Own,
        feedback: Feedback::None,
        shares: ShareVariance::AsRandom,
        failover: Failover::Spread,
        owner_order: OwnerOrder::KeptBeforeLeaver,
        build: Cost::of("W"),
        pick,
        memory: "4 to 8 bytes per unit of weight",
        weights: "buckets in proportion",
        disruption: "minimal",
        source,
        ..Card::new(name, Family::Buckets, make)
    }
}

/// All buckets of an algorithm that can only grow and shrink at the end, and the vacant ones among them.
#[derive(Debug)]
pub struct Table<G: Growth> {
    slots: Box<[Slot]>,
    vacant: Vacant,
    growth: PhantomData<fn() -> G>,
}

impl<G: Growth> numbered::Table for Table<G> {
    const NAME: &'static str = G::NAME;

    type Options = ();

    fn build((): (), numbering: &Numbering) -> Result<Self, BuildError> {
        Ok(Self {
            slots: compact(numbering),
            vacant: Vacant::new(numbering),
            growth: PhantomData,
        })
    }

    #[inline]
    fn bucket(&self, hash: u64) -> u32 {
        let bucket = G::bucket(hash, self.slots.len() as u32);
        self.vacant.replaced(bucket, hash)
    }

    #[inline]
    fn holder(&self, bucket: u32) -> Slot {
        self.slots[bucket as usize]
    }

    fn buckets(&self) -> u64 {
        self.slots.len() as u64
    }

    fn memory(&self) -> usize {
        size_of_val(&*self.slots) + self.vacant.memory()
    }
}

/// The vacant buckets, each with the number of buckets in use after it was vacated.
#[derive(Debug)]
struct Vacant {
    words: Box<[Word]>,
    /// In the order of the buckets.
    left: Box<[u32]>,
}

/// Which of 64 buckets are vacant, and the number of vacant buckets before them.
#[derive(Clone, Copy, Debug, Default)]
struct Word {
    bits: u64,
    before: u32,
}

impl Vacant {
    fn new(numbering: &Numbering) -> Self {
        let vacated = numbering.vacated();
        let words = if vacated.is_empty() {
            0
        } else {
            numbering.len().div_ceil(64)
        };
        let mut words = vec![Word::default(); words];
        for &bucket in vacated {
            words[bucket as usize / 64].bits |= 1 << (bucket % 64);
        }
        let mut before = 0;
        for word in &mut words {
            word.before = before;
            before += word.bits.count_ones();
        }
        let mut vacant = Self {
            words: words.into(),
            left: vec![0; vacated.len()].into(),
        };
        for (&bucket, before) in vacated.iter().zip(1..) {
            if let Some(place) = vacant.place(bucket) {
                vacant.left[place] = numbering.len() as u32 - before;
            }
        }
        vacant
    }

    /// Returns the index of a vacant bucket among the vacant ones.
    #[inline]
    fn place(&self, bucket: u32) -> Option<usize> {
        let word = self.words.get(bucket as usize / 64)?;
        let bit = 1 << (bucket % 64);
        let place = || word.before + (word.bits & (bit - 1)).count_ones();
        (word.bits & bit != 0).then(|| place() as usize)
    }

    #[inline]
    fn left(&self, bucket: u32) -> Option<u32> {
        self.place(bucket).map(|place| self.left[place])
    }

    /// Returns the bucket in use that replaces a bucket, which may be vacant.
    #[inline]
    fn replaced(&self, mut bucket: u32, hash: u64) -> u32 {
        while let Some(left) = self.left(bucket) {
            let next = mix(hash.wrapping_add(GOLDEN_GAMMA.wrapping_mul(u64::from(bucket) + 1)));
            bucket = scaled(next, left as usize) as u32;
            while let Some(stands) = self.left(bucket).filter(|&stands| stands >= left) {
                bucket = stands;
            }
        }
        bucket
    }

    fn memory(&self) -> usize {
        size_of_val(&*self.words) + size_of_val(&*self.left)
    }
}
