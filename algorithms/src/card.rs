//! Facts about an algorithm for choosing it.

use std::fmt;

use crate::algorithm::Algorithm;
use crate::hash::Hashing;
use crate::options::Options;
use crate::section_type::SectionType;

mod cost;
mod failover;
mod family;
mod feedback;
mod origin;
mod owner_order;
mod share_variance;
mod size;

pub use cost::{Cost, Order};
pub use failover::Failover;
pub use family::Family;
pub use feedback::Feedback;
pub use origin::{Origin, Program};
pub use owner_order::OwnerOrder;
pub use share_variance::{ShareVariance, Variance};
pub(crate) use size::sized;
pub use size::{Size, Sizes};

/// Makes an algorithm from a hash and the options.
pub type Make = dyn Fn(Hashing, &Options) -> Box<dyn Algorithm> + Send + Sync;

/// The facts about an algorithm that matter for choosing it, and how its settings make it. Each algorithm's file holds
/// its own card.
///
/// A card states what differs from [`Card::new`]. A [`Registry`](crate::Registry) finds it by its name.
///
/// ```
/// use evenkeel_algorithms::{Card, Family, HashFunction, Hashing, Pool, Registry, LoadBalancer, Options, Rendezvous};
///
/// static FAST: Card = Card {
///     summary: "rendezvous over keys that are hashed by XXH3",
///     ..Card::new("fast-rendezvous", Family::Scores, &|hashing, _| {
///         Box::new(Rendezvous::new(Hashing { function: HashFunction::Xxh3, ..hashing }))
///     })
/// };
///
/// let registry = Registry::builtin().clone().with(&FAST)?;
/// let algorithm = registry.named("fast-rendezvous")?.algorithm(Hashing::default(), &Options::default());
/// let balancer = LoadBalancer::new(algorithm, Pool::new(["b1", "b2", "b3"])?)?;
/// balancer.route(Some(b"alice"))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Card {
    /// The canonical name: lowercase letters, digits and hyphens.
    pub name: &'static str,
    /// Other names that mean the same.
    pub aliases: &'static [&'static str],
    /// What it does, in one sentence.
    pub summary: &'static str,
    /// Its options.
    pub options: &'static [OptionHelp],
    /// How it picks.
    pub family: Family,
    /// Its origin: this crate, or a program.
    pub origin: Origin,
    /// What picks depend on besides the pool and the key.
    pub feedback: Feedback,
    /// How far shares deviate from the weights.
    pub shares: ShareVariance,
    /// The deviation as a number, where shares are not as even as random assignment.
    pub variance: Option<Variance>,
    /// Where the keys of an unavailable backend go.
    pub failover: Failover,
    /// What remains of a key's order of preference when a backend leaves.
    pub owner_order: OwnerOrder,
    /// The cost of a build.
    pub build: Cost,
    /// The cost of a pick.
    pub pick: Cost,
    /// The memory held.
    pub memory: &'static str,
    /// What a weight means.
    pub weights: &'static str,
    /// Which keys move when the membership changes.
    pub disruption: &'static str,
    /// Its reference.
    pub source: &'static str,
    /// The type of its options.
    pub section: SectionType,
    /// The option that trades memory or time for evenness, if there is one.
    pub size: Option<Size>,
    /// Sets the options under which the laws are checked, if the defaults take long to build (a large table) or suspend
    /// a law (panic routing).
    pub lawful: fn(&mut Options),
    /// Makes the algorithm from a hash and the options.
    pub make: &'static Make,
}

/// One option of an algorithm.
#[derive(Clone, Copy, Debug)]
pub struct OptionHelp {
    /// Its name in a config.
    pub name: &'static str,
    /// Its meaning and range.
    pub help: &'static str,
    /// Returns its value in some options; in the default options, its default.
    pub value: fn(&Options) -> String,
}

/// The text for a field that a card leaves open.
const NOT_STATED: &str = "-";

impl Card {
    /// Creates a minimal card: no other names, options, size or feedback; shares, failover, costs and weights not
    /// stated; origin [`Origin::Own`]. A card with more facts starts from it.
    #[must_use]
    pub const fn new(name: &'static str, family: Family, make: &'static Make) -> Self {
        Self {
            name,
            aliases: &[],
            summary: NOT_STATED,
            options: &[],
            family,
            origin: Origin::Own,
            feedback: Feedback::None,
            shares: ShareVariance::NotStated,
            variance: None,
            failover: Failover::NotStated,
            owner_order: OwnerOrder::Kept,
            build: Cost::NOT_STATED,
            pick: Cost::NOT_STATED,
            memory: NOT_STATED,
            weights: NOT_STATED,
            disruption: NOT_STATED,
            source: NOT_STATED,
            section: SectionType::NONE,
            size: None,
            lawful: |_| (),
            make,
        }
    }

    /// Returns the canonical name and the other names.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        std::iter::once(self.name).chain(self.aliases.iter().copied())
    }

    /// Returns the algorithm with these settings.
    #[must_use]
    pub fn algorithm(&self, hashing: impl Into<Hashing>, options: &Options) -> Box<dyn Algorithm> {
        (self.make)(hashing.into(), options)
    }

    /// Returns the algorithm's section of some options in a form that serializes, or `None` if the algorithm has no
    /// options. Defaults may be written out: the result reads back as a section that answers the same, though not
    /// always as an equal one.
    #[cfg(feature = "serde")]
    #[must_use]
    pub fn section_in(&self, options: &Options) -> Option<impl serde::Serialize + use<>> {
        self.section.written(options)
    }
}

impl fmt::Debug for Card {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Card").field(&self.name).finish()
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
