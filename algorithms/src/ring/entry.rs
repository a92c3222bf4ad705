//! The entry of a point and its backend on a ring.

use crate::limits::MAX_BACKENDS;
use crate::slot::Slot;

/// A point and its backend.
pub(crate) type Owned = (u32, Slot);

/// The bits of any slot.
pub(super) const SLOT_BITS: u32 = 20;

const _: () = assert!(MAX_BACKENDS <= 1 << SLOT_BITS);

/// The lowest bits of a point, and its slot.
pub(crate) trait Entry: Copy + PartialEq {
    /// The number of bits of the point: all of them, or those below its bucket bits.
    const BITS: u32;

    /// Returns the entry of a point in its bucket.
    fn new(owned: Owned) -> Self;

    /// Returns the lowest bits of the point.
    fn low(self) -> u32;

    /// Returns the backend of the point.
    fn slot(self) -> Slot;
}

/// The whole point in the upper half, the slot in the lower.
impl Entry for u64 {
    const BITS: u32 = 32;

    #[inline]
    fn new((point, slot): Owned) -> Self {
        Self::from(point) << 32 | Self::from(slot.0)
    }

    #[inline]
    fn low(self) -> u32 {
        (self >> 32) as u32
    }

    #[inline]
    fn slot(self) -> Slot {
        Slot(self as u32)
    }
}

/// The point's lowest 12 bits, then the slot.
impl Entry for u32 {
    const BITS: u32 = Self::BITS - SLOT_BITS;

    #[inline]
    fn new((point, slot): Owned) -> Self {
        point << SLOT_BITS | slot.0
    }

    #[inline]
    fn low(self) -> u32 {
        self >> SLOT_BITS
    }

    #[inline]
    fn slot(self) -> Slot {
        Slot(self & ((1 << SLOT_BITS) - 1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_holds_the_low_bits_and_the_slot() {
        let owned = (0x89AB_CDEF, Slot(0xF_EDCB));
        let (whole, compact) = (u64::new(owned), u32::new(owned));
        assert_eq!((whole.low(), whole.slot()), owned);
        assert_eq!((compact.low(), compact.slot()), (0xDEF, owned.1));
    }
}
