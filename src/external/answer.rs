//! A line with the answer of a program.

use std::borrow::Cow;

use serde::Deserialize;
use serde::de::IgnoredAny;

/// An answer, with the fields that are read from any answer.
#[derive(Debug, Deserialize)]
#[serde(expecting = "an object with a `type`")]
pub(super) struct Answer<'a> {
    #[serde(borrow, rename = "type")]
    pub(super) kind: Cow<'a, str>,
    pub(super) in_reply_to: Option<u64>,
    #[serde(borrow)]
    backend: Option<Text<'a>>,
    code: Option<u64>,
    #[serde(borrow)]
    text: Option<Text<'a>>,
    numbering: Option<IgnoredAny>,
}

/// A text that borrows if possible; an optional text alone never does.
#[derive(Debug, Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

/// No backend is eligible: the only error to a request that is not a failure.
pub(super) const NO_BACKEND: u64 = 22;

/// Why a program rejects a message.
#[derive(Debug)]
pub(super) struct Refusal {
    pub(super) code: Option<u64>,
    pub(super) text: String,
}

impl<'a> Answer<'a> {
    /// Reads a line.
    ///
    /// # Errors
    /// The fault of the line.
    pub(super) fn read(line: &'a [u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(line)
    }

    /// Returns the backend in the answer.
    pub(super) fn backend(&self) -> Option<&str> {
        self.backend.as_ref().map(|Text(name)| &**name)
    }

    /// Returns whether the answer has a numbering.
    pub(super) const fn has_numbering(&self) -> bool {
        self.numbering.is_some()
    }

    /// Returns why the message is rejected, if this is an error.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        let text = self.text.as_ref().map(|Text(text)| text.to_string());
        (self.kind == "error").then(|| Refusal {
            code: self.code,
            text: text.unwrap_or_default(),
        })
    }
}
