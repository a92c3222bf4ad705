//! What the hardware sets: the least that each kind of pick must do.

use evenkeel_algorithms::strategy::ketama;
use evenkeel_algorithms::{Snapshot, carried};

/// The points of a ring behind an index over their top bits, and nothing else: no weights, no
/// eligibility, no walk to a second choice.
pub struct BucketIndex {
    entries: Vec<u64>,
    starts: Vec<u32>,
    shift: u32,
}

impl BucketIndex {
    pub fn new(snapshot: &Snapshot) -> Self {
        let ring = carried::<ketama::Built>(Some(snapshot.balancer())).expect("a ring");
        let mut entries: Vec<u64> = ring
            .points()
            .map(|(point, slot)| u64::from(point) << 32 | slot.index() as u64)
            .collect();
        let bits = entries.len().next_power_of_two().trailing_zeros();
        let shift = 64 - bits;
        let first = |bucket: u64| entries.partition_point(|entry| entry >> shift < bucket) as u32;
        let starts = (0..1u64 << bits).map(first).collect();
        // The search runs over the end: the first point stands there once more.
        entries.push(u64::MAX);
        Self {
            entries,
            starts,
            shift,
        }
    }

    #[inline]
    pub fn search(&self, hash: u64) -> usize {
        let mut place = self.starts[(hash >> self.shift) as usize] as usize;
        while self.entries[place] < hash & !0xffff_ffff {
            place += 1;
        }
        self.entries[place] as u32 as usize
    }
}

/// A multiply and a shift to a place in a table, and one read.
#[inline]
pub fn table_read(table: &[u16], hash: u64) -> usize {
    let place = (u128::from(hash) * table.len() as u128) >> 64;
    table[place as usize].into()
}

/// One cheap mix a backend, in lanes of 32 bits, and the place of the smallest.
#[inline]
pub fn mix_each(low: &[u32], high: &[u32], hash: u64) -> usize {
    let (low_key, high_key) = (hash as u32, (hash >> 32) as u32);
    let draws = low.iter().zip(high).map(|(low, high)| {
        ((low ^ low_key) | 1)
            .wrapping_mul(high ^ high_key)
            .cast_signed()
    });
    draws.fold(i32::MAX, i32::min) as usize
}
