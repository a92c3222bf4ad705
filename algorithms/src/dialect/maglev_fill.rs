//! The fill of other programs' Maglev tables, which differ in their permutations and in the order of turns.

use crate::slot::Slot;
use crate::strategy::maglev::Permutation;

/// Returns the table of a prime size, in which the backend of each turn takes the next free entry of its permutation.
/// `turns` is endless unless it is empty.
pub(super) fn fill(
    size: u32,
    mut permutations: Vec<Permutation>,
    turns: impl Iterator<Item = usize>,
) -> Box<[Slot]> {
    let mut table = vec![None; size as usize];
    for turn in turns.take(size as usize) {
        let permutation = &mut permutations[turn];
        permutation.take(&mut table, permutation.slot);
    }
    table.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Table 1 of the Maglev paper: turn by turn.
    #[test]
    fn equal_turns_fill_the_table_of_the_paper() {
        let permutations = [(3, 3), (0, 1), (3, 0)].into_iter().zip(0..);
        let permutations =
            permutations.map(|(hashes, slot)| Permutation::new(Slot(slot), hashes, 7));
        let table = fill(7, permutations.collect(), (0..3).cycle());
        assert_eq!(*table, [1, 0, 1, 0, 2, 2, 0].map(Slot));
        assert!(fill(7, Vec::new(), (0..0).cycle()).is_empty());
    }
}
