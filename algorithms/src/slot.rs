//! The position of a backend in one pool, and sets of slots.

/// The position of a backend in the [`Pool`](crate::Pool) of a pick, in the order given. It means nothing in any other
/// pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Slot(pub(crate) u32);

impl Slot {
    /// Returns the slot at a position in the pool's order.
    ///
    /// # Panics
    /// If the index does not fit into 32 bits; no pool is that large.
    #[must_use]
    pub fn new(index: usize) -> Self {
        Self(u32::try_from(index).expect("a pool has fewer than 2^32 slots"))
    }

    /// Returns the position in the pool's order, starting from 0.
    #[inline]
    #[must_use]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A set of slots of one pool, for example those already tried. An empty set allocates nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SlotSet {
    words: Vec<u64>,
}

impl SlotSet {
    /// Creates an empty set.
    #[must_use]
    pub const fn new() -> Self {
        Self { words: Vec::new() }
    }

    /// Adds a slot; returns whether it is new.
    pub fn insert(&mut self, slot: Slot) -> bool {
        let (word, bit) = Self::position(slot);
        if self.words.len() <= word {
            self.words.resize(word + 1, 0);
        }
        let new = self.words[word] & bit == 0;
        self.words[word] |= bit;
        new
    }

    /// Returns whether the slot is in the set.
    #[inline]
    #[must_use]
    pub fn contains(&self, slot: Slot) -> bool {
        let (word, bit) = Self::position(slot);
        self.words.get(word).is_some_and(|bits| bits & bit != 0)
    }

    /// Returns whether the set is empty.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    const fn position(slot: Slot) -> (usize, u64) {
        (slot.index() / 64, 1 << (slot.index() % 64))
    }
}

impl FromIterator<Slot> for SlotSet {
    fn from_iter<I: IntoIterator<Item = Slot>>(slots: I) -> Self {
        let mut set = Self::new();
        for slot in slots {
            set.insert(slot);
        }
        set
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_contains_the_inserted_slots() {
        let mut set = SlotSet::new();
        assert!(set.is_empty());
        assert!(set.insert(Slot(70)));
        assert!(!set.insert(Slot(70)));
        assert!(set.contains(Slot(70)) && !set.contains(Slot(6)) && !set.contains(Slot(700)));
        assert_eq!(set, SlotSet::from_iter([Slot(70)]));
    }
}
