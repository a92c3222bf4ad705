//! A ring of 32-bit points with a bucket index: the first point at or after a given one in near
//! constant time.

use crate::error::BuildError;
use crate::limits::MAX_POINTS;
use crate::slot::Slot;
use crate::step::Step;

/// A point and whose it is.
pub(crate) type Owned = (u32, Slot);

/// Points in ascending order, each with the slot of its backend.
///
/// The top bits of a point name its bucket, and the index holds where each bucket begins. There is
/// about one point a bucket, so that a search reads one index entry and a point or two.
#[derive(Debug, Default)]
pub(crate) struct Ring {
    /// The point in the upper half, the slot in the lower.
    entries: Box<[u64]>,
    buckets: Box<[u32]>,
    shift: u32,
}

impl Ring {
    /// Refuses a number of points above [`MAX_POINTS`], before they are worked out.
    pub(crate) fn check_size(total: usize) -> Result<(), BuildError> {
        if total > MAX_POINTS {
            return Err(BuildError::TooManyPoints {
                points: total as u64,
                option: None,
            });
        }
        Ok(())
    }

    /// Sorts some points; equal ones keep their order. `total` is their number.
    ///
    /// The points are put where their uppermost bits say, part by part, and each part is sorted in the
    /// cache. They are asked for twice rather than kept twice: first only to be counted.
    pub(crate) fn new<I: Iterator<Item = Owned>>(
        total: usize,
        owned: impl Fn() -> I,
    ) -> Result<Self, BuildError> {
        Self::check_size(total)?;
        let parts = Parts::of(total);
        let mut ends = parts.starts(&owned);
        let mut entries = vec![0; total];
        owned().for_each(|(point, slot)| {
            let end = &mut ends[parts.part(point)];
            entries[*end as usize] = pack(point, slot.0);
            *end += 1;
        });
        let bits = bits(total);
        let mut buckets = vec![0; 1 << bits];
        let in_a_part = buckets.len() >> parts.bits;
        let (mut scratch, mut start) = (Vec::new(), 0);
        for (starts, end) in buckets.chunks_exact_mut(in_a_part).zip(ends) {
            let part = &mut entries[start as usize..end as usize];
            sort_part(part, &mut scratch, starts, 32 - bits, start);
            start = end;
        }
        Ok(Self {
            entries: entries.into(),
            buckets: buckets.into(),
            shift: 32 - bits,
        })
    }

    /// The ring with some points fewer and some more, without sorting the others again; none if its
    /// index would have another size.
    ///
    /// `renumbered` says the new slot of each old one that stays, `precedes` whether of equal points
    /// that of an old slot comes before that of a new one. `joining` is in the order of the points,
    /// equal ones in that of their owners.
    pub(crate) fn changed(
        &self,
        leaving: &[Owned],
        joining: &[Owned],
        renumbered: &[Slot],
        precedes: impl Fn(Slot, Slot) -> bool,
    ) -> Option<Self> {
        let total = self.entries.len() + joining.len() - leaving.len();
        if total > MAX_POINTS || self.entries.is_empty() || bits(total) != 32 - self.shift {
            return None;
        }
        let mut changes: Vec<(usize, Edit)> = self.positions(leaving).collect();
        changes.extend(joining.iter().map(|&(point, slot)| {
            let equal = self.entries[self.search(point)..].iter();
            let equal = equal.take_while(|&&entry| self::point(entry) == point);
            let before = equal
                .filter(|&&entry| precedes(Slot(entry as u32), slot))
                .count();
            (self.search(point) + before, Edit::Join(pack(point, slot.0)))
        }));
        // What joins stands before what leaves there. Stable: those that join keep their order.
        changes.sort_by_key(|&(position, edit)| (position, matches!(edit, Edit::Leave(_))));
        Some(Self {
            entries: self.edited_entries(&changes, total, renumbered),
            buckets: self.edited_buckets(&changes),
            shift: self.shift,
        })
    }

    /// Where the points that leave stand.
    fn positions(&self, leaving: &[Owned]) -> impl Iterator<Item = (usize, Edit)> {
        let mut leaving: Vec<u64> = leaving
            .iter()
            .map(|&(point, slot)| pack(point, slot.0))
            .collect();
        leaving.sort_unstable();
        let mut last = None;
        leaving.into_iter().map(move |gone| {
            // An owner may have a point twice.
            let start = match last {
                Some((entry, position)) if entry == gone => position + 1,
                _ => self.search(point(gone)),
            };
            let found = self.entries[start..]
                .iter()
                .position(|&entry| entry == gone);
            let position = start + found.expect("who leaves has been on the ring");
            last = Some((gone, position));
            (position, Edit::Leave(gone))
        })
    }

    fn edited_entries(
        &self,
        changes: &[(usize, Edit)],
        total: usize,
        renumbered: &[Slot],
    ) -> Box<[u64]> {
        let same = (0..).zip(renumbered).all(|(old, new)| new.0 == old);
        let renumber = |entry: u64| pack(point(entry), renumbered[entry as u32 as usize].0);
        let mut entries = Vec::with_capacity(total);
        let copy = |entries: &mut Vec<u64>, kept: &[u64]| {
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
                Edit::Join(entry) => entries.push(entry),
                Edit::Leave(_) => copied += 1,
            }
        }
        copy(&mut entries, &self.entries[copied..]);
        entries.into()
    }

    /// Every change moves the starts of the buckets behind its own by one.
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
            let (entry, one) = match edit {
                Edit::Join(entry) => (entry, 1),
                Edit::Leave(entry) => (entry, u32::MAX),
            };
            move_to((point(entry) >> self.shift) as usize + 1, by);
            by = by.wrapping_add(one);
        }
        move_to(self.buckets.len(), by);
        buckets
    }

    /// The slot of the first point at or after `start`: the first of [`walk`](Self::walk), in less
    /// time.
    #[inline]
    pub(crate) fn successor(&self, start: u32) -> Option<Slot> {
        let entry = self.entries.get(self.search(start));
        let entry = entry.or(self.entries.first())?;
        Some(Slot(*entry as u32))
    }

    /// The slots in the order of their points, from the first point at or after `start`, once
    /// around.
    #[inline]
    pub(crate) fn walk(&self, start: u32) -> impl Iterator<Item = Slot> {
        self.walk_from(self.search(start))
    }

    /// The slots in the order of their points, from a position on, once around.
    #[inline]
    pub(crate) fn walk_from(&self, position: usize) -> impl Iterator<Item = Slot> {
        let (before, from) = self.entries.split_at(position);
        from.iter().chain(before).map(|&entry| Slot(entry as u32))
    }

    /// The point at a position and whose it is.
    #[inline]
    pub(crate) fn get(&self, position: usize) -> Option<Owned> {
        let entry = *self.entries.get(position)?;
        Some((point(entry), Slot(entry as u32)))
    }

    pub(crate) const fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whose the points are, in their order.
    pub(crate) fn owners(&self) -> Vec<Slot> {
        self.points().map(|(_, slot)| slot).collect()
    }

    pub(crate) fn points(&self) -> impl ExactSizeIterator<Item = (u32, Slot)> {
        self.entries
            .iter()
            .map(|&entry| (point(entry), Slot(entry as u32)))
    }

    /// The position of the first point at or after `start`; the number of points if there is none.
    #[inline]
    pub(crate) fn search(&self, start: u32) -> usize {
        let Some(&first) = self.buckets.get((start >> self.shift) as usize) else {
            return 0;
        };
        let from = &self.entries[first as usize..];
        let passed = from.iter().position(|&entry| point(entry) >= start);
        first as usize + passed.unwrap_or(from.len())
    }

    /// Tells of the search for a hash.
    pub(crate) fn tell(&self, hash: u32, steps: &mut dyn FnMut(Step<'_>)) {
        let (hash, bits) = (hash.into(), u32::BITS);
        steps(Step::Hash { hash, bits });
        let found = self.get(self.search(hash as u32)).or(self.get(0));
        if let Some((point, owner)) = found {
            let point = point.into();
            steps(Step::Point { point, owner });
        }
    }

    pub(crate) fn memory(&self) -> usize {
        size_of_val(&*self.entries) + size_of_val(&*self.buckets)
    }
}

/// One change of a ring.
#[derive(Clone, Copy)]
enum Edit {
    Join(u64),
    Leave(u64),
}

/// As many bits as name about one bucket a point.
const fn bits(total: usize) -> u32 {
    let bits = total.next_power_of_two().trailing_zeros();
    if bits == 0 { 1 } else { bits }
}

#[inline]
const fn pack(point: u32, low: u32) -> u64 {
    (point as u64) << 32 | low as u64
}

#[inline]
const fn point(entry: u64) -> u32 {
    (entry >> 32) as u32
}

/// The parts of a ring that are sorted one after the other: the uppermost bits of a point name its
/// part.
#[derive(Clone, Copy)]
struct Parts {
    bits: u32,
}

impl Parts {
    /// Points that are sorted at once, without being parted.
    const WHOLE: usize = 1 << 14;
    /// Points of a part that lies in the first cache with a copy and its buckets.
    const CACHED: usize = 1 << 12;
    /// The most parts that can be written to at once: each is on a page of its own.
    const MOST: usize = 1 << 10;

    const fn of(total: usize) -> Self {
        let parts = total.div_ceil(Self::CACHED).next_power_of_two();
        let bits = match parts {
            _ if total <= Self::WHOLE => 0,
            Self::MOST.. => Self::MOST.trailing_zeros(),
            parts => parts.trailing_zeros(),
        };
        Self { bits }
    }

    #[inline]
    const fn part(self, point: u32) -> usize {
        ((point as u64) << self.bits >> 32) as usize
    }

    /// Where each part starts.
    fn starts<I: Iterator<Item = Owned>>(self, owned: impl Fn() -> I) -> Vec<u32> {
        let mut starts = vec![0; 1 << self.bits];
        if self.bits > 0 {
            owned().for_each(|(point, _)| starts[self.part(point)] += 1);
            let mut sum = 0;
            for start in &mut starts {
                sum += std::mem::replace(start, sum);
            }
        }
        starts
    }
}

/// Sorts the points of some buckets by counting those of each, and keeps the order of equal ones.
/// Where each bucket starts is counted from `base`.
fn sort_part(part: &mut [u64], scratch: &mut Vec<u64>, starts: &mut [u32], shift: u32, base: u32) {
    let within = starts.len() - 1;
    let bucket = |entry: u64| (point(entry) >> shift) as usize & within;
    scratch.clear();
    scratch.extend_from_slice(part);
    for &entry in &*scratch {
        starts[bucket(entry)] += 1;
    }
    let mut end = base;
    for start in &mut *starts {
        end += *start;
        *start = end;
    }
    for &entry in scratch.iter().rev() {
        let start = &mut starts[bucket(entry)];
        *start -= 1;
        part[(*start - base) as usize] = entry;
    }
    sort_nearly_sorted(part);
}

/// Insertion: a step or two for each of points that are in the order of their buckets.
fn sort_nearly_sorted(entries: &mut [u64]) {
    for sorted in 1..entries.len() {
        let entry = entries[sorted];
        let mut place = sorted;
        while place > 0 && point(entries[place - 1]) > point(entry) {
            entries[place] = entries[place - 1];
            place -= 1;
        }
        entries[place] = entry;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert!(walk(&Ring::default(), 3).is_empty());
    }

    #[test]
    fn too_many_points_are_refused() {
        let error = Ring::new(MAX_POINTS + 1, std::iter::empty).unwrap_err();
        assert_eq!(
            error,
            BuildError::TooManyPoints {
                points: MAX_POINTS as u64 + 1,
                option: None,
            }
        );
    }
}
