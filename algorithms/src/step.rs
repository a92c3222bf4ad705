//! The steps on the way to an answer.

use crate::slot::Slot;

/// One step on the way to an answer, reported by [`Balancer::trace`](crate::Balancer::trace) in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step<'a> {
    /// The hashed bytes, if they are not the whole key.
    Bytes(&'a [u8]),
    /// The hash of the key.
    Hash {
        /// The number.
        hash: u128,
        /// Its maximum number of bits.
        bits: u32,
    },
    /// The point of a ring that the hash selects.
    Point {
        /// The point, with as many bits as the hash.
        point: u128,
        /// Its backend.
        owner: Slot,
    },
    /// The entry of a table or list that the hash selects.
    Entry {
        /// Its index, starting from 0.
        index: u64,
        /// The number of entries.
        len: u64,
        /// Its backend, or `None` if the number is vacant.
        owner: Option<Slot>,
    },
    /// The first backend by the hash, whether or not it may be picked.
    First(Slot),
    /// A backend that was skipped because it is above its bound.
    Full(Slot),
    /// What decides after the key found no backend.
    Fallback(&'static str),
}

impl Step<'_> {
    /// Returns the step of a 64-bit hash.
    #[must_use]
    pub fn of_hash(hash: u64) -> Self {
        let (hash, bits) = (hash.into(), u64::BITS);
        Self::Hash { hash, bits }
    }

    /// Returns the step of an entry in a table or list, with an index from 0.
    #[must_use]
    pub fn entry(index: usize, len: usize, owner: impl Into<Option<Slot>>) -> Self {
        let (index, len, owner) = (index as u64, len as u64, owner.into());
        Self::Entry { index, len, owner }
    }

    /// Returns the same step with the slots of another pool.
    #[must_use]
    pub(crate) fn renumbered(self, slot: impl Fn(Slot) -> Slot) -> Self {
        match self {
            Self::Point { point, owner } => Self::Point {
                point,
                owner: slot(owner),
            },
            Self::Entry { index, len, owner } => Self::Entry {
                index,
                len,
                owner: owner.map(slot),
            },
            Self::First(first) => Self::First(slot(first)),
            Self::Full(full) => Self::Full(slot(full)),
            Self::Bytes(_) | Self::Hash { .. } | Self::Fallback(_) => self,
        }
    }
}
