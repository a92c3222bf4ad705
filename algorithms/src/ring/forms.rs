//! A ring in the form that fits its size.

use super::entry::Owned;
use super::table::Table;
use crate::error::BuildError;
use crate::limits::MAX_POINTS;
use crate::slot::Slot;
use crate::step::Step;

/// Points in ascending order, each with the slot of its backend.
#[derive(Debug)]
pub(crate) enum Ring {
    /// Stores whole points.
    Whole(Table<u64>),
    /// Stores points without the bits that select their buckets.
    Compact(Table<u32>),
}

/// The maximum number of points of a ring in the whole form.
const MAX_WHOLE: usize = 1 << 20;

/// Calls the table of either form.
macro_rules! either {
    ($ring:expr, $table:ident => $said:expr) => {
        match $ring {
            Ring::Whole($table) => $said,
            Ring::Compact($table) => $said,
        }
    };
}

impl Ring {
    /// Rejects a number of points above [`MAX_POINTS`], before they are computed.
    pub(crate) fn check_size(total: usize) -> Result<(), BuildError> {
        if total > MAX_POINTS {
            return Err(BuildError::TooManyPoints {
                points: total as u64,
                option: None,
            });
        }
        Ok(())
    }

    /// Sorts points stably; consumes the iterator twice. `total` is their number.
    pub(crate) fn new<I: Iterator<Item = Owned>>(
        total: usize,
        owned: impl Fn() -> I,
    ) -> Result<Self, BuildError> {
        Self::check_size(total)?;
        Ok(if total <= MAX_WHOLE {
            Self::Whole(Table::<u64>::new(total, owned))
        } else {
            Self::Compact(Table::<u32>::new(total, owned))
        })
    }

    /// Returns the ring with some points removed and some added, without sorting the rest again; `None` if the form or
    /// the size of the index would change.
    ///
    /// `renumbered` has the new slot of each remaining old one; `precedes` returns whether, of equal points, that of an
    /// old slot comes before that of a new one. `joining` is in the order of the points, equal points in the order of
    /// their owners.
    pub(crate) fn changed(
        &self,
        leaving: &[Owned],
        joining: &[Owned],
        renumbered: &[Slot],
        precedes: impl Fn(Slot, Slot) -> bool,
    ) -> Option<Self> {
        let total = self.len() + joining.len() - leaving.len();
        match self {
            Self::Whole(table) if total <= MAX_WHOLE && table.fits(total) => {
                let table = table.changed(leaving, joining, renumbered, precedes);
                Some(Self::Whole(table))
            }
            Self::Compact(table) if total > MAX_WHOLE && total <= MAX_POINTS => {
                let table = table.changed(leaving, joining, renumbered, precedes);
                Some(Self::Compact(table))
            }
            _ => None,
        }
    }

    /// Returns the slot of the first point at or after `start`: faster than the first of [`walk`](Self::walk).
    #[inline]
    pub(crate) fn successor(&self, start: u32) -> Option<Slot> {
        either!(self, table => table.successor(start))
    }

    /// Returns the slots in the order of their points, from the first point at or after `start`, once
    /// around.
    #[inline]
    pub(crate) fn walk(&self, start: u32) -> impl Iterator<Item = Slot> {
        match self {
            Self::Whole(table) => Walk::Whole(table.walk(start)),
            Self::Compact(table) => Walk::Compact(table.walk(start)),
        }
    }

    /// Returns the number of points.
    #[inline]
    pub(crate) const fn len(&self) -> usize {
        either!(self, table => table.len())
    }

    /// Returns the backends of the points, in their order.
    pub(crate) fn owners(&self) -> Vec<Slot> {
        either!(self, table => table.owners())
    }

    pub(crate) fn points(&self) -> impl ExactSizeIterator<Item = Owned> {
        let mut bucket = 0;
        (0..self.len()).map(move |position| {
            either!(self, table => {
                while table.end(bucket) <= position {
                    bucket += 1;
                }
                table.owned(bucket, table.entries[position])
            })
        })
    }

    /// Reports the search for a hash.
    pub(crate) fn tell(&self, hash: u32, steps: &mut dyn FnMut(Step<'_>)) {
        let (hash, bits) = (hash.into(), u32::BITS);
        steps(Step::Hash { hash, bits });
        let found = either!(self, table => table.get(table.search(hash as u32)).or(table.get(0)));
        if let Some((point, owner)) = found {
            let point = point.into();
            steps(Step::Point { point, owner });
        }
    }

    pub(crate) fn memory(&self) -> usize {
        either!(self, table => table.memory())
    }
}

/// The walk around a ring of either form.
enum Walk<W, C> {
    Whole(W),
    Compact(C),
}

impl<W: Iterator, C: Iterator<Item = W::Item>> Iterator for Walk<W, C> {
    type Item = W::Item;

    #[inline]
    fn next(&mut self) -> Option<W::Item> {
        match self {
            Self::Whole(walk) => walk.next(),
            Self::Compact(walk) => walk.next(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection;
    use proptest::prelude::{Strategy, any, prop_assert_eq, proptest};
    use proptest::test_runner::Config;

    fn whole(owned: &[Owned]) -> Ring {
        Ring::Whole(Table::<u64>::new(owned.len(), || owned.iter().copied()))
    }

    fn compact(owned: &[Owned]) -> Ring {
        Ring::Compact(Table::<u32>::new(owned.len(), || owned.iter().copied()))
    }

    /// Returns a ring of points that are listed owner by owner.
    fn ring(points: &[&[u32]]) -> Ring {
        let owned = (0..)
            .zip(points)
            .flat_map(|(slot, owned)| owned.iter().map(move |&point| (point, Slot(slot))));
        let owned: Vec<Owned> = owned.collect();
        Ring::new(owned.len(), || owned.iter().copied()).unwrap()
    }

    fn walk(ring: &Ring, start: u32) -> Vec<usize> {
        ring.walk(start).map(Slot::index).collect()
    }

    #[test]
    fn the_first_point_at_or_after_wins_and_the_walk_wraps() {
        let ring = ring(&[&[100, u32::MAX], &[0x8000_0000], &[7]]);
        assert_eq!(walk(&ring, 0), [2, 0, 1, 0]);
        assert_eq!(walk(&ring, 7), [2, 0, 1, 0]);
        assert_eq!(walk(&ring, 8), [0, 1, 0, 2]);
        assert_eq!(walk(&ring, 0x8000_0001), [0, 2, 0, 1]);
        assert_eq!(walk(&ring, u32::MAX), [0, 2, 0, 1]);
    }

    #[test]
    fn of_equal_points_the_earlier_owner_comes_first() {
        assert_eq!(walk(&ring(&[&[5], &[5, 4], &[5]]), 5), [0, 1, 2, 1]);
    }

    #[test]
    fn an_empty_ring_has_no_walk() {
        assert!(walk(&ring(&[]), 3).is_empty());
        assert!(walk(&compact(&[]), 3).is_empty());
    }

    #[test]
    fn too_many_points_are_rejected() {
        let error = Ring::new(MAX_POINTS + 1, std::iter::empty).unwrap_err();
        assert_eq!(
            error,
            BuildError::TooManyPoints {
                points: MAX_POINTS as u64 + 1,
                option: None,
            }
        );
    }

    /// Returns points that often are equal, or share a bucket or a part.
    fn points(most: usize) -> impl Strategy<Value = Vec<u32>> {
        let crowded = (0..3u32, 0..3u32, 0..4u32);
        let crowded = crowded.prop_map(|(part, bucket, low)| part << 30 | bucket << 12 | low);
        collection::vec(
            proptest::prop_oneof![crowded, any::<u32>(), 0xFFFF_FFF0..=u32::MAX],
            0..most,
        )
    }

    fn owned_by(points: &[u32], owners: u32) -> Vec<Owned> {
        (0..)
            .zip(points)
            .map(|(index, &point)| (point, Slot(index * owners / points.len() as u32)))
            .collect()
    }

    proptest! {
        #![proptest_config(Config::with_cases(64))]

        /// Compares both forms with the sorted points.
        #[test]
        fn both_forms_answer_alike(given in points(60), starts in points(20)) {
            let owned = owned_by(&given, 7);
            let mut sorted = owned.clone();
            sorted.sort_by_key(|&(point, _)| point);
            let slots: Vec<_> = sorted.iter().map(|owned| owned.1).collect();
            for ring in [whole(&owned), compact(&owned)] {
                prop_assert_eq!(ring.points().collect::<Vec<_>>(), sorted.clone());
                prop_assert_eq!(ring.owners(), slots.clone());
                for position in 0..=sorted.len() {
                    let read = either!(&ring, table => table.get(position));
                    prop_assert_eq!(read, sorted.get(position).copied());
                }
                for &start in starts.iter().chain(&given) {
                    let position = sorted.partition_point(|&(point, _)| point < start);
                    let around = [&slots[position..], &slots[..position]].concat();
                    prop_assert_eq!(either!(&ring, table => table.search(start)), position);
                    prop_assert_eq!(ring.successor(start), around.first().copied());
                    prop_assert_eq!(ring.walk(start).collect::<Vec<_>>(), around);
                }
            }
        }

        /// Of ten owners some leave and others join: the result equals a sorted ring.
        #[test]
        fn both_forms_change_alike(
            given in points(60),
            before in 1..0x400u32,
            after in 1..0x400u32,
        ) {
            let owned = owned_by(&given, 10);
            let leaving = of_owners(&owned, before & !after, before);
            let mut joining = of_owners(&owned, after & !before, after);
            joining.sort_by_key(|&(point, _)| point);
            let old = owners(before);
            let renumbered: Vec<_> = old.iter().map(|&owner| slot(owner, after)).collect();
            let precedes = |a: Slot, b: Slot| old[a.index()] < owners(after)[b.index()];
            let expected: Vec<_> = whole(&of_owners(&owned, after, after)).points().collect();
            for ring in [whole, compact].map(|form| form(&of_owners(&owned, before, before))) {
                let changed = match &ring {
                    Ring::Compact(table) => Some(Ring::Compact(
                        table.changed(&leaving, &joining, &renumbered, precedes),
                    )),
                    Ring::Whole(_) => ring.changed(&leaving, &joining, &renumbered, precedes),
                };
                let Some(changed) = changed else { continue };
                prop_assert_eq!(changed.points().collect::<Vec<_>>(), expected.clone());
                for &point in &given {
                    let position = expected.partition_point(|owned| owned.0 < point);
                    prop_assert_eq!(either!(&changed, table => table.search(point)), position);
                }
            }
        }
    }

    /// Returns the owners in a set of bits.
    fn owners(set: u32) -> Vec<u32> {
        (0..u32::BITS)
            .filter(|owner| set >> owner & 1 == 1)
            .collect()
    }

    /// Returns the slot of an owner in a pool of a set of them.
    fn slot(owner: u32, pool: u32) -> Slot {
        Slot((pool & ((1 << owner) - 1)).count_ones())
    }

    /// Returns the points of a set of owners, with their slots in a pool.
    fn of_owners(owned: &[Owned], set: u32, pool: u32) -> Vec<Owned> {
        let of_set = owned.iter().filter(|owned| set >> owned.1.0 & 1 == 1);
        of_set
            .map(|&(point, owner)| (point, slot(owner.0, pool)))
            .collect()
    }
}
