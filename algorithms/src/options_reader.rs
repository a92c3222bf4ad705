//! Reads the options of algorithms: a map from names to sections.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, Visitor};

use crate::card::Card;
use crate::options::Options;
use crate::registry::Registry;

/// Reads [`Options`]: a section for each algorithm of a registry that has options.
#[derive(Clone, Copy, Debug)]
pub struct OptionsReader<'a>(pub &'a Registry);

impl<'de> serde::Deserialize<'de> for Options {
    /// Reads the options of the [built-in](Registry::builtin) algorithms.
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
        let with_options = || {
            let cards = self.0.cards();
            cards.filter(|card| card.section.algorithm().is_some())
        };
        let card = with_options().find(|card| card.names().any(|other| other == name));
        card.ok_or_else(|| {
            let has_it = |card: &&Card| card.options.iter().any(|option| option.name == name);
            match with_options().find(has_it) {
                // The meaning is clear, though not always the algorithm.
                Some(owner) => E::custom(format_args!(
                    "the option `{name}` belongs under the name of its algorithm, for example `{owner}: {{ {name}: … }}`"
                )),
                None => unknown(name, with_options()),
            }
        })
    }
}

fn unknown<E: Error>(name: &str, known: impl Iterator<Item = &'static Card>) -> E {
    let known = known.flat_map(Card::names).map(|name| format!("`{name}`"));
    let known = known.collect::<Vec<_>>().join(", ");
    E::custom(format_args!(
        "unknown field `{name}`, expected one of {known}"
    ))
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::de::IntoDeserializer;
    use serde::de::value::{Error as ReadError, MapDeserializer};

    use super::*;
    use crate::card::{Family, OptionHelp};
    use crate::section_key::SectionKey;
    use crate::section_type::SectionType;
    use crate::strategy::ketama::{self, Ketama};

    /// The options that the author of another crate writes.
    #[derive(Clone, Debug, Default, PartialEq, serde::Deserialize, serde::Serialize)]
    #[serde(default, deny_unknown_fields)]
    struct Layers {
        layers: u64,
    }

    const LAYERS: SectionKey<Layers> = SectionKey::new("stranger");

    static STRANGER: Card = Card {
        aliases: &["another"],
        summary: "a ring in layers",
        section: SectionType::of(LAYERS),
        options: &[OptionHelp {
            name: "layers",
            help: "how many layers there are",
            value: |options| options.get(LAYERS).layers.to_string(),
        }],
        ..Card::new(LAYERS.algorithm(), Family::Ring, &|hashing, _| {
            Box::new(Ketama::new(hashing, ketama::Options::default()))
        })
    };

    /// Reads sections of whole numbers.
    fn read(sections: &[(&str, &[(&str, u64)])]) -> Result<Options, ReadError> {
        let registry = Registry::builtin().clone().with(&STRANGER).unwrap();
        let section = |&(name, options): &(_, &[_])| (name, BTreeMap::from_iter(options.to_vec()));
        let sections = MapDeserializer::new(sections.iter().map(section));
        OptionsReader(&registry).deserialize(sections)
    }

    fn refused(sections: &[(&str, &[(&str, u64)])]) -> String {
        read(sections).unwrap_err().to_string()
    }

    #[test]
    fn sections_of_built_in_and_other_algorithms_are_read_alike() {
        let options = read(&[
            ("another", &[("layers", 3)]),
            ("ketama", &[("points_per_weight", 7)]),
        ]);
        let options = options.unwrap();
        assert_eq!(options.get(LAYERS), Layers { layers: 3 });
        let points = options.get(ketama::SECTION).points_per_weight;
        assert_eq!(points.get(), 7);
        assert_eq!((STRANGER.options[0].value)(&options), "3");
        assert_eq!(read(&[]).unwrap(), Options::default());
    }

    #[test]
    fn errors_are_in_terms_of_the_section() {
        let unknown = refused(&[("stranger", &[("layer", 3)])]);
        assert_eq!(unknown, "unknown field `layer`, expected `layers`");
        let range = refused(&[("ketama", &[("points_per_weight", 0)])]);
        assert_eq!(
            range,
            "points_per_weight 0 is out of range; expected 1 to 65536"
        );
        let twice = refused(&[("stranger", &[]), ("another", &[])]);
        assert_eq!(twice, "duplicate field `stranger`");
        let other = refused(&[("kettama", &[])]);
        assert!(other.starts_with("unknown field `kettama`, expected one of `anchor`"));
        assert!(other.ends_with("`stranger`, `another`"), "{other}");
        let bare = refused(&[("points_per_weight", &[])]);
        assert!(
            bare.ends_with("for example `ketama: { points_per_weight: … }`"),
            "{bare}"
        );
        let bare = refused(&[("points_per_weight", &[])]);
        let such = "for example `ketama: { points_per_weight: … }`";
        assert!(bare.ends_with(such), "{bare}");
        // An algorithm without options has no section.
        assert!(refused(&[("modulo", &[])]).starts_with("unknown field `modulo`"));
    }

    #[test]
    fn only_built_in_sections_are_read_without_a_registry() {
        let sections = BTreeMap::from([("stranger", BTreeMap::<&str, u64>::new())]);
        let deserializer = IntoDeserializer::<ReadError>::into_deserializer(sections);
        let error = <Options as serde::Deserialize>::deserialize(deserializer).unwrap_err();
        assert!(error.to_string().starts_with("unknown field `stranger`"));
    }
}
