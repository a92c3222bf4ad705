//! Reads the options of algorithms: a map from names to sections.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use crate::card::Card;
use crate::options::Options;
use crate::registry::Registry;

/// Reads [`Options`]: a section for each algorithm of a registry that has any.
#[derive(Clone, Copy, Debug)]
pub struct OptionsReader<'a>(pub &'a Registry);

impl<'de> serde::Deserialize<'de> for Options {
    /// Reads the options of the algorithms that are [built in](Registry::builtin).
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        OptionsReader(Registry::builtin()).deserialize(deserializer)
    }
}

impl<'de> DeserializeSeed<'de> for OptionsReader<'_> {
    type Value = Options;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Options, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for OptionsReader<'_> {
    type Value = Options;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a map from algorithms to their options")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Options, A::Error> {
        let mut options = Options::default();
        while let Some(card) = map.next_key_seed(AlgorithmWithOptions(self.0))? {
            if options.algorithms().any(|known| known == card.name) {
                return Err(A::Error::duplicate_field(card.name));
            }
            map.next_value_seed(SectionOf(card, &mut options))?;
        }
        Ok(options)
    }
}

/// Reads the name of an algorithm that has options.
struct AlgorithmWithOptions<'a>(&'a Registry);

impl<'de> DeserializeSeed<'de> for AlgorithmWithOptions<'_> {
    type Value = &'static Card;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl Visitor<'_> for AlgorithmWithOptions<'_> {
    type Value = &'static Card;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of an algorithm with options")
    }

    fn visit_str<E: Error>(self, name: &str) -> Result<&'static Card, E> {
        let mut known = self.0.cards().filter(|card| !card.section.is_none());
        let card = known.find(|card| card.names().any(|other| other == name));
        card.ok_or_else(|| {
            let known = self.0.cards().filter(|card| !card.section.is_none());
            let known = known.flat_map(Card::names).map(|name| format!("`{name}`"));
            let known = known.collect::<Vec<_>>().join(", ");
            E::custom(format_args!(
                "unknown field `{name}`, expected one of {known}"
            ))
        })
    }
}

/// Reads the section of an algorithm into the options.
struct SectionOf<'a>(&'static Card, &'a mut Options);

impl<'de> DeserializeSeed<'de> for SectionOf<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        if let Some(section) = self.0.section.read(deserializer)? {
            self.1.insert(self.0.name, section);
        }
        Ok(())
    }
}
