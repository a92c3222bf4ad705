//! A backend's order of the table's entries.

use crate::hash::{Domain, Hashing};
use crate::slot::Slot;
use crate::strategy::maglev::options::TableSize;

/// A backend's order of the table's entries, and the current position in it.
#[derive(Debug)]
pub(crate) struct Permutation {
    pub(crate) slot: Slot,
    pub(super) next: u32,
    pub(super) skip: u32,
}

impl Permutation {
    pub(super) fn of(hashing: Hashing, name: &str, size: TableSize, slot: Slot) -> Self {
        Self::new(slot, hashing.name(Domain::Permutation, name), size.get())
    }

    /// Creates the permutation from two hashes: its start and its step.
    pub(crate) fn new(slot: Slot, (first, second): (u64, u64), size: u32) -> Self {
        let size = u64::from(size);
        Self {
            slot,
            next: (first % size) as u32,
            skip: (second % (size - 1) + 1) as u32,
        }
    }

    /// Takes the next free entry of the table; there must be one.
    pub(crate) fn take<T>(&mut self, table: &mut [Option<T>], entry: T) {
        let size = table.len() as u32;
        loop {
            let place = &mut table[self.next as usize];
            self.next += self.skip;
            if self.next >= size {
                self.next -= size;
            }
            if place.is_none() {
                *place = Some(entry);
                return;
            }
        }
    }
}
