//! Random numbers from which the cases are made: the same on every machine.

use crate::hash::{SplitMix, scaled};

/// Draws from a seed.
#[derive(Clone, Debug)]
pub(super) struct Draws(SplitMix);

impl Draws {
    pub(super) const fn new(seed: u64) -> Self {
        Self(SplitMix::new(seed))
    }

    /// Returns a number below `most`, which is not 0.
    pub(super) const fn below(&mut self, most: usize) -> usize {
        scaled(self.0.next_number(), most)
    }

    pub(super) const fn is_heads(&mut self) -> bool {
        self.below(2) == 0
    }

    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for last in (1..items.len()).rev() {
            items.swap(last, self.below(last + 1));
        }
    }
}
