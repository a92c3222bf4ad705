//! Messages to a program, written as lines of the protocol.

use evenkeel_algorithms::{Pool, Slot};
use serde::Serialize;
use serde::ser::Serializer;

/// A message that is being written.
pub(super) struct Message<'a> {
    lines: &'a mut Vec<u8>,
}

impl<'a> Message<'a> {
    /// Begins a message of this type.
    pub(super) fn begin(lines: &'a mut Vec<u8>, kind: &str, id: u64) -> Self {
        for part in [r#"{"type":""#, kind, "\""] {
            lines.extend_from_slice(part.as_bytes());
        }
        Self { lines }.with("msg_id", id)
    }

    /// Writes a field.
    pub(super) fn with(self, name: &str, value: impl Serialize) -> Self {
        for part in [",\"", name, "\":"] {
            self.lines.extend_from_slice(part.as_bytes());
        }
        serde_json::to_writer(&mut *self.lines, &value)
            .expect("a vector takes every byte, and no value here is a map without texts as keys");
        self
    }

    /// Writes a field if it is present.
    pub(super) fn given(self, name: &str, value: Option<impl Serialize>) -> Self {
        match value {
            Some(value) => self.with(name, value),
            None => self,
        }
    }

    /// Ends the line.
    pub(super) fn end(self) {
        self.lines.extend_from_slice(b"}\n");
    }
}

/// The names of backends, as a list.
pub(super) struct Names<'a>(pub(super) &'a Pool, pub(super) &'a [Slot]);

impl Serialize for Names<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(pool, slots) = self;
        serializer.collect_seq(slots.iter().map(|&slot| pool.backend(slot).name()))
    }
}

/// The requests in flight by the names of backends.
pub(super) struct Counts<'a>(pub(super) &'a Pool, pub(super) &'a [Slot]);

impl Serialize for Counts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(pool, slots) = self;
        // A count beyond the protocol's maximum is sent as the maximum.
        let count = |slot| u32::try_from(pool.in_flight(slot)).unwrap_or(u32::MAX);
        serializer.collect_map(
            slots
                .iter()
                .map(|&slot| (pool.backend(slot).name(), count(slot))),
        )
    }
}

/// Backends as a program gets them: their names, and their weights if these differ from 1.
pub(super) struct Backends<'a>(pub(super) &'a Pool, pub(super) &'a [Slot]);

/// A backend with its weight.
#[derive(Serialize)]
struct Weighted<'a> {
    name: &'a str,
    weight: u32,
}

impl Serialize for Backends<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(pool, slots) = self;
        if slots.iter().all(|&slot| pool.weight(slot).get() == 1) {
            return Names(pool, slots).serialize(serializer);
        }
        serializer.collect_seq(slots.iter().map(|&slot| Weighted {
            name: pool.backend(slot).name(),
            weight: pool.weight(slot).get(),
        }))
    }
}
