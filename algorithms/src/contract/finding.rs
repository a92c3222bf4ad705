//! What contradicts a law.

use std::error::Error;
use std::fmt;

/// What contradicts a law, in a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding(String);

impl Finding {
    /// Creates a finding in these words.
    #[must_use]
    pub fn new(found: impl fmt::Display) -> Self {
        Self(found.to_string())
    }

    /// Nothing if the law holds here, and what contradicts it otherwise.
    ///
    /// # Errors
    /// The finding.
    pub fn unless(holds: bool, found: impl FnOnce() -> String) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(Self(found())) }
    }

    /// Nothing if an answer is the one expected.
    ///
    /// # Errors
    /// What was asked, the answer and the one expected.
    pub fn expect<T: PartialEq + fmt::Debug>(
        asked: impl fmt::Display,
        answer: &T,
        expected: &T,
    ) -> Result<(), Self> {
        Self::unless(answer == expected, || {
            format!("{asked} → {answer:?}, expected {expected:?}")
        })
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<E: Error> From<E> for Finding {
    fn from(error: E) -> Self {
        Self(error.to_string())
    }
}
