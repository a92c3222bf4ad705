//! From a line to a message, with its envelope if it has one.
//!
//! Nearly every line is an envelope in the canonical form, which is parsed at once. Other lines are parsed field by
//! field: to tell envelopes from bare messages, to skip fields that the message's type does not have, and to name the
//! field at fault.

use std::fmt;

use evenkeel_config::{in_plain_words, with_suggestion};
use serde::Deserialize;
use serde::de::value::MapDeserializer;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::answer::Refusal;
use super::message::{Envelope, Message, Parties, Text};
use super::message_type::MessageType;
use super::msg_id::MsgId;

/// A parsed line.
pub(super) struct Parsed<'a> {
    /// Absent for a bare message.
    pub(super) parties: Option<Parties<'a>>,
    pub(super) in_reply_to: Option<MsgId<'a>>,
    pub(super) message: Result<Box<Message<'a>>, Refusal>,
}

impl<'a> Parsed<'a> {
    #[inline]
    pub(super) fn of(line: &'a [u8]) -> Self {
        let Ok(text) = std::str::from_utf8(line) else {
            return Self::unreadable("the line is not UTF-8");
        };
        match serde_json::from_str(text) {
            Ok(Envelope {
                src,
                dest,
                body,
                kind: None,
            }) => Self {
                parties: Some(Parties { src, dest }),
                in_reply_to: body.msg_id.clone(),
                message: Ok(body),
            },
            _ => Self::by_field(text),
        }
    }

    /// A line that cannot be parsed, which is answered bare.
    pub(super) fn unreadable(text: impl Into<String>) -> Self {
        Self {
            parties: None,
            in_reply_to: None,
            message: Err(Refusal::malformed(text)),
        }
    }

    fn by_field(text: &'a str) -> Self {
        let fields: Fields<'a> = match serde_json::from_str(text) {
            Ok(fields) => fields,
            Err(error) => return Self::unreadable(format!("not a JSON object: {error}")),
        };
        if fields.get("type").is_some() {
            return Self::body(None, &fields);
        }
        let Some(body) = fields.get("body") else {
            return Self::body(None, &fields);
        };
        let parties = Parties {
            src: fields.read("src"),
            dest: fields.read("dest"),
        };
        if let Some(what) = fields.fault_of_envelope() {
            let message = Err(Refusal::malformed(what));
            return Self {
                parties: Some(parties),
                in_reply_to: None,
                message,
            };
        }
        match serde_json::from_str(body.get()) {
            Ok(fields) => Self::body(Some(parties), &fields),
            Err(_) => {
                let message = Err(Refusal::malformed("body: expected an object"));
                Self {
                    parties: Some(parties),
                    in_reply_to: None,
                    message,
                }
            }
        }
    }

    fn body(parties: Option<Parties<'a>>, fields: &Fields<'a>) -> Self {
        let in_reply_to = fields.read("msg_id");
        Self {
            parties,
            in_reply_to,
            message: fields.message(),
        }
    }
}

/// The unparsed fields of an object.
struct Fields<'a>(Vec<(Text<'a>, &'a RawValue)>);

impl<'a> Fields<'a> {
    fn get(&self, name: &str) -> Option<&'a RawValue> {
        self.0
            .iter()
            .find(|(field, _)| field == name)
            .map(|&(_, value)| value)
    }

    fn read<T: Deserialize<'a>>(&self, name: &str) -> Option<T> {
        serde_json::from_str(self.get(name)?.get()).ok()
    }

    /// Returns what is wrong with the fields around a body.
    fn fault_of_envelope(&self) -> Option<String> {
        let given = |name| self.0.iter().filter(|(field, _)| field == name).count();
        let no_text = |name| given(name) == 1 && self.read::<Option<Text<'a>>>(name).is_none();
        ["src", "dest", "body"].into_iter().find_map(|name| {
            if given(name) > 1 {
                Some(format!("duplicate field `{name}`"))
            } else if name != "body" && no_text(name) {
                Some(format!("{name}: expected a text"))
            } else {
                None
            }
        })
    }

    /// Parses the fields that the message's type has.
    fn message(&self) -> Result<Box<Message<'a>>, Refusal> {
        let kind: Text<'a> = self.read("type").unwrap_or_default();
        let known = MessageType::named(&kind).map_or(&[][..], |asked| asked.fields);
        let read = |name: &str| name == "type" || name == "msg_id" || known.contains(&name);
        let fields = self
            .0
            .iter()
            .filter(|(name, _)| read(name))
            .map(|(name, value)| (name.clone(), *value));
        serde_path_to_error::deserialize(MapDeserializer::<_, serde_json::Error>::new(fields))
            .map_err(|error| {
                Refusal::malformed(described(&error.path().to_string(), error.inner()))
            })
    }
}

/// Returns which field is at fault and why, with the nearest known name if it is misspelt.
pub(super) fn described(path: &str, inner: &serde_json::Error) -> String {
    let message = inner.to_string();
    // The place is one in the field's own text, not in the line.
    let place = format!(" at line {} column {}", inner.line(), inner.column());
    let what = message.strip_suffix(&place).unwrap_or(&message);
    let what = with_suggestion(in_plain_words(what));
    // A question mark stands for an unknown part of a path.
    match path.trim_end_matches(".?") {
        "." | "?" => what,
        path => format!("{path}: {what}"),
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct FieldsVisitor;
        impl<'de> Visitor<'de> for FieldsVisitor {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Fields<'de>, A::Error> {
                let mut fields = Vec::new();
                while let Some(entry) = map.next_entry()? {
                    fields.push(entry);
                }
                Ok(Fields(fields))
            }
        }
        deserializer.deserialize_map(FieldsVisitor)
    }
}
