//! Values of a config that are checked while they are read, so that errors are located.

use std::fmt;
use std::sync::Arc;

use evenkeel_algorithms::{Backend, Card, Registry};
use indexmap::IndexSet;
use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{
    DeserializeSeed, Deserializer, Error, IntoDeserializer, MapAccess, SeqAccess, Visitor,
};

use super::checked::CheckedText;
use super::suggestion::algorithm_named;

/// Reads an algorithm of a registry by any of its names.
pub(super) struct AlgorithmName<'a>(pub(super) &'a Registry);

impl<'de> DeserializeSeed<'de> for AlgorithmName<'_> {
    type Value = &'static Card;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<&'static Card, D::Error> {
        deserializer.deserialize_str(CheckedText {
            expecting: "the name of an algorithm",
            check: |name: &str| algorithm_named(self.0, name),
        })
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

/// Checks within the visit: the reader of YAML adds the place of this backend only to errors from there.
impl<'de> Visitor<'de> for NewBackend<'_> {
    type Value = Backend;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Backend::EXPECTED)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Backend, E> {
        self.check(Backend::deserialize(name.into_deserializer())?)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Backend, A::Error> {
        self.check(Backend::deserialize(MapAccessDeserializer::new(map))?)
    }
}
