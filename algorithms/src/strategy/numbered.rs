//! The common part of the algorithms that pick a number: a bucket of the pool's [`Numbering`], and with it the backend
//! that holds it.
//!
//! Such an algorithm is a [`Table`]: it finds the bucket of a hash. It has no order of preference for ineligible
//! backends. So the key is hashed again, up to 32 times; then each bucket draws for the key, which takes O(W), and the
//! best allowed draw wins. Either way, the keys of an ineligible backend spread over all others by weight, no other key
//! moves, and the owners of a key are stable unless one of them leaves.

use std::fmt::Debug;

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::error::BuildError;
use crate::hash::{Fingerprint, Hashing, SplitMix, mix};
use crate::numbering::Numbering;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::slot::Slot;
use crate::step::Step;

/// Finds the bucket of a hash.
pub trait Table: Debug + Send + Sync + Sized + 'static {
    /// The name of the algorithm.
    const NAME: &'static str;

    /// The options of the algorithm.
    type Options: Copy + Debug + Default + Send + Sync;

    /// Returns the table of a numbering in which at least one bucket is held.
    ///
    /// # Errors
    /// [`BuildError`] if the options do not fit the numbering.
    fn build(options: Self::Options, numbering: &Numbering) -> Result<Self, BuildError>;

    /// Returns the bucket for a hash, which is held.
    fn bucket(&self, hash: u64) -> u32;

    /// Returns the holder of a bucket that is held.
    fn holder(&self, bucket: u32) -> Slot;

    /// Returns the number of buckets that hashes are spread over, vacant ones included.
    fn buckets(&self) -> u64;

    /// Returns the holder of the bucket for a hash.
    #[inline]
    fn slot(&self, hash: u64) -> Slot {
        self.holder(self.bucket(hash))
    }

    /// Returns the first allowed backend after [`slot`](Self::slot).
    fn next(&self, hash: u64, pick: &Pick<'_>) -> Option<Slot> {
        let holders = pick.pool().numbering().ok()?.holders();
        rehashed(hash, pick, |hash| Some(self.slot(hash)), holders)
    }

    /// Adds what decides the answers besides the numbering to a fingerprint.
    fn describe(&self, fingerprint: &mut Fingerprint) {
        let _ = fingerprint;
    }

    /// Returns the bytes held.
    fn memory(&self) -> usize;
}

/// An algorithm over numbered buckets.
#[derive(Debug)]
pub struct Numbered<T: Table> {
    hashing: Hashing,
    options: T::Options,
}

impl<T: Table> Numbered<T> {
    /// Returns the algorithm with the hash of keys, and its options.
    #[must_use]
    pub fn new(hashing: impl Into<Hashing>, options: T::Options) -> Self {
        Self {
            hashing: hashing.into(),
            options,
        }
    }
}

impl<T: Table> Clone for Numbered<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Table> Copy for Numbered<T> {}

impl<T: Table> Default for Numbered<T> {
    fn default() -> Self {
        Self::new(Hashing::default(), T::Options::default())
    }
}

impl<T: Table> Algorithm for Numbered<T> {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let numbering = pool.numbering()?;
        let table = (!pool.is_empty()).then(|| T::build(self.options, numbering));
        Ok(Box::new(Built {
            hashing: self.hashing,
            table: table.transpose()?,
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            history: true,
            ..Profile::MINIMAL
        }
    }
}

/// The table of a pool.
#[derive(Debug)]
pub struct Built<T> {
    hashing: Hashing,
    /// `None` if there is no backend.
    table: Option<T>,
}

impl<T: Table> Balancer for Built<T> {
    #[inline]
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let table = self.table.as_ref()?;
        let hash = self.hashing.key(pick.key()?);
        let slot = table.slot(hash);
        if pick.allows(slot) {
            return Some(slot);
        }
        table.next(hash, pick)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.strategy(T::NAME, self.hashing);
        if let Some(table) = &self.table {
            table.describe(fingerprint);
        }
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let table = self.table.as_ref()?;
        let hash = self.hashing.key(pick.key()?);
        steps(Step::of_hash(hash));
        let number = table.bucket(hash);
        steps(Step::Bucket {
            number,
            len: table.buckets(),
            owner: table.holder(number),
        });
        self.pick(pick)
    }

    fn memory(&self) -> usize {
        self.table.as_ref().map_or(0, T::memory)
    }
}

/// How often a key is hashed again before the buckets draw for it.
const TRIES: u64 = 32;

/// Separates the further hashes of a key from those that its tables draw: the fraction of √2.
const REHASHED: u64 = 0x6A09_E667_F3BC_C908;

/// Returns an allowed backend for a key if its own is not allowed; see the [module](self).
#[cold]
pub(super) fn rehashed(
    hash: u64,
    pick: &Pick<'_>,
    slot: impl Fn(u64) -> Option<Slot>,
    holders: &[Option<Slot>],
) -> Option<Slot> {
    // Separate hashes: the numbers that follow from the hash itself have led to the current bucket.
    let mut hashes = SplitMix::new(mix(hash ^ REHASHED));
    let mut tries = (0..TRIES).filter_map(|_| slot(hashes.next_number()));
    tries.find(|&slot| pick.allows(slot)).or_else(|| {
        let held = (0..).zip(holders);
        let held = held.filter_map(|(bucket, &holder)| Some((bucket, holder?)));
        let allowed = held.filter(|&(_, slot)| pick.allows(slot));
        best_draw(hash, allowed).map(|(_, slot)| slot)
    })
}

/// Returns the bucket with the best draw for a key, and its holder.
pub(super) fn best_draw(hash: u64, held: impl Iterator<Item = (u32, Slot)>) -> Option<(u32, Slot)> {
    held.max_by_key(|&(bucket, _)| mix(hash ^ mix(bucket.into())))
}

/// The value for no backend.
pub(super) const VACANT: Slot = Slot(u32::MAX);

/// Returns the holder of each bucket in half the memory, with [`VACANT`] for none.
pub(super) fn compact(numbering: &Numbering) -> Box<[Slot]> {
    let holders = numbering.holders().iter();
    holders.map(|holder| holder.unwrap_or(VACANT)).collect()
}
