//! **MementoHash**: jump consistent hash that remembers the buckets removed from among the others.
//!
//! # How it works
//! [Jump](super::jump) over all buckets, vacant ones included, gives a bucket. Of each vacant bucket it
//! is remembered how many were in use after it was vacated, c: bucket number c stands for it. A key
//! whose bucket is vacant is hashed anew over the c buckets; one of them that was vacant before is
//! replaced by the one that stands for it, and so on.
//!
//! # Cost
//! a buckets, n in use. Build O(a). Pick: that of jump, and about (1 + ln(a / n))² steps. Memory: 4
//! bytes a bucket for who holds it; while some are vacant a quarter byte a bucket and 4 bytes each.
//!
//! # Membership change
//! A joiner takes keys, a leaver gives them up, and no other key moves, whoever leaves. There is no
//! limit to growth.
//!
//! # Weights
//! A backend takes a bucket a unit of weight.
//!
//! # Ineligible backends
//! They keep their buckets; each of their keys is [hashed anew](super::numbered) over all others.
//!
//! # Departures from the paper
//! The vacant buckets are found by a bitmap with counts, not by a hash table. The same memory makes
//! [jump], [jump-back](super::jump_back), [power](super::power), [flip](super::flip) and
//! [binomial](super::binomial) right for any removal; over jump it is the paper's algorithm, so that
//! `memento` and `jump` pick alike.
//!
//! # References
//! M. Coluzzi, A. Brocco, A. Antonucci, T. Leidi: MementoHash: A Stateful, Minimal Memory, Best
//! Performing Consistent Hash Algorithm, IEEE/ACM Transactions on Networking 32(4), 2024, section IV.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{LoadBalancer, Memento, Pool};
//!
//! let balancer = LoadBalancer::new(Memento::default(), Pool::new(["b1", "b2", "b3"])?)?;
//! let before = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! balancer.update(["b1", "b3"])?;
//! let after = balancer.route(Some(b"alice"))?.backend().name().to_owned();
//! assert!(after == before || before == "b2");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt::Debug;
use std::marker::PhantomData;

use crate::error::BuildError;
use crate::hash::{GOLDEN_GAMMA, mix, scaled};
use crate::numbering::Numbering;
use crate::slot::Slot;
use crate::strategy::numbered::{self, Numbered, compact};
use crate::strategy::{Algorithm, Strategy, jump};

pub(super) const ALGORITHM: Algorithm = Algorithm {
    name: "memento",
    aliases: &[],
    summary: "jump that remembers the buckets removed from among the others",
    options: &[],
    build: "O(W)",
    pick: "O(log W)",
    memory: "4 to 8 bytes a unit of weight",
    weights: "buckets in proportion",
    disruption: "minimal",
    source: "Coluzzi et al., ToN 2024",
    new: |hashing, _| Memento::new(hashing, ()).into(),
};

/// MementoHash; see the [module](self).
pub type Memento = Numbered<Table<OverJump>>;

/// Finds a bucket among 0 to n − 1 so that with n growing keys move to the new buckets only.
pub trait Growth: Debug + Send + Sync + 'static {
    /// The name of the algorithm.
    const NAME: &'static str;

    /// The bucket of a hash among `buckets`, at least one.
    fn bucket(hash: u64, buckets: u32) -> u32;
}

/// What MementoHash starts from.
#[derive(Debug)]
pub struct OverJump;

impl Growth for OverJump {
    const NAME: &'static str = ALGORITHM.name;

    #[inline]
    fn bucket(hash: u64, buckets: u32) -> u32 {
        jump::bucket(hash, buckets)
    }
}

/// All buckets under an algorithm that can only grow and shrink at the end, and those vacant among
/// them.
#[derive(Debug)]
pub struct Table<G> {
    slots: Box<[Slot]>,
    vacant: Vacant,
    growth: PhantomData<fn() -> G>,
}

impl<G: Growth> numbered::Table for Table<G>
where
    Strategy: From<Numbered<Self>>,
{
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
    fn slot(&self, hash: u64) -> Slot {
        let bucket = G::bucket(hash, self.slots.len() as u32);
        self.slots[self.vacant.replaced(bucket, hash) as usize]
    }

    fn memory(&self) -> usize {
        size_of_val(&*self.slots) + self.vacant.memory()
    }
}

/// The vacant buckets, each with the number of those in use after it was vacated.
#[derive(Debug)]
struct Vacant {
    words: Box<[Word]>,
    /// In the order of the buckets.
    left: Box<[u32]>,
}

/// Which of 64 buckets are vacant, and how many before them are.
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

    /// Where a vacant bucket is among them.
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

    /// The bucket in use that stands for one, which may be vacant.
    #[inline]
    fn replaced(&self, mut bucket: u32, hash: u64) -> u32 {
        while let Some(left) = self.left(bucket) {
            let anew = mix(hash.wrapping_add(GOLDEN_GAMMA.wrapping_mul(u64::from(bucket) + 1)));
            bucket = scaled(anew, left as usize) as u32;
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
