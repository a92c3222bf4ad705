//! Updates a ring after some points leave and others join, without sorting the rest again.

use super::entry::{Entry, Owned};
use super::table::Table;
use crate::slot::Slot;

/// One change to a ring.
#[derive(Clone, Copy)]
enum Edit {
    Join(Owned),
    Leave(Owned),
}

impl<E: Entry> Table<E> {
    /// Returns the ring with some points removed and some added, with an index of the same size.
    ///
    /// `renumbered` has the new slot of each remaining old one; `precedes` returns whether, of equal points, that of an
    /// old slot comes before that of a new one. `joining` is in the order of the points, equal points in the order of
    /// their owners.
    pub(super) fn changed(
        &self,
        leaving: &[Owned],
        joining: &[Owned],
        renumbered: &[Slot],
        precedes: impl Fn(Slot, Slot) -> bool,
    ) -> Self {
        let mut changes: Vec<(usize, Edit)> = self.positions(leaving).collect();
        changes.extend(joining.iter().map(|&(point, slot)| {
            let equal = self.from(point).take_while(|equal| equal.0 == point);
            let before = equal.filter(|equal| precedes(equal.1, slot)).count();
            (self.search(point) + before, Edit::Join((point, slot)))
        }));
        // A joining point comes before a leaving one at the same position. Stable: joining points keep their order.
        changes.sort_by_key(|&(position, edit)| (position, matches!(edit, Edit::Leave(_))));
        let total = self.entries.len() + joining.len() - leaving.len();
        Self {
            entries: self.edited_entries(&changes, total, renumbered),
            buckets: self.edited_buckets(&changes),
            shift: self.shift,
        }
    }

    /// Returns the points of a bucket from a point on.
    fn from(&self, start: u32) -> impl Iterator<Item = Owned> {
        let bucket = (start >> self.shift) as usize;
        let position = self.search(start);
        let within = &self.entries[position..self.end(bucket)];
        within.iter().map(move |&entry| self.owned(bucket, entry))
    }

    /// Returns the positions of the points that leave.
    fn positions(&self, leaving: &[Owned]) -> impl Iterator<Item = (usize, Edit)> {
        let mut leaving = leaving.to_vec();
        leaving.sort_unstable();
        let mut last = None;
        leaving.into_iter().map(move |gone| {
            // An owner may have a point twice.
            let start = match last {
                Some((owned, position)) if owned == gone => position + 1,
                _ => self.search(gone.0),
            };
            let found = self.entries[start..]
                .iter()
                .position(|&entry| entry == E::new(gone));
            let position = start + found.expect("a leaving point is on the ring");
            last = Some((gone, position));
            (position, Edit::Leave(gone))
        })
    }

    fn edited_entries(
        &self,
        changes: &[(usize, Edit)],
        total: usize,
        renumbered: &[Slot],
    ) -> Box<[E]> {
        let same = (0..).zip(renumbered).all(|(old, new)| new.0 == old);
        let renumber = |entry: E| E::new((entry.low(), renumbered[entry.slot().index()]));
        let mut entries = Vec::with_capacity(total);
        let copy = |entries: &mut Vec<E>, kept: &[E]| {
            if same {
                entries.extend_from_slice(kept);
            } else {
                entries.extend(kept.iter().map(|&entry| renumber(entry)));
            }
        };
        let mut copied = 0;
        for &(position, edit) in changes {
            copy(&mut entries, &self.entries[copied..position]);
            copied = position;
            match edit {
                Edit::Join(owned) => entries.push(E::new(owned)),
                Edit::Leave(_) => copied += 1,
            }
        }
        copy(&mut entries, &self.entries[copied..]);
        entries.into()
    }

    /// Returns the starts of all buckets: every change moves the starts of the buckets behind its own by one.
    fn edited_buckets(&self, changes: &[(usize, Edit)]) -> Box<[u32]> {
        let mut buckets = self.buckets.clone();
        let (mut moved, mut by) = (0, 0u32);
        let mut move_to = |end: usize, by: u32| {
            let starts = &mut buckets[moved..end];
            starts
                .iter_mut()
                .for_each(|start| *start = start.wrapping_add(by));
            moved = end;
        };
        for &(_, edit) in changes {
            let ((point, _), one) = match edit {
                Edit::Join(owned) => (owned, 1),
                Edit::Leave(owned) => (owned, u32::MAX),
            };
            move_to((point >> self.shift) as usize + 1, by);
            by = by.wrapping_add(one);
        }
        move_to(self.buckets.len(), by);
        buckets
    }
}
