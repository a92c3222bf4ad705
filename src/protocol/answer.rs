//! Answers: one structure with the fields of all of them, written in the order of the protocol and with its space
//! after every colon and comma.

use std::io::{self, Write};

use evenkeel_algorithms::{BuildError, Numbering, RouteError};
use serde::Serialize;
use serde::ser::Serializer;
use serde_json::ser::Formatter;

use super::message::Parties;
use super::msg_id::MsgId;
use super::name::Name;
use super::status::Status;

/// An answer, or why there is none.
pub(super) type Answered = Result<Answer, Refusal>;

/// The body of an answer.
#[derive(Debug, Default)]
pub(super) struct Answer {
    pub(super) kind: &'static str,
    pub(super) error: Option<Box<Refusal>>,
    pub(super) backend: Option<Name>,
    pub(super) hash_ring_position: Option<u32>,
    pub(super) hash_ring_point: Option<u32>,
    pub(super) owners: Option<Vec<Name>>,
    pub(super) backends: Option<Vec<Name>>,
    pub(super) active_connections: Option<Tally>,
    pub(super) remap: Option<Box<Remap>>,
    pub(super) distribution: Option<Tally>,
    pub(super) state: Option<Box<RoutingState>>,
    pub(super) status: Option<Box<Status>>,
    /// How many open requests an `init` has released.
    pub(super) released: Option<u64>,
}

/// What two processes compare to check that they route alike.
#[derive(Debug)]
pub(super) struct RoutingState {
    pub(super) fingerprint: u64,
    /// Present if the algorithm uses it.
    pub(super) numbering: Option<Numbering>,
}

/// What a change would move.
#[derive(Debug)]
pub(super) struct Remap {
    pub(super) total: u64,
    pub(super) remapped: u64,
    pub(super) remap_ratio: f64,
    pub(super) ideal_remap: f64,
    pub(super) moved: Vec<Moved>,
}

/// Counts by name, in the order of the backends.
#[derive(Debug)]
pub(super) struct Tally(pub(super) Vec<(Name, u64)>);

impl Serialize for Tally {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, count)| (name, count)))
    }
}

/// A client that a change would move.
#[derive(Debug, Serialize)]
pub(super) struct Moved {
    pub(super) client: String,
    pub(super) from: Name,
    pub(super) to: Name,
}

/// The kinds of refusal, with the codes of Maelstrom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Code {
    NotSupported = 10,
    Unavailable = 11,
    Malformed = 12,
    Crashed = 13,
    DoesNotExist = 20,
    ExistsAlready = 21,
    PreconditionFailed = 22,
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u8(*self as u8)
    }
}

/// Why a message is refused. A refusal changes nothing.
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

    pub(super) fn answer(self) -> Answer {
        Answer {
            kind: "error",
            error: Some(Box::new(self)),
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
            RouteError::Failed(_) => Self::new(Code::Crashed, error.to_string()),
            _ => Self::new(Code::PreconditionFailed, error.to_string()),
        }
    }
}

/// Writes an answer as a line: in an envelope if the message had one, and with the message's `msg_id`.
pub(super) fn write(
    output: &mut Vec<u8>,
    parties: Option<&Parties<'_>>,
    in_reply_to: Option<&MsgId<'_>>,
    body: &Answer,
) -> io::Result<()> {
    let mut line = Object::begin(output);
    match parties {
        Some(parties) => {
            line.given("src", parties.dest.as_ref())?;
            line.given("dest", parties.src.as_ref())?;
            body.write(line.object("body"), in_reply_to)?;
            line.end();
        }
        None => body.write(line, in_reply_to)?,
    }
    output.push(b'\n');
    Ok(())
}

impl Answer {
    /// Writes the fields that are present, in the order of the protocol.
    fn write(&self, mut body: Object<'_>, in_reply_to: Option<&MsgId<'_>>) -> io::Result<()> {
        body.field("type", self.kind)?;
        body.given("in_reply_to", in_reply_to)?;
        if let Some(error) = &self.error {
            body.field("code", error.code)?;
            body.field("text", &error.text)?;
        }
        body.given("backend", self.backend.as_ref())?;
        body.given("hash_ring_position", self.hash_ring_position)?;
        body.given("hash_ring_point", self.hash_ring_point)?;
        body.given("owners", self.owners.as_ref())?;
        body.given("backends", self.backends.as_ref())?;
        body.given("active_connections", self.active_connections.as_ref())?;
        if let Some(remap) = &self.remap {
            body.field("total", remap.total)?;
            body.field("remapped", remap.remapped)?;
            body.field("remap_ratio", remap.remap_ratio)?;
            body.field("ideal_remap", remap.ideal_remap)?;
            body.field("moved", &remap.moved)?;
        }
        body.given("distribution", self.distribution.as_ref())?;
        if let Some(state) = &self.state {
            body.fingerprint(state.fingerprint)?;
            body.given("numbering", state.numbering.as_ref())?;
        }
        if let Some(status) = &self.status {
            body.field("algorithm", status.algorithm)?;
            body.fingerprint(status.fingerprint)?;
            body.field("backends", &status.backends)?;
        }
        body.given("released", self.released)?;
        body.end();
        Ok(())
    }
}

/// A JSON object being written. This is faster than deriving a serializer for a structure in which fields are mostly
/// absent.
struct Object<'a> {
    output: &'a mut Vec<u8>,
    separator: &'static str,
}

impl<'a> Object<'a> {
    fn begin(output: &'a mut Vec<u8>) -> Self {
        output.push(b'{');
        Self {
            output,
            separator: "\"",
        }
    }

    fn name(&mut self, name: &str) {
        for part in [self.separator, name, "\": "] {
            self.output.extend_from_slice(part.as_bytes());
        }
        self.separator = ", \"";
    }

    fn field(&mut self, name: &str, value: impl Serialize) -> io::Result<()> {
        self.name(name);
        let mut serializer = serde_json::Serializer::with_formatter(&mut *self.output, Spaced);
        Ok(value.serialize(&mut serializer)?)
    }

    fn given(&mut self, name: &str, value: Option<impl Serialize>) -> io::Result<()> {
        value.map_or(Ok(()), |value| self.field(name, value))
    }

    /// As text, because many readers of JSON lose digits of a 64-bit number.
    fn fingerprint(&mut self, fingerprint: u64) -> io::Result<()> {
        self.field("fingerprint", format_args!("{fingerprint:016x}"))
    }

    fn object(&mut self, name: &str) -> Object<'_> {
        self.name(name);
        Object::begin(self.output)
    }

    fn end(self) {
        self.output.push(b'}');
    }
}

/// Writes a space after every colon and comma.
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
