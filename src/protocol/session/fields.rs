//! What fields of a message mean, and which are missing.

use std::time::Duration;

use evenkeel_algorithms::{Backend, Card, Registry};

use crate::config::algorithm_named;
use crate::protocol::answer::{Code, Refusal};
use crate::protocol::message::Message;

pub(super) fn position(backends: &[Backend], name: &str) -> Result<usize, Refusal> {
    let position = backends.iter().position(|backend| backend.name() == name);
    position.ok_or_else(|| Refusal::unknown_backend(name))
}

/// The latency that a message states.
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

pub(super) fn named(name: &str) -> Result<&'static Card, Refusal> {
    algorithm_named(Registry::builtin(), name)
        .map_err(|what| Refusal::new(Code::NotSupported, what))
}

pub(super) fn required<T>(field: Option<T>, name: &str) -> Result<T, Refusal> {
    field.ok_or_else(|| Refusal::malformed(format!("missing field `{name}`")))
}
