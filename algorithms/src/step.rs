//! The steps on the way to an answer.

use crate::slot::Slot;

/// One step on the way to an answer, told by [`Balancer::trace`](crate::Balancer::trace) in the order taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step<'a> {
    /// What is hashed, if that is not the whole key.
    Bytes(&'a [u8]),
    /// The hash of the key, a number of so many bits.
    Hash {
        /// The number.
        hash: u128,
        /// How many bits it has at most.
        bits: u32,
    },
    /// The point of a ring that the hash finds.
    Point {
        /// The point, of as many bits as the hash.
        point: u128,
        /// Its backend.
        owner: Slot,
    },
    /// The entry of a table, or of a list, that the hash finds.
    Entry {
        /// Its place, from 0.
        index: u64,
        /// How many entries there are.
        len: u64,
        /// Its backend; none of a number that is vacant.
        owner: Option<Slot>,
    },
    /// The backend that comes first by the hash, whether or not it may be picked.
    First(Slot),
    /// A backend that was passed over because it is above its bound.
    Full(Slot),
    /// What decides because the way by the key led nowhere.
    Fallback(&'static str),
}

impl Step<'_> {
    /// Creates a hash of 64 bits.
    #[must_use]
    pub fn of_hash(hash: u64) -> Self {
        let (hash, bits) = (hash.into(), u64::BITS);
        Self::Hash { hash, bits }
    }

    /// Creates an entry of a table or list, at a place from 0.
    #[must_use]
    pub fn entry(index: usize, len: usize, owner: impl Into<Option<Slot>>) -> Self {
        let (index, len, owner) = (index as u64, len as u64, owner.into());
        Self::Entry { index, len, owner }
    }

    /// Returns the same step in a pool whose slots are others.
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
