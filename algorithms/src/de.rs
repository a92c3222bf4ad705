//! Reads checked numbers, refusing them inside the visitor so that the reader of a file still knows
//! the line and column.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, Error, Unexpected, Visitor};

use crate::error::BuildError;

/// Reads a whole number and checks it.
pub(crate) fn whole_number<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expecting: &'static str,
    check: fn(u64) -> Result<T, BuildError>,
) -> Result<T, D::Error> {
    deserializer.deserialize_u64(WholeNumber {
        expecting,
        check,
        checked: PhantomData,
    })
}

/// Reads any number and checks it.
pub(crate) fn number<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expecting: &'static str,
    check: fn(f64) -> Result<T, BuildError>,
) -> Result<T, D::Error> {
    deserializer.deserialize_f64(Number { expecting, check })
}

struct Number<T> {
    expecting: &'static str,
    check: fn(f64) -> Result<T, BuildError>,
}

impl<T> Visitor<'_> for Number<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<T, E> {
        (self.check)(number).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        self.visit_f64(number as f64)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        self.visit_f64(number as f64)
    }
}

/// Reads a text and checks it.
#[cfg(feature = "dialects")]
pub(crate) fn text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expecting: &'static str,
    check: fn(&str) -> Result<T, BuildError>,
) -> Result<T, D::Error> {
    deserializer.deserialize_str(Text { expecting, check })
}

/// Reads one of some words.
pub(crate) fn one_of<'de, D: Deserializer<'de>, T: Copy>(
    deserializer: D,
    expecting: &'static str,
    words: &[(&str, T)],
) -> Result<T, D::Error> {
    deserializer.deserialize_str(OneOf { expecting, words })
}

#[cfg(feature = "dialects")]
struct Text<T> {
    expecting: &'static str,
    check: fn(&str) -> Result<T, BuildError>,
}

#[cfg(feature = "dialects")]
impl<T> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.check)(text).map_err(E::custom)
    }
}

struct OneOf<'a, T> {
    expecting: &'static str,
    words: &'a [(&'a str, T)],
}

impl<T: Copy> Visitor<'_> for OneOf<'_, T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<T, E> {
        let known = self.words.iter().find(|(known, _)| *known == word);
        let known = known.map(|&(_, value)| value);
        known.ok_or_else(|| E::invalid_value(Unexpected::Str(word), &self))
    }
}

struct WholeNumber<T> {
    expecting: &'static str,
    check: fn(u64) -> Result<T, BuildError>,
    checked: PhantomData<T>,
}

impl<T> Visitor<'_> for WholeNumber<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        (self.check)(number).map_err(E::custom)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<T, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
        }
    }
}
