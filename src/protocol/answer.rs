//! What goes out: one structure with the fields of all answers in their order, and the spaces that
//! the protocol has behind every colon and comma.

use std::io::{self, Write};

use evenkeel_algorithms::{Backend, BuildError, RouteError};
use serde::Serialize;
use serde::ser::Serializer;
use serde_json::ser::Formatter;

use super::parse::Address;

/// The body of an answer.
#[derive(Debug, Default, Serialize)]
pub(super) struct Answer {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) in_reply_to: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) code: Option<Code>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) backend: Option<Name>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hash_ring_position: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) hash_ring_point: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) owners: Option<Vec<Name>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) active_connections: Option<Tally>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) total: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remapped: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) remap_ratio: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) ideal_remap: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) moved: Option<Vec<Moved>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) distribution: Option<Tally>,
}

/// A backend, shown by its name.
#[derive(Clone, Debug)]
pub(super) struct Name(pub(super) Backend);

impl Serialize for Name {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0.name())
    }
}

/// Counts by name, in the order of the backends.
#[derive(Debug)]
pub(super) struct Tally(pub(super) Vec<(Backend, u64)>);

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(
            self.0
                .iter()
                .map(|(backend, count)| (backend.name(), count)),
        )
    }
}

/// A client that a change would move.
#[derive(Debug, Serialize)]
pub(super) struct Moved {
    pub(super) client: String,
    pub(super) from: Name,
    pub(super) to: Name,
}

/// The kinds of refusal, by Maelstrom's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    NotSupported = 10,
    Malformed = 12,
    DoesNotExist = 20,
    ExistsAlready = 21,
    PreconditionFailed = 22,
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}

/// Why a message is refused; nothing has changed then.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: Code,
    pub(super) text: String,
}

impl Refusal {
    pub(super) fn new(code: Code, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
        }
    }

    pub(super) fn malformed(text: impl Into<String>) -> Self {
        Self::new(Code::Malformed, text)
    }

    pub(super) fn unknown_backend(name: &str) -> Self {
        Self::new(Code::DoesNotExist, format!("there is no backend `{name}`"))
    }

    pub(super) fn answer(self, in_reply_to: Option<u64>) -> Answer {
        let (code, text) = (Some(self.code), Some(self.text));
        Answer {
            kind: "error",
            in_reply_to,
            code,
            text,
            ..Answer::default()
        }
    }
}

impl From<BuildError> for Refusal {
    fn from(error: BuildError) -> Self {
        Self::malformed(error.to_string())
    }
}

impl From<RouteError> for Refusal {
    fn from(error: RouteError) -> Self {
        match error {
            RouteError::KeyRequired => {
                Self::malformed("this strategy picks by key; expected `client_id` or `session_id`")
            }
            RouteError::KeyUnused => Self::new(Code::NotSupported, error.to_string()),
            _ => Self::new(Code::PreconditionFailed, error.to_string()),
        }
    }
}

/// Writes an answer as a line, in the shape that it was asked in.
pub(super) fn write(
    output: &mut Vec<u8>,
    address: Option<&Address<'_>>,
    body: &Answer,
) -> io::Result<()> {
    #[derive(Serialize)]
    struct Envelope<'a> {
        #[serde(skip_serializing_if = "Option::is_none")]
        src: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        dest: Option<&'a str>,
        body: &'a Answer,
    }
    let mut serializer = serde_json::Serializer::with_formatter(&mut *output, Spaced);
    match address {
        Some(address) => {
            let (src, dest) = (address.dest.as_deref(), address.src.as_deref());
            Envelope { src, dest, body }.serialize(&mut serializer)?;
        }
        None => body.serialize(&mut serializer)?,
    }
    output.push(b'\n');
    Ok(())
}

/// A space behind every colon and comma.
struct Spaced;

impl Formatter for Spaced {
    fn begin_array_value<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first {
            Ok(())
        } else {
            writer.write_all(b", ")
        }
    }

    fn begin_object_key<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        first: bool,
    ) -> io::Result<()> {
        if first {
            Ok(())
        } else {
            writer.write_all(b", ")
        }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        writer.write_all(b": ")
    }
}
