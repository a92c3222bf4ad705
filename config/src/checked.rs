//! A text that is checked while it is read.

use std::fmt;

use serde::de::{Error, Visitor};

/// A text that is checked while it is read.
pub struct CheckedText<F> {
    /// What it should be, for errors.
    pub expecting: &'static str,
    /// Returns the value, or what is wrong with the text.
    pub check: F,
}

impl<T, F: Fn(&str) -> Result<T, String>> Visitor<'_> for CheckedText<F> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.check)(text).map_err(E::custom)
    }
}
