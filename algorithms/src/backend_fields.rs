//! Reading a backend: its name alone, or a map.

use std::fmt;
use std::num::NonZeroU32;

use serde::Deserialize;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserializer, Error, MapAccess, Visitor};

use crate::attributes::Attributes;
use crate::backend::{Backend, Weight};
use crate::de::any_text;

impl Backend {
    /// What the reader of a backend expects, for errors.
    pub const EXPECTED: &'static str =
        "a backend: a name (in quotes if it looks like a number) or a map with `name`";
}

/// Reads a name alone, or a map with `name` and any of `weight`, `address`, `drain`, `down`, `backup`,
/// `max_in_flight`, `connections` and `attributes`.
impl<'de> Deserialize<'de> for Backend {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BackendVisitor)
    }
}

struct BackendVisitor;

impl<'de> Visitor<'de> for BackendVisitor {
    type Value = Backend;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Backend::EXPECTED)
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<Backend, E> {
        Backend::check_name(name).map_err(E::custom)?;
        Ok(Backend::new(name))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Backend, A::Error> {
        let fields = BackendFields::deserialize(MapAccessDeserializer::new(map))?;
        Ok(fields.into())
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
        let check = |name: &str| Backend::check_name(name).map(|()| Self(name.to_owned()));
        any_text(
            deserializer,
            "a name, in quotes if it looks like a number",
            check,
        )
    }
}

/// The address of a backend.
struct Address(String);

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        any_text(
            deserializer,
            "an address, in quotes if it looks like a number",
            |address| Ok(Self(address.to_owned())),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Result<Backend, String> {
        serde_json::from_str(json).map_err(|error: serde_json::Error| error.to_string())
    }

    #[test]
    fn a_backend_is_read_from_a_name_or_a_map() {
        assert_eq!(read(r#""a:1""#), Ok(Backend::new("a:1")));
        let map =
            r#"{"name": "a", "weight": 3, "address": "h:1", "drain": true, "connections": 2}"#;
        let expected = Backend::new("a")
            .with_weight(Weight::new(3).unwrap())
            .with_address("h:1")
            .with_drain(true)
            .with_connections(2);
        assert_eq!(read(map), Ok(expected));
    }

    #[test]
    fn a_wrong_backend_is_refused() {
        for (json, expected) in [
            ("7", "invalid type: integer `7`, expected a backend"),
            (r#""""#, "empty name"),
            (r#"{"weight": 1}"#, "missing field `name`"),
            (r#"{"name": 1}"#, "expected a name, in quotes"),
            (r#"{"name": "a", "wait": 1}"#, "unknown field `wait`"),
            (r#"{"name": "a", "weight": 0}"#, "weight 0"),
        ] {
            let error = read(json).unwrap_err();
            assert!(error.contains(expected), "{json}: {error}");
        }
    }
}
