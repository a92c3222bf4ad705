//! Weights side by side: a virtual list in which each member appears as often as its weight.

use crate::slot::Slot;
use crate::step::Step;

/// The end of each member's positions.
#[derive(Debug, Default)]
pub(super) struct SideBySide(Box<[u64]>);

impl SideBySide {
    pub(super) fn new(weights: impl Iterator<Item = u64>) -> Self {
        let ends = weights.scan(0, |end, weight| {
            *end += weight;
            Some(*end)
        });
        Self(ends.collect())
    }

    /// Returns the number of positions.
    #[inline]
    pub(super) fn total(&self) -> u64 {
        self.0.last().copied().unwrap_or_default()
    }

    /// Returns the index of the member at a position.
    #[inline]
    pub(super) fn at(&self, place: u64) -> usize {
        self.0.partition_point(|&end| end <= place)
    }

    /// Returns the step of a trace that finds a position.
    pub(super) fn entry(&self, index: u64, owner: Slot) -> Step<'static> {
        let (len, owner) = (self.total(), Some(owner));
        Step::Entry { index, len, owner }
    }

    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_member_has_as_many_positions_as_its_weight() {
        let list = SideBySide::new([2, 1, 3].into_iter());
        let members: Vec<_> = (0..list.total()).map(|place| list.at(place)).collect();
        assert_eq!(members, [0, 0, 1, 2, 2, 2]);
        assert_eq!(SideBySide::default().total(), 0);
    }
}
