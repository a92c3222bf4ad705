//! The values of a message's fields, and errors about missing ones.

use std::time::Duration;

use evenkeel_algorithms::{Backend, Card, Options, OptionsReader, Registry};
use evenkeel_config::algorithm_named;
use serde::de::DeserializeSeed;
use serde_json::value::RawValue;
use serde_path_to_error::{Deserializer as PathDeserializer, Track};

use crate::protocol::answer::{Code, Refusal};
use crate::protocol::message::Message;
use crate::protocol::parse::described;

pub(super) fn position(backends: &[Backend], name: &str) -> Result<usize, Refusal> {
    let position = backends.iter().position(|backend| backend.name() == name);
    position.ok_or_else(|| Refusal::unknown_backend(name))
}

/// Returns the latency in a message.
pub(super) fn latency(message: &Message<'_>) -> Result<Option<Duration>, Refusal> {
    let read = |milliseconds: f64| {
        let latency = Duration::try_from_secs_f64(milliseconds / 1e3);
        latency.map_err(|_| {
            let text = format!("latency_ms: {milliseconds} is no time; expected 0 or more");
            Refusal::malformed(text)
        })
    };
    message.latency_ms.map(read).transpose()
}

pub(super) fn named(registry: &Registry, name: &str) -> Result<&'static Card, Refusal> {
    algorithm_named(registry, name).map_err(|what| Refusal::new(Code::NotSupported, what))
}

/// Reads the options in a message, which are those of registered algorithms.
pub(super) fn options(registry: &Registry, text: &RawValue) -> Result<Options, Refusal> {
    let mut path = Track::new();
    let mut json = serde_json::Deserializer::from_str(text.get());
    let read = OptionsReader(registry).deserialize(PathDeserializer::new(&mut json, &mut path));
    read.map_err(|error| {
        let path = format!("options.{}", path.path());
        Refusal::malformed(described(&path, &error))
    })
}

pub(super) fn required<T>(field: Option<T>, name: &str) -> Result<T, Refusal> {
    field.ok_or_else(|| Refusal::malformed(format!("missing field `{name}`")))
}
