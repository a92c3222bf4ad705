//! The steps on the way to an answer.

use std::cmp::Ordering;

use crate::slot::Slot;

/// One step on the way to an answer, reported by [`Balancer::trace`](crate::Balancer::trace) in order.
#[derive(Clone, Copy, Debug, PartialEq)]
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
    /// The bucket of a numbering that the hash selects.
    Bucket {
        /// Its number, starting from 0.
        number: u32,
        /// The number of buckets, those that are vacant or were never used included.
        len: u64,
        /// Its holder.
        owner: Slot,
    },
    /// The probe of a key that is nearest to a point of a ring.
    Probe {
        /// The probe, 64 bits wide.
        probe: u64,
        /// The first point at or after it.
        point: u64,
        /// The backend of the point.
        owner: Slot,
    },
    /// The first backend by the hash, whether or not it may be picked.
    First(Slot),
    /// The draw of the backend that wins among those that may be picked.
    Draw {
        /// The score, by the strategy's own measure.
        score: f64,
        /// The backend.
        owner: Slot,
    },
    /// The draw of the backend that would win without the one before.
    RunnerUp {
        /// The score, by the strategy's own measure.
        score: f64,
        /// The backend.
        owner: Slot,
    },
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
            Self::Bucket { number, len, owner } => Self::Bucket {
                number,
                len,
                owner: slot(owner),
            },
            Self::Probe {
                probe,
                point,
                owner,
            } => Self::Probe {
                probe,
                point,
                owner: slot(owner),
            },
            Self::First(first) => Self::First(slot(first)),
            Self::Draw { score, owner } => Self::Draw {
                score,
                owner: slot(owner),
            },
            Self::RunnerUp { score, owner } => Self::RunnerUp {
                score,
                owner: slot(owner),
            },
            Self::Full(full) => Self::Full(slot(full)),
            Self::Bytes(_) | Self::Hash { .. } | Self::Fallback(_) => self,
        }
    }
}

/// Reports the draw of the answer and the best of the others. Of two scores the one that compares as `better` wins.
pub(crate) fn tell_draws(
    answer: Option<Slot>,
    draws: impl Iterator<Item = (Slot, f64)>,
    better: Ordering,
    steps: &mut dyn FnMut(Step<'_>),
) {
    let (mut won, mut next) = (None, None::<(Slot, f64)>);
    for (owner, score) in draws {
        if Some(owner) == answer {
            won = Some(Step::Draw { score, owner });
        } else if next.is_none_or(|(_, best)| score.total_cmp(&best) == better) {
            next = Some((owner, score));
        }
    }
    let next = next.map(|(owner, score)| Step::RunnerUp { score, owner });
    if let Some(won) = won {
        [Some(won), next].into_iter().flatten().for_each(steps);
    }
}
