//! Messages: the fields of all types in one flat structure, which parses twice as fast as an enum of structures.
//! It borrows texts without escapes from the line. Large, rare fields are boxed, because parsing moves the structure
//! several times.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;

use evenkeel_algorithms::strategy::{bounded_load, subset, warm_up};
use evenkeel_algorithms::{Backend, HashFunction, Numbering, Seed, Weight};
use evenkeel_config::BackendList;
use serde::Deserialize;
use serde::de::{Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::msg_id::MsgId;

/// A text that is copied only if it has escapes.
pub(super) type Text<'a> = Cow<'a, str>;

/// A message of any type, with the fields that any of them reads.
#[derive(Debug, Deserialize)]
#[serde(expecting = "an object with a `type`")]
pub(super) struct Message<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Text<'a>,
    #[serde(borrow)]
    pub(super) msg_id: Option<MsgId<'a>>,
    #[serde(borrow)]
    pub(super) algorithm: Option<Text<'a>>,
    pub(super) seed: Option<Seed>,
    pub(super) hash: Option<HashFunction>,
    pub(super) bounded_load: Option<bounded_load::Options>,
    pub(super) warm_up: Option<warm_up::Options>,
    pub(super) subset: Option<Box<subset::Options>>,
    /// Read later, because its fields depend on the registered algorithms.
    #[serde(borrow)]
    pub(super) options: Option<&'a RawValue>,
    pub(super) numbering: Option<Box<Numbering>>,
    pub(super) backends: Option<Box<BackendList>>,
    #[serde(borrow)]
    pub(super) client_id: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) session_id: Option<Text<'a>>,
    #[serde(rename = "method")]
    pub(super) _method: Option<AnyText>,
    #[serde(rename = "path")]
    pub(super) _path: Option<AnyText>,
    #[serde(borrow, default)]
    pub(super) exclude: Vec<Text<'a>>,
    pub(super) owners: Option<u32>,
    #[serde(default)]
    pub(super) explain: bool,
    #[serde(borrow)]
    pub(super) active_connections: Option<Box<Counts<'a>>>,
    #[serde(borrow)]
    pub(super) request: Option<MsgId<'a>>,
    pub(super) backend: Option<Box<Backend>>,
    pub(super) weight: Option<Weight>,
    pub(super) healthy: Option<bool>,
    pub(super) eligible: Option<bool>,
    #[serde(borrow)]
    pub(super) clients: Option<Vec<Text<'a>>>,
    pub(super) new_backend: Option<Box<Backend>>,
    pub(super) new_backends: Option<Box<BackendList>>,
    #[serde(borrow, default)]
    pub(super) removed_backends: Vec<Text<'a>>,
    pub(super) count: Option<u64>,
    pub(super) in_flight: Option<u32>,
    pub(super) latency_ms: Option<f64>,
    pub(super) failed: Option<bool>,
}

/// A text that no strategy reads. Only its type is checked.
#[derive(Debug)]
pub(super) struct AnyText;

impl<'de> Deserialize<'de> for AnyText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyTextVisitor;
        impl Visitor<'_> for AnyTextVisitor {
            type Value = AnyText;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: Error>(self, _: &str) -> Result<AnyText, E> {
                Ok(AnyText)
            }
        }
        deserializer.deserialize_str(AnyTextVisitor)
    }
}

/// The two ends of a conversation, as an envelope names them.
#[derive(Debug, Default)]
pub(super) struct Parties<'a> {
    pub(super) src: Option<Text<'a>>,
    pub(super) dest: Option<Text<'a>>,
}

/// The usual envelope. An object with a `type` of its own is a bare message.
#[derive(Debug, Deserialize)]
pub(super) struct Envelope<'a> {
    #[serde(borrow)]
    pub(super) src: Option<Text<'a>>,
    #[serde(borrow)]
    pub(super) dest: Option<Text<'a>>,
    /// Boxed, because parsing would move it several times.
    #[serde(borrow)]
    pub(super) body: Box<Message<'a>>,
    #[serde(rename = "type")]
    pub(super) kind: Option<IgnoredAny>,
}

/// Counts by name, in the order given.
#[derive(Debug)]
pub(super) struct Counts<'a>(pub(super) Vec<(Text<'a>, u32)>);

impl<'de: 'a, 'a> Deserialize<'de> for Counts<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(CountsVisitor)
    }
}

struct CountsVisitor;

impl<'de> Visitor<'de> for CountsVisitor {
    type Value = Counts<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("counts by the names of backends")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Counts<'de>, A::Error> {
        let (mut seen, mut counts) = (BTreeSet::new(), Vec::new());
        while let Some((Name(name), count)) = map.next_entry::<Name<'de>, u32>()? {
            Backend::check_name(&name).map_err(A::Error::custom)?;
            if !seen.insert(name.clone()) {
                return Err(A::Error::custom(format_args!("`{name}` is counted twice")));
            }
            counts.push((name, count));
        }
        Ok(Counts(counts))
    }
}

/// A name that borrows if it can; a bare `Cow` as the key of a map never does.
#[derive(Deserialize)]
struct Name<'a>(#[serde(borrow)] Text<'a>);
