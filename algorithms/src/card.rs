//! What is to be known of an algorithm before choosing it.

use std::fmt;

use crate::algorithm::Algorithm;
use crate::hash::Hashing;
use crate::options::Options;
use crate::section_type::SectionType;

mod cost;
mod family;
mod feedback;
mod origin;
mod share_variance;

pub use cost::{Cost, Order};
pub use family::Family;
pub use feedback::Feedback;
pub use origin::{Origin, Program};
pub use share_variance::ShareVariance;

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
    /// The way in which it picks.
    pub family: Family,
    /// Where it is from: ours, or a program.
    pub origin: Origin,
    /// What picks depend on beside the pool and the key.
    pub feedback: Feedback,
    /// How far shares are off the weights.
    pub shares: ShareVariance,
    /// The cost of a build.
    pub build: Cost,
    /// The cost of a pick.
    pub pick: Cost,
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

    /// The section of the algorithm in some options, to be written as what it is read from; none if the
    /// algorithm has no options. What an option left out stands for may be written out: it reads back as
    /// a section that answers the same, not always as an equal one.
    #[cfg(feature = "serde")]
    #[must_use]
    pub fn section_in(&self, options: &Options) -> Option<impl serde::Serialize + use<>> {
        self.section.written(options, self.name)
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
