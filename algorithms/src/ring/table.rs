//! The entries of a ring in the order of their points, and the index of their buckets.

use super::entry::{Entry, Owned};
use crate::slot::Slot;

/// Points in ascending order, each with the slot of its backend.
#[derive(Debug)]
pub(crate) struct Table<E> {
    pub(super) entries: Box<[E]>,
    /// The start of each bucket.
    pub(super) buckets: Box<[u32]>,
    /// The shift of a point that leaves its bucket bits.
    pub(super) shift: u32,
}

impl<E: Entry> Table<E> {
    /// Returns the position of the first point at or after `start`, or the number of points if there is none.
    #[inline]
    pub(crate) fn search(&self, start: u32) -> usize {
        let bucket = (start >> self.shift) as usize;
        let Some(&first) = self.buckets.get(bucket) else {
            return 0;
        };
        let first = first as usize;
        if E::BITS == u32::BITS {
            // Usually it is the first or the next point; it may be in a later bucket.
            let from = &self.entries[first..];
            let passed = from.iter().position(|entry| entry.low() >= start);
            return first + passed.unwrap_or(from.len());
        }
        let low = E::new((start, Slot(0))).low();
        let within = &self.entries[first..self.end(bucket)];
        first + within.partition_point(|entry| entry.low() < low)
    }

    /// Returns the slot of the first point at or after `start`, wrapping around.
    #[inline]
    pub(super) fn successor(&self, start: u32) -> Option<Slot> {
        let entry = self.entries.get(self.search(start));
        entry.or(self.entries.first()).map(|entry| entry.slot())
    }

    /// Returns the slots in the order of their points, from the first point at or after `start`, once
    /// around.
    #[inline]
    pub(crate) fn walk(&self, start: u32) -> impl Iterator<Item = Slot> {
        self.walk_from(self.search(start))
    }

    /// Returns the slots in the order of their points, from a position on, once around.
    #[inline]
    pub(crate) fn walk_from(&self, position: usize) -> impl Iterator<Item = Slot> {
        let (before, from) = self.entries.split_at(position);
        from.iter().chain(before).map(|entry| entry.slot())
    }

    /// Returns the slot of the point at a position.
    #[inline]
    #[cfg(feature = "dialects")]
    pub(crate) fn slot(&self, position: usize) -> Option<Slot> {
        self.entries.get(position).map(|entry| entry.slot())
    }

    /// Returns the point at a position and its backend.
    #[inline]
    pub(crate) fn get(&self, position: usize) -> Option<Owned> {
        let entry = *self.entries.get(position)?;
        if E::BITS == u32::BITS {
            return Some((entry.low(), entry.slot()));
        }
        let begun = |&start: &u32| start as usize <= position;
        let bucket = self.buckets.partition_point(begun) - 1;
        Some(self.owned(bucket, entry))
    }

    /// Returns the backends of the points, in their order.
    pub(crate) fn owners(&self) -> Vec<Slot> {
        self.entries.iter().map(|entry| entry.slot()).collect()
    }

    /// Returns the number of points.
    #[inline]
    pub(crate) const fn len(&self) -> usize {
        self.entries.len()
    }

    pub(crate) fn memory(&self) -> usize {
        size_of_val(&*self.entries) + size_of_val(&*self.buckets)
    }

    /// Returns the end of a bucket.
    #[inline]
    pub(super) fn end(&self, bucket: usize) -> usize {
        let next = self.buckets.get(bucket + 1);
        next.map_or(self.entries.len(), |&start| start as usize)
    }

    #[inline]
    pub(super) fn owned(&self, bucket: usize, entry: E) -> Owned {
        ((bucket as u32) << self.shift | entry.low(), entry.slot())
    }
}
