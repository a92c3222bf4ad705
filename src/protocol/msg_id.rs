//! The `msg_id` of a message: a whole number or a text, which the answer repeats.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::ser::{Serialize, Serializer};

use super::message::Text;

/// The name that a client gives to a message. The number 7 and the text "7" are two names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum MsgId<'a> {
    Number(u64),
    Text(Text<'a>),
}

impl MsgId<'_> {
    /// Returns a copy that outlives the line.
    pub(super) fn to_static(&self) -> MsgId<'static> {
        match self {
            Self::Number(number) => MsgId::Number(*number),
            Self::Text(text) => MsgId::Text(Cow::Owned(text.to_string())),
        }
    }
}

impl fmt::Display for MsgId<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => write!(f, "{number}"),
            Self::Text(text) => write!(f, "`{text}`"),
        }
    }
}

impl Serialize for MsgId<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_u64(*number),
            Self::Text(text) => serializer.serialize_str(text),
        }
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for MsgId<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(MsgIdVisitor)
    }
}

struct MsgIdVisitor;

impl<'de> Visitor<'de> for MsgIdVisitor {
    type Value = MsgId<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a whole number of 64 bits or a text")
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<MsgId<'de>, E> {
        Ok(MsgId::Number(number))
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<MsgId<'de>, E> {
        Ok(MsgId::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<MsgId<'de>, E> {
        Ok(MsgId::Text(Cow::Owned(text.to_owned())))
    }
}
