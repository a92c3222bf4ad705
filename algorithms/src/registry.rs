//! The algorithms that can be selected by name.

use thiserror::Error;

use crate::card::{Card, Origin, Size};
#[cfg(feature = "dialects")]
use crate::dialect;
use crate::hash::Seed;
use crate::options::Options;
use crate::profile::Key;
use crate::strategy;

/// The algorithms that can be selected by name.
///
/// ```
/// use evenkeel_algorithms::Registry;
///
/// let registry = Registry::builtin();
/// assert_eq!(registry.named("consistent-hash")?.name, "ketama");
/// assert!(registry.named("kettama").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Registry {
    /// The algorithms besides the built-in ones.
    added: Vec<&'static Card>,
}

static BUILTIN: Registry = Registry { added: Vec::new() };

impl Registry {
    /// Returns our own algorithms and, with the feature `dialects`, those of other programs.
    #[must_use]
    pub const fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// Returns the same registry with one more algorithm.
    ///
    /// # Errors
    /// [`UnfitCard`] if a name is taken or invalid, or the card contradicts itself.
    pub fn with(mut self, card: &'static Card) -> Result<Self, UnfitCard> {
        self.check(card)?;
        self.added.push(card);
        Ok(self)
    }

    fn check(&self, card: &Card) -> Result<(), UnfitCard> {
        for (place, name) in card.names().enumerate() {
            if !is_name(name) {
                return Err(UnfitCard::IllNamed { name });
            }
            let is_repeated = card.names().take(place).any(|before| before == name);
            if is_repeated || self.named(name).is_ok() {
                return Err(UnfitCard::NameTaken { name });
            }
        }
        match card.section.algorithm() {
            Some(section) if section != card.name => Err(UnfitCard::SectionOfAnother {
                name: card.name,
                section,
            }),
            None if !card.options.is_empty() => Err(UnfitCard::NoSection { name: card.name }),
            _ => Ok(()),
        }?;
        if card.origin == Origin::Own {
            let profile = card.algorithm(Seed::DEFAULT, &Options::default()).profile();
            let by_key = profile.key != Key::Unused;
            if by_key != card.family.is_by_key() {
                let name = card.name;
                return Err(UnfitCard::KeyUnlikeFamily { name, by_key });
            }
        }
        let is_option = |size: &Size| card.options.iter().any(|known| known.name == size.option);
        match card.size.filter(|size| !is_option(size)) {
            Some(size) => Err(UnfitCard::UnknownSize {
                name: card.name,
                option: size.option,
            }),
            None => Ok(()),
        }
    }

    /// Returns the strategies that were [added](Self::with).
    pub fn custom(&self) -> impl Iterator<Item = &'static Card> + use<'_> {
        let added = self.added.iter().copied();
        added.filter(|card| card.origin == Origin::Own)
    }

    /// Returns the strategies: our own in alphabetical order, then those that were added. Dialects and algorithms that
    /// ask a program are excluded.
    pub fn strategies(&self) -> impl Iterator<Item = &'static Card> + use<'_> {
        self.cards().filter(|card| card.origin == Origin::Own)
    }

    /// Returns every algorithm: our own in alphabetical order, the dialects of programs, those of clients, and those
    /// that were added.
    pub fn cards(&self) -> impl Iterator<Item = &'static Card> + use<'_> {
        let own = strategy::CARDS.iter();
        #[cfg(feature = "dialects")]
        let own = own.chain(dialect::CARDS.iter().copied().flatten());
        own.chain(&self.added).copied()
    }

    /// Returns the algorithm with this name or alias.
    ///
    /// # Errors
    /// [`UnknownAlgorithm`], which lists the known names.
    pub fn named(&self, name: &str) -> Result<&'static Card, UnknownAlgorithm> {
        let known = self
            .cards()
            .find(|card| card.names().any(|other| other == name));
        known.ok_or_else(|| UnknownAlgorithm {
            name: name.to_owned(),
            known: self.listed().collect(),
        })
    }

    /// Returns the names that an error lists: our own and those that were added.
    fn listed(&self) -> impl Iterator<Item = &'static str> {
        let cards = strategy::CARDS.iter().chain(&self.added);
        cards.flat_map(|card| card.names())
    }
}

/// Returns whether a name is valid in a config, in a list of names and on a command line; `all` means all algorithms.
fn is_name(name: &str) -> bool {
    let is_letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    name != "all"
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(is_letter)
}

/// Why a card cannot be added to a registry.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnfitCard {
    /// A name is already used, or the card has it twice.
    #[error("the name `{name}` is already used by an algorithm; choose another name")]
    NameTaken {
        /// The name.
        name: &'static str,
    },
    /// A name is invalid in a config.
    #[error(
        "`{name}` is not a valid name; expected lowercase letters, digits and hyphens, starting with a letter, and not `all`"
    )]
    IllNamed {
        /// The name.
        name: &'static str,
    },
    /// The options belong to another algorithm, so the card would not find its own.
    #[error(
        "the section of `{name}` belongs to `{section}`; expected a key with the name `{name}`"
    )]
    SectionOfAnother {
        /// The algorithm.
        name: &'static str,
        /// The owner of the section.
        section: &'static str,
    },
    /// The options have no section, so nothing reads them.
    #[error("`{name}` has options but no section; expected a section type")]
    NoSection {
        /// The algorithm.
        name: &'static str,
    },
    /// The family is by key and the profile is not, or the other way round.
    #[error(
        "the profile of `{name}` {}, but its family does not; expected both to agree",
        if *by_key { "picks by key" } else { "uses no key" }
    )]
    KeyUnlikeFamily {
        /// The algorithm.
        name: &'static str,
        /// Whether its profile picks by key.
        by_key: bool,
    },
    /// The size is not one of the options.
    #[error("the size `{option}` of `{name}` is not one of its options")]
    UnknownSize {
        /// The algorithm.
        name: &'static str,
        /// The option.
        option: &'static str,
    },
}

/// The name of an algorithm that does not exist.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("unknown algorithm `{name}`, expected one of {}", self.expected())]
#[non_exhaustive]
pub struct UnknownAlgorithm {
    /// The unknown name.
    pub name: String,
    /// The names of our own algorithms and of those that were [added](Registry::with), without the many dialects.
    pub known: Vec<&'static str>,
}

impl UnknownAlgorithm {
    fn expected(&self) -> String {
        let known = self.known.iter().map(|name| format!("`{name}`"));
        let others = cfg!(feature = "dialects").then(|| "a dialect of another program".to_owned());
        known.chain(others).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::card::{Family, Feedback, OptionHelp, ShareVariance};
    use crate::section_key::SectionKey;
    use crate::section_type::SectionType;

    #[test]
    fn names_are_distinct_and_sorted() {
        let registry = Registry::builtin();
        let mut names: Vec<_> = registry.cards().flat_map(Card::names).collect();
        assert!(strategy::CARDS.is_sorted_by_key(|card| card.name));
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]));
    }

    #[test]
    fn every_name_finds_its_algorithm() {
        let registry = Registry::builtin();
        for card in registry.cards() {
            assert!(card.names().all(|name| registry.named(name) == Ok(card)));
        }
        let unknown = registry.named("kettama").unwrap_err().to_string();
        assert!(unknown.contains("`kettama`") && unknown.contains("`consistent-hash`"));
    }

    /// The card and the balancer built from it agree.
    #[test]
    fn facts_agree_with_the_profile() {
        for card in Registry::builtin().cards() {
            let profile = card.algorithm(Seed::DEFAULT, &Options::default()).profile();
            let by_key = profile.key != Key::Unused;
            assert_eq!(card.family.is_by_key(), by_key, "{card}");
            let counts = matches!(card.feedback, Feedback::InFlight | Feedback::Latencies);
            assert!(!counts || profile.in_flight, "{card}");
            let learns = card.feedback == Feedback::Latencies;
            assert_eq!(learns, profile.on_outcome, "{card}");
            let by_load = card.shares == ShareVariance::ByLoad;
            assert_eq!(by_load, card.feedback != Feedback::None, "{card}");
            assert_eq!(
                card.origin.is_dialect(),
                !strategy::CARDS.contains(&card),
                "{card}"
            );
        }
    }

    #[test]
    fn a_taken_name_is_rejected() {
        let taken = Registry::builtin().clone().with(&strategy::ketama::CARD);
        assert_eq!(taken.unwrap_err(), UnfitCard::NameTaken { name: "ketama" });
    }

    #[test]
    fn a_card_that_could_not_be_used_is_rejected() {
        const KEY: SectionKey<strategy::ketama::Options> = SectionKey::new("layers");
        const OPTIONS: &[OptionHelp] = strategy::ketama::CARD.options;
        const LAYERS: Card = Card::new("layers", Family::Ring, strategy::ketama::CARD.make);
        let refused = |card: Card| {
            let added = Registry::builtin().clone().with(Box::leak(Box::new(card)));
            added.unwrap_err().to_string()
        };
        for name in [
            "",
            "all",
            "Layers",
            "two layers",
            "a,b",
            "2-layers",
            "layers_2",
        ] {
            let expected = format!("`{name}` is not a valid name; ");
            assert!(
                refused(Card { name, ..LAYERS }).starts_with(&expected),
                "{name}"
            );
        }
        let aliases = &["layers"];
        let twice = refused(Card { aliases, ..LAYERS });
        assert!(
            twice.starts_with("the name `layers` is already used"),
            "{twice}"
        );
        let family = Family::Turns;
        let unlike = refused(Card { family, ..LAYERS });
        let expected = "the profile of `layers` picks by key, but its family does not; ";
        assert!(unlike.starts_with(expected), "{unlike}");
        let section = SectionType::of(strategy::ketama::SECTION);
        let other = refused(Card { section, ..LAYERS });
        assert!(
            other.starts_with("the section of `layers` belongs to `ketama`"),
            "{other}"
        );
        let options = OPTIONS;
        let unread = refused(Card { options, ..LAYERS });
        assert!(
            unread.starts_with("`layers` has options but no section"),
            "{unread}"
        );
        let (section, size) = (SectionType::of(KEY), strategy::ketama::CARD.size);
        let unknown = refused(Card {
            section,
            size,
            ..LAYERS
        });
        assert!(
            unknown.starts_with("the size `points_per_weight` of `layers`"),
            "{unknown}"
        );
        let card = Card {
            section,
            size,
            options,
            ..LAYERS
        };
        assert!(
            Registry::builtin()
                .clone()
                .with(Box::leak(Box::new(card)))
                .is_ok()
        );
    }

    #[test]
    fn the_cards_that_are_built_in_are_sound() {
        for card in Registry::builtin().cards() {
            assert!(card.names().all(is_name), "{card}");
            assert_eq!(
                card.section.algorithm().is_some(),
                !card.options.is_empty(),
                "{card}"
            );
            assert!(
                card.section
                    .algorithm()
                    .is_none_or(|section| section == card.name),
                "{card}"
            );
        }
    }

    #[test]
    fn added_algorithms_are_found_and_listed() {
        static ADDED: Card = Card {
            aliases: &["another"],
            ..Card::new("layers", Family::Ring, strategy::ketama::CARD.make)
        };
        let registry = Registry::builtin().clone().with(&ADDED).unwrap();
        assert_eq!(registry.named("another"), Ok(&ADDED));
        let unknown = registry.named("layer").unwrap_err();
        let builtin = Registry::builtin().named("layer").unwrap_err();
        assert_eq!(unknown.known[builtin.known.len()..], ["layers", "another"]);
        let expected = builtin.known.last().unwrap();
        let message = builtin.to_string().replace(
            &format!("`{expected}`"),
            &format!("`{expected}`, `layers`, `another`"),
        );
        assert_eq!(unknown.to_string(), message);
    }
}
