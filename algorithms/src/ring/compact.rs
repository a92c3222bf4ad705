//! The form of large rings: 4 bytes per point; the bucket implies the other bits.

use super::entry::{Entry, Owned, SLOT_BITS};
use super::starts::to_starts;
use super::table::Table;

/// The number of bits of a point in its entry.
const LOW_BITS: u32 = <u32 as Entry>::BITS;

/// The number of bits of a point that select its bucket.
const BUCKET_BITS: u32 = u32::BITS - LOW_BITS;

/// The number of bits of a point that select its part: the bucket bits except one byte.
const PART_BITS: u32 = BUCKET_BITS - u8::BITS;

/// Half of the bits within a part, which are sorted at once.
const DIGIT_BITS: u32 = (u32::BITS - PART_BITS) / 2;

impl Table<u32> {
    /// Sorts points stably. `total` is their number.
    ///
    /// The points are placed at the start of their part, and each part is sorted in the cache. Meanwhile one byte per
    /// point holds its bucket within the part, so that memory use hardly exceeds the finished ring. The iterator is
    /// consumed twice, first for counting, to avoid buffering the points.
    pub(super) fn new<I: Iterator<Item = Owned>>(total: usize, owned: impl Fn() -> I) -> Self {
        let part = |point: u32| (point >> (u32::BITS - PART_BITS)) as usize;
        let mut ends = [0; 1 << PART_BITS];
        owned().for_each(|(point, _)| ends[part(point)] += 1);
        to_starts(&mut ends);
        let (mut entries, mut bytes) = (vec![0; total], vec![0; total]);
        owned().for_each(|(point, slot)| {
            let end = &mut ends[part(point)];
            entries[*end as usize] = <u32 as Entry>::new((point, slot));
            bytes[*end as usize] = (point >> LOW_BITS) as u8;
            *end += 1;
        });
        let mut buckets = vec![0; 1 << BUCKET_BITS];
        let (mut scratch, mut start) = (Vec::new(), 0);
        for (starts, end) in buckets.chunks_exact_mut(1 << u8::BITS).zip(ends) {
            let part = start as usize..end as usize;
            sort_part(
                &mut entries[part.clone()],
                &bytes[part],
                &mut scratch,
                starts,
            );
            starts.iter_mut().for_each(|bucket| *bucket += start);
            start = end;
        }
        Self {
            entries: entries.into(),
            buckets: buckets.into(),
            shift: LOW_BITS,
        }
    }
}

/// Sorts a part by its lower digit and then by its upper one, with stable counting sorts. The bytes are the buckets,
/// with starts that count from the start of the part.
fn sort_part(part: &mut [u32], bytes: &[u8], scratch: &mut Vec<u64>, starts: &mut [u32]) {
    // The byte and the entry of a point; their upper bits form one number.
    let joined = |(&byte, &entry): (&u8, &u32)| u64::from(byte) << 32 | u64::from(entry);
    let lower = |point: u64| (point >> SLOT_BITS) as usize & ((1 << DIGIT_BITS) - 1);
    let upper = |point: u64| (point >> (SLOT_BITS + DIGIT_BITS)) as usize;
    let (mut lowers, mut uppers) = ([0; 1 << DIGIT_BITS], [0; 1 << DIGIT_BITS]);
    for point in bytes.iter().zip(&*part).map(joined) {
        lowers[lower(point)] += 1;
        uppers[upper(point)] += 1;
    }
    to_starts(&mut lowers);
    to_starts(&mut uppers);
    let digits_a_bucket = uppers.len() / starts.len();
    for (start, digits) in starts.iter_mut().zip(uppers.chunks_exact(digits_a_bucket)) {
        *start = digits[0];
    }
    scratch.resize(part.len(), 0);
    for point in bytes.iter().zip(&*part).map(joined) {
        let place = &mut lowers[lower(point)];
        scratch[*place as usize] = point;
        *place += 1;
    }
    for &point in &*scratch {
        let place = &mut uppers[upper(point)];
        part[*place as usize] = point as u32;
        *place += 1;
    }
}
