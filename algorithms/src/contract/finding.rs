//! A contradiction to a law.

use std::error::Error;
use std::fmt;

/// A contradiction to a law, as a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding(String);

impl Finding {
    /// Creates a finding with this text.
    #[must_use]
    pub fn new(found: impl fmt::Display) -> Self {
        Self(found.to_string())
    }

    /// Checks that a law holds in one place.
    ///
    /// # Errors
    /// The finding, if it does not hold.
    pub fn unless(holds: bool, found: impl FnOnce() -> String) -> Result<(), Self> {
        if holds { Ok(()) } else { Err(Self(found())) }
    }

    /// Checks that an answer is the expected one.
    ///
    /// # Errors
    /// The question, the answer and the expected one.
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
