//! What is to be known of an algorithm before choosing it.

use std::fmt;

use crate::algorithm::Algorithm;
use crate::hash::Hashing;
use crate::options::Options;
use crate::section_type::SectionType;

/// What is to be known of an algorithm before choosing it, and how its settings make it. Each algorithm's file
/// holds its own.
#[derive(Debug)]
pub struct Card {
    /// The canonical name, in kebab case.
    pub name: &'static str,
    /// Other names that mean the same.
    pub aliases: &'static [&'static str],
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// Its options.
    pub options: &'static [OptionHelp],
    /// The cost of a build: n backends, W the sum of weights.
    pub build: &'static str,
    /// The cost of a pick.
    pub pick: &'static str,
    /// The memory held.
    pub memory: &'static str,
    /// What a weight means.
    pub weights: &'static str,
    /// What moves when the membership changes.
    pub disruption: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// The type of its options.
    pub section: SectionType,
    /// Makes the algorithm of a hash and the options.
    pub new: fn(Hashing, &Options) -> Box<dyn Algorithm>,
}

/// One option of an algorithm.
#[derive(Clone, Copy, Debug)]
pub struct OptionHelp {
    /// Its name in a config.
    pub name: &'static str,
    /// Its meaning and range.
    pub help: &'static str,
    /// Its value in some options; its default in the default ones.
    pub value: fn(&Options) -> String,
}

impl Card {
    /// The canonical name and the others.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// The algorithm with these settings.
    #[must_use]
    pub fn algorithm(&self, hashing: impl Into<Hashing>, options: &Options) -> Box<dyn Algorithm> {
        (self.new)(hashing.into(), options)
    }
}

impl PartialEq for Card {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

impl Eq for Card {}

impl fmt::Display for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name)
    }
}
