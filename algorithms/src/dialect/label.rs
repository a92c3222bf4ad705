//! The label of a backend in the texts that a client hashes.

use crate::backend::Backend;
use crate::slot::Slot;

/// The label of a backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Label {
    /// Its name.
    Name,
    /// Its name, without this port.
    WithoutPort(u32),
    /// Its name after a slash, as Java displays an address.
    Slash,
    /// `SHARD-` and its position in the list.
    Shard,
    /// A Redis URL with the number of the database.
    RedisUrl { db: u32 },
    /// The same, without the database 0.
    RedisUrlShort { db: u32 },
}

impl Label {
    pub(super) fn of(self, slot: Slot, backend: &Backend) -> String {
        let name = backend.name();
        match self {
            Self::Name => name.to_owned(),
            Self::WithoutPort(port) => {
                let stripped = name.strip_suffix(&format!(":{port}"));
                stripped.unwrap_or(name).to_owned()
            }
            Self::Slash => format!("/{name}"),
            Self::Shard => format!("SHARD-{}", slot.index()),
            Self::RedisUrlShort { db: 0 } => format!("redis://{name}"),
            Self::RedisUrl { db } | Self::RedisUrlShort { db } => format!("redis://{name}/{db}"),
        }
    }
}
