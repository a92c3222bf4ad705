//! Values of a config and of the protocol that are checked while they are read, so that errors are located.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;

use evenkeel_algorithms::Registry;
use evenkeel_algorithms::{Attributes, Backend, Card, Weight};
use indexmap::IndexSet;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};

use super::suggestion::algorithm_named;
use crate::text::Text;

/// Reads an algorithm of a registry by any of its names.
pub(super) struct AlgorithmName<'a>(pub(super) &'a Registry);

impl<'de> DeserializeSeed<'de> for AlgorithmName<'_> {
    type Value = &'static Card;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static Card, D::Error> {
        deserializer.deserialize_str(Text {
            expecting: "the name of an algorithm",
            check: |name: &str| algorithm_named(self.0, name),
        })
    }
}

/// A backend: its name alone, or a map.
#[derive(Clone, Debug)]
pub struct BackendSpec(pub Backend);

impl<'de> Deserialize<'de> for BackendSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        NewBackend {
            seen: &mut IndexSet::new(),
        }
        .deserialize(deserializer)
        .map(Self)
    }
}

/// Backends with distinct names, at least one.
#[derive(Clone, Debug)]
pub struct BackendList(pub Vec<Backend>);

impl<'de> Deserialize<'de> for BackendList {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(ListVisitor)
    }
}

struct ListVisitor;

impl<'de> Visitor<'de> for ListVisitor {
    type Value = BackendList;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of backends")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<BackendList, A::Error> {
        let (mut seen, mut backends) = (IndexSet::new(), Vec::new());
        while let Some(backend) = items.next_element_seed(NewBackend { seen: &mut seen })? {
            backends.push(backend);
        }
        if backends.is_empty() {
            return Err(A::Error::custom(
                "there are no backends; expected at least one",
            ));
        }
        Ok(BackendList(backends))
    }
}

/// A backend with a name that must not repeat a previous one.
struct NewBackend<'a> {
    seen: &'a mut IndexSet<Arc<str>>,
}

impl NewBackend<'_> {
    fn check<E: Error>(self, backend: Backend) -> Result<Backend, E> {
        if self.seen.insert(backend.shared_name()) {
            Ok(backend)
        } else {
            let name = backend.name();
            Err(E::custom(format_args!(
                "the backend name `{name}` is used twice; names must be unique"
            )))
        }
    }
}

impl<'de> DeserializeSeed<'de> for NewBackend<'_> {
    type Value = Backend;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Backend, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for NewBackend<'_> {
    type Value = Backend;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a backend: a name (in quotes if it looks like a number) or a map with `name`")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Backend, E> {
        Backend::check_name(name).map_err(E::custom)?;
        self.check(Backend::new(name))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Backend, A::Error> {
        let fields = BackendFields::deserialize(MapAccessDeserializer::new(map))?;
        self.check(fields.into())
    }
}

/// A backend as a map.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BackendFields {
    name: Name,
    #[serde(default)]
    weight: Weight,
    #[serde(default)]
    address: Option<Address>,
    #[serde(default)]
    drain: bool,
    #[serde(default)]
    down: bool,
    #[serde(default)]
    backup: bool,
    #[serde(default)]
    max_in_flight: Option<NonZeroU32>,
    #[serde(default)]
    connections: u32,
    #[serde(default)]
    attributes: Option<Attributes>,
}

impl From<BackendFields> for Backend {
    fn from(fields: BackendFields) -> Self {
        let backend = Self::new(fields.name.0)
            .with_weight(fields.weight)
            .with_drain(fields.drain)
            .with_down(fields.down)
            .with_backup(fields.backup)
            .with_max_in_flight(fields.max_in_flight)
            .with_connections(fields.connections);
        let backend = match fields.attributes {
            Some(attributes) => backend.with_attributes(attributes),
            None => backend,
        };
        match fields.address {
            Some(address) => backend.with_address(address.0),
            None => backend,
        }
    }
}

/// A backend's name. YAML would read any scalar as text, so the type is checked first: `name: 1` is a number.
struct Name(String);

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let check = |name: &str| match Backend::check_name(name) {
            Ok(()) => Ok(Self(name.to_owned())),
            Err(error) => Err(error.to_string()),
        };
        deserializer.deserialize_any(Text {
            expecting: "a name, in quotes if it looks like a number",
            check,
        })
    }
}

/// The address of a backend.
struct Address(String);

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Text {
            expecting: "an address, in quotes if it looks like a number",
            check: |address: &str| Ok(Self(address.to_owned())),
        })
    }
}
