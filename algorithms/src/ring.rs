//! A ring of 32-bit points with a bucket index: the first point at or after a given one in near
//! constant time.

use crate::error::BuildError;
use crate::slot::Slot;

/// The most points that one ring may hold: 2^24 (16,777,216).
pub const MAX_POINTS: usize = 1 << 24;

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
    /// Sorts the points of some owners. Of equal points that of the earlier owner comes first.
    /// `total` is the number of all points.
    pub(crate) fn new<P: Iterator<Item = u32>>(
        total: usize,
        owners: impl Iterator<Item = (Slot, P)>,
    ) -> Result<Self, BuildError> {
        if total > MAX_POINTS {
            return Err(BuildError::TooManyPoints {
                points: total as u64,
            });
        }
        let (mut slots, mut points) = (Vec::new(), Vec::with_capacity(total));
        for (owner, (slot, owned)) in owners.enumerate() {
            points.extend(owned.map(|point| pack(point, owner as u32)));
            slots.push(slot);
        }
        let bits = total.next_power_of_two().trailing_zeros().max(1);
        let (mut entries, buckets) = sort_by_bucket(&points, 32 - bits);
        for entry in &mut entries {
            *entry = pack(point(*entry), slots[*entry as u32 as usize].0);
        }
        Ok(Self {
            entries,
            buckets,
            shift: 32 - bits,
        })
    }

    /// The slots in the order of their points, from the first point at or after `start`, once
    /// around.
    #[inline]
    pub(crate) fn walk(&self, start: u32) -> impl Iterator<Item = Slot> {
        let (before, from) = self.entries.split_at(self.search(start));
        from.iter().chain(before).map(|&entry| Slot(entry as u32))
    }

    pub(crate) fn points(&self) -> impl ExactSizeIterator<Item = (u32, Slot)> {
        self.entries
            .iter()
            .map(|&entry| (point(entry), Slot(entry as u32)))
    }

    /// The position of the first point at or after `start`; the number of points if there is none.
    #[inline]
    fn search(&self, start: u32) -> usize {
        let Some(&first) = self.buckets.get((start >> self.shift) as usize) else {
            return 0;
        };
        let from = &self.entries[first as usize..];
        let passed = from.iter().position(|&entry| point(entry) >= start);
        first as usize + passed.unwrap_or(from.len())
    }

    pub(crate) fn memory(&self) -> usize {
        size_of_val(&*self.entries) + size_of_val(&*self.buckets)
    }
}

#[inline]
const fn pack(point: u32, low: u32) -> u64 {
    (point as u64) << 32 | low as u64
}

#[inline]
const fn point(entry: u64) -> u32 {
    (entry >> 32) as u32
}

/// Sorts packed points by counting those of each bucket; returns them with the start of each bucket.
fn sort_by_bucket(points: &[u64], shift: u32) -> (Box<[u64]>, Box<[u32]>) {
    let bucket = |entry: u64| (point(entry) >> shift) as usize;
    let mut ends = vec![0u32; 1 << (32 - shift)];
    for &entry in points {
        ends[bucket(entry)] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += *end;
        *end = sum;
    }
    let mut sorted = vec![0; points.len()];
    let mut starts = ends;
    for &entry in points.iter().rev() {
        let place = &mut starts[bucket(entry)];
        *place -= 1;
        sorted[*place as usize] = entry;
    }
    for (number, &start) in starts.iter().enumerate() {
        let end = starts
            .get(number + 1)
            .map_or(points.len(), |&next| next as usize);
        sorted[start as usize..end].sort_unstable();
    }
    (sorted.into(), starts.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ring(points: &[&[u32]]) -> Ring {
        let owners = points.iter().enumerate();
        let total = points.iter().map(|owned| owned.len()).sum();
        let owners = owners.map(|(slot, owned)| (Slot::new(slot), owned.iter().copied()));
        Ring::new(total, owners).unwrap()
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
        let none = std::iter::empty::<(Slot, std::iter::Empty<u32>)>();
        let error = Ring::new(MAX_POINTS + 1, none).unwrap_err();
        assert_eq!(
            error,
            BuildError::TooManyPoints {
                points: MAX_POINTS as u64 + 1
            }
        );
    }
}
