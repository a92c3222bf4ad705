//! Reads checked numbers and words. The checks are inside the visitor, so that the reader of a file still knows line
//! and column. One visitor serves all types of numbers and one all types of words, because each visitor is compiled
//! with all of its methods.

use std::fmt;

use serde::de::{Deserializer, Error, Unexpected, Visitor};

use crate::error::BuildError;

/// Reads a whole number and checks it.
pub(crate) fn whole_number<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expecting: &dyn fmt::Display,
    check: fn(u64) -> Result<T, BuildError>,
) -> Result<T, D::Error> {
    let number = deserializer.deserialize_u64(WholeNumber {
        expecting,
        check: &|number| check(number).map(drop),
    })?;
    check(number).map_err(D::Error::custom)
}

/// Reads any number and checks it.
pub(crate) fn number<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expecting: &'static str,
    check: fn(f64) -> Result<T, BuildError>,
) -> Result<T, D::Error> {
    let number = deserializer.deserialize_f64(Number {
        expecting,
        check: &|number| check(number).map(drop),
    })?;
    check(number).map_err(D::Error::custom)
}

struct Number<'a> {
    expecting: &'static str,
    check: &'a dyn Fn(f64) -> Result<(), BuildError>,
}

impl Visitor<'_> for Number<'_> {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<f64, E> {
        (self.check)(number).map_err(E::custom)?;
        Ok(number)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<f64, E> {
        self.visit_f64(number as f64)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<f64, E> {
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
    let place = deserializer.deserialize_str(OneOf {
        expecting,
        place: &|word| words.iter().position(|(known, _)| *known == word),
    })?;
    Ok(words[place].1)
}

/// Reads a text and checks it, if it is one. YAML would read any scalar as text.
pub(crate) fn any_text<'de, D: Deserializer<'de>, T>(
    deserializer: D,
    expecting: &'static str,
    check: fn(&str) -> Result<T, BuildError>,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(Text { expecting, check })
}

struct Text<T> {
    expecting: &'static str,
    check: fn(&str) -> Result<T, BuildError>,
}

impl<T> Visitor<'_> for Text<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        (self.check)(text).map_err(E::custom)
    }
}

struct OneOf<'a> {
    expecting: &'static str,
    /// Returns the position of a word among the known ones.
    place: &'a dyn Fn(&str) -> Option<usize>,
}

impl Visitor<'_> for OneOf<'_> {
    type Value = usize;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expecting)
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<usize, E> {
        (self.place)(word).ok_or_else(|| E::invalid_value(Unexpected::Str(word), &self))
    }
}

struct WholeNumber<'a> {
    expecting: &'a dyn fmt::Display,
    check: &'a dyn Fn(u64) -> Result<(), BuildError>,
}

impl Visitor<'_> for WholeNumber<'_> {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.expecting.fmt(f)
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<u64, E> {
        (self.check)(number).map_err(E::custom)?;
        Ok(number)
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<u64, E> {
        match u64::try_from(number) {
            Ok(number) => self.visit_u64(number),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(number), &self)),
        }
    }
}
