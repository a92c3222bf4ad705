//! The algorithms that a name can choose.

use thiserror::Error;

use crate::card::Card;
#[cfg(feature = "dialects")]
use crate::dialect;
use crate::strategy;

/// The algorithms that a name can choose.
///
/// ```
/// use evenkeel_algorithms::Registry;
///
/// let registry = Registry::builtin();
/// assert_eq!(registry.named("consistent-hash")?.name, "ketama");
/// assert!(registry.named("kettama").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Registry {
    /// Beside those that are built in.
    added: Vec<&'static Card>,
}

static BUILTIN: Registry = Registry { added: Vec::new() };

impl Registry {
    /// Our own algorithms and, with the feature `dialects`, those of other programs.
    #[must_use]
    pub const fn builtin() -> &'static Self {
        &BUILTIN
    }

    /// The same algorithms and one more.
    ///
    /// # Errors
    /// [`NameTaken`] if one of its names is that of another.
    pub fn with(mut self, card: &'static Card) -> Result<Self, NameTaken> {
        if let Some(name) = card.names().find(|name| self.named(name).is_ok()) {
            return Err(NameTaken { name });
        }
        self.added.push(card);
        Ok(self)
    }

    /// Every algorithm: our own in alphabetical order, the dialects of programs, those of clients, and what was
    /// added.
    pub fn cards(&self) -> impl Iterator<Item = &'static Card> + use<'_> {
        let own = strategy::CARDS.iter();
        #[cfg(feature = "dialects")]
        let own = own.chain(dialect::CARDS.iter().copied().flatten());
        own.chain(&self.added).copied()
    }

    /// The algorithm of a name or another name for it.
    ///
    /// # Errors
    /// [`UnknownAlgorithm`], which lists the known ones.
    pub fn named(&self, name: &str) -> Result<&'static Card, UnknownAlgorithm> {
        let known = self
            .cards()
            .find(|card| card.names().any(|other| other == name));
        known.ok_or_else(|| UnknownAlgorithm {
            name: name.to_owned(),
            known: self.listed().collect(),
        })
    }

    /// The names that a message lists: ours and those that were added.
    fn listed(&self) -> impl Iterator<Item = &'static str> {
        let cards = strategy::CARDS.iter().chain(&self.added);
        cards.flat_map(|card| card.names())
    }
}

/// A name that an algorithm has already.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("there is an algorithm `{name}` already; expected another name")]
pub struct NameTaken {
    /// The name.
    pub name: &'static str,
}

/// A name that no algorithm has.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("unknown algorithm `{name}`, expected one of {}", self.expected())]
#[non_exhaustive]
pub struct UnknownAlgorithm {
    /// The name that was asked for.
    pub name: String,
    /// The names of our own algorithms and of those that were [added](Registry::with). Those of the dialects are
    /// many.
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
    use crate::card::{Feedback, ShareVariance};
    use crate::hash::Seed;
    use crate::options::Options;
    use crate::profile::Key;

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

    /// What a card says and what is built of it are one.
    #[test]
    fn facts_are_those_of_the_profile() {
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
    fn a_taken_name_is_refused() {
        let taken = Registry::builtin().clone().with(&strategy::ketama::CARD);
        assert_eq!(taken.unwrap_err(), NameTaken { name: "ketama" });
    }

    #[test]
    fn what_was_added_is_found_and_listed() {
        static ADDED: Card = Card {
            name: "layers",
            aliases: &["another"],
            ..strategy::ketama::CARD
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
