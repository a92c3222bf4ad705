//! The form of most rings: whole points, about one per bucket.

use super::entry::{Entry, Owned};
use super::starts::to_starts;
use super::table::Table;

impl Table<u64> {
    /// Sorts points stably. `total` is their number.
    ///
    /// The points are placed by their uppermost bits, part by part, and each part is sorted in the cache. The iterator
    /// is consumed twice, first for counting, to avoid buffering the points.
    pub(crate) fn new<I: Iterator<Item = Owned>>(total: usize, owned: impl Fn() -> I) -> Self {
        let parts = Parts::of(total);
        let mut ends = parts.starts(&owned);
        let mut entries = vec![0; total];
        owned().for_each(|(point, slot)| {
            let end = &mut ends[parts.part(point)];
            entries[*end as usize] = u64::new((point, slot));
            *end += 1;
        });
        let bits = Self::bits(total);
        let mut buckets = vec![0; 1 << bits];
        let in_a_part = buckets.len() >> parts.bits;
        let (mut scratch, mut start) = (Vec::new(), 0);
        for (starts, end) in buckets.chunks_exact_mut(in_a_part).zip(ends) {
            let part = &mut entries[start as usize..end as usize];
            sort_part(part, &mut scratch, starts, 32 - bits, start);
            start = end;
        }
        Self {
            entries: entries.into(),
            buckets: buckets.into(),
            shift: 32 - bits,
        }
    }

    /// Returns whether the index would have the same size for this number of points.
    pub(super) const fn fits(&self, total: usize) -> bool {
        Self::bits(total) == u32::BITS - self.shift
    }

    /// Returns the number of bits that gives about one bucket per point.
    const fn bits(total: usize) -> u32 {
        let bits = total.next_power_of_two().trailing_zeros();
        if bits == 0 { 1 } else { bits }
    }
}

/// The parts of a ring that are sorted one after another: the uppermost bits of a point select its part.
#[derive(Clone, Copy)]
struct Parts {
    bits: u32,
}

impl Parts {
    /// Up to this number, points are sorted at once.
    const WHOLE: usize = 1 << 14;
    /// Points of a part that fits into the first-level cache with a copy and its buckets.
    const CACHED: usize = 1 << 12;
    /// The maximum number of parts that are written at once: each is on a page of its own.
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

    /// Returns the start of each part.
    fn starts<I: Iterator<Item = Owned>>(self, owned: impl Fn() -> I) -> Vec<u32> {
        let mut starts = vec![0; 1 << self.bits];
        if self.bits > 0 {
            owned().for_each(|(point, _)| starts[self.part(point)] += 1);
            to_starts(&mut starts);
        }
        starts
    }
}

/// Sorts the points of some buckets by a stable counting sort. The start of each bucket is counted from `base`.
fn sort_part(part: &mut [u64], scratch: &mut Vec<u64>, starts: &mut [u32], shift: u32, base: u32) {
    let within = starts.len() - 1;
    let bucket = |entry: u64| (entry.low() >> shift) as usize & within;
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

/// Insertion sort: one or two steps for each point if the points are ordered by bucket.
fn sort_nearly_sorted(entries: &mut [u64]) {
    for sorted in 1..entries.len() {
        let entry = entries[sorted];
        let mut place = sorted;
        while place > 0 && entries[place - 1].low() > entry.low() {
            entries[place] = entries[place - 1];
            place -= 1;
        }
        entries[place] = entry;
    }
}
