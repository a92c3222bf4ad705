//! What one key finds on a ring or in a table.

use evenkeel_algorithms::{Pick, Snapshot, Step};

/// What a key finds, and the slot of the backend that it reaches.
pub(super) struct Lookup {
    pub(super) places: Places,
    /// 0 where it finds an entry.
    pub(super) hash: u128,
    /// The point or the entry.
    pub(super) place: u128,
    pub(super) slot: usize,
}

/// What the places of a ring or of a table are.
#[derive(Clone, Copy)]
pub(super) enum Places {
    /// Hashes of so many bits.
    Hashes { bits: u32 },
    /// So many entries.
    Entries(usize),
}

impl Lookup {
    /// None if the key finds neither a point nor an entry, or reaches no backend.
    pub(super) fn of(key: &[u8], snapshot: &Snapshot) -> Option<Self> {
        let pick = Pick::new(snapshot.pool(), Some(key)).question();
        let (mut hashed, mut found) = (None, None);
        let slot = snapshot.trace(&pick, &mut |step| match step {
            Step::Hash { hash, bits } => hashed = Some((hash, Places::Hashes { bits })),
            Step::Point { point, .. } => found = found.or(Some((point, hashed))),
            Step::Entry { index, len, .. } => {
                let entries = Places::Entries(len as usize);
                found = found.or(Some((index.into(), Some((0, entries)))));
            }
            _ => {}
        });
        let (place, hashed) = found?;
        let (hash, places) = hashed?;
        let slot = slot.ok()?.index();
        Some(Self {
            places,
            hash,
            place,
            slot,
        })
    }
}
