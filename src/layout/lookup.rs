//! The lookup of one key on a ring or in a table.

use evenkeel_algorithms::{Pick, Snapshot, Step};

/// The result of a lookup, and the slot of the backend that the key reaches.
pub(super) struct Lookup {
    pub(super) places: Places,
    /// The hash; 0 for a table.
    pub(super) hash: u128,
    /// The point or the entry.
    pub(super) place: u128,
    pub(super) slot: usize,
}

/// The positions of a ring or of a table.
#[derive(Clone, Copy)]
pub(super) enum Places {
    /// Hashes with this many bits.
    Hashes { bits: u32 },
    /// This many entries.
    Entries(usize),
}

impl Lookup {
    /// Returns the lookup of a key; `None` if it finds neither a point nor an entry, or reaches no backend.
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
