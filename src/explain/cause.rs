//! Why a key has another backend after a change.

use serde::Serialize;

use super::skipped::Why;
use super::told::Told;
use crate::text::{list, named};

/// Why a key has another backend in a second config than in the first.
///
/// All but the last two were tested: a backend that is gone, new, or out of service is so, and with a difference undone
/// the key has the backend that it had.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cause {
    /// The key has the same backend, or none in both.
    Same,
    /// The backend that had the key is not in the second config.
    Gone {
        /// The backend.
        backend: String,
    },
    /// The backend that had the key gets no requests any more.
    Out {
        /// The backend.
        backend: String,
        /// Why it gets none.
        why: Why,
    },
    /// Another algorithm.
    Algorithm {
        /// In the first config.
        before: &'static str,
        /// In the second config.
        after: &'static str,
    },
    /// The second config does not continue the numbering of the first.
    NumberingLost,
    /// Settings of the configs.
    Settings {
        /// Those that differ.
        settings: Vec<Setting>,
    },
    /// The backend that has the key is not in the first config.
    Joined {
        /// The backend.
        backend: String,
        /// The step that gives it the key, if the strategy reports one.
        took: Option<Told>,
    },
    /// The backend that has the key got no requests before.
    Back {
        /// The backend.
        backend: String,
        /// Why it got none.
        why: Why,
    },
    /// Weights.
    Weights {
        /// Those with another weight.
        backends: Vec<String>,
    },
    /// Requests in flight.
    InFlight,
    /// Addresses, attributes, caps, drains and so on.
    Descriptions {
        /// Those with another description.
        backends: Vec<String>,
    },
    /// The order of the backends.
    Order,
    /// Backends that neither had the key nor have it.
    Others {
        /// Those that are only in the second config.
        joined: Vec<String>,
        /// Those that are only in the first config.
        left: Vec<String>,
    },
    /// The algorithm uses no key.
    NoKey {
        /// The algorithm of the second config.
        algorithm: &'static str,
    },
    /// No difference alone: with any one undone, the key still has another backend than it had.
    Together,
}

/// A setting of a config.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Setting {
    /// The algorithm.
    Algorithm,
    /// The seed of the hash.
    Seed,
    /// The hash function.
    Hash,
    /// The options of the algorithm.
    Options,
    /// The bound on loads.
    BoundedLoad,
    /// The warm-up of new backends.
    WarmUp,
    /// The subset of a client.
    Subset,
    /// The numbers of the backends.
    Numbering,
}

impl Setting {
    /// The name of its field in a config.
    const fn name(self) -> &'static str {
        match self {
            Self::Algorithm => "algorithm",
            Self::Seed => "seed",
            Self::Hash => "hash",
            Self::Options => "options",
            Self::BoundedLoad => "bounded_load",
            Self::WarmUp => "warm_up",
            Self::Subset => "subset",
            Self::Numbering => "numbering",
        }
    }
}

/// The most backends that a sentence names.
const MOST_NAMED: usize = 5;

impl Cause {
    /// Returns the cause as half a sentence.
    pub(super) fn words(&self) -> String {
        match self {
            Self::Same => "same backend".to_owned(),
            Self::Gone { backend } => format!("{backend}, which had the key, is gone"),
            Self::Out { backend, why } => {
                format!("{backend}, which had the key, is {}", why.text())
            }
            Self::Algorithm { before, after } => {
                format!("the algorithm is {after} instead of {before}")
            }
            Self::NumberingLost => {
                "the numbering is lost; take it along (`evenkeel numbering BEFORE`)".to_owned()
            }
            Self::Settings { settings } => {
                let names: Vec<_> = settings.iter().map(|setting| setting.name()).collect();
                let verb = if names.len() == 1 {
                    "differs"
                } else {
                    "differ"
                };
                format!("{} {verb}", list(&names))
            }
            Self::Joined { backend, took } => {
                match took.as_ref().and_then(|step| step.prize(backend)) {
                    Some(prize) => format!("{backend} is new and has {prize}"),
                    None => format!("{backend} is new"),
                }
            }
            Self::Back { backend, why } => {
                format!("{backend} is back in service; it was {}", why.text())
            }
            Self::Weights { backends } => match &backends[..] {
                [backend] => format!("the weight of {backend} differs"),
                _ => format!("weights differ ({})", named(backends, MOST_NAMED)),
            },
            Self::InFlight => "the requests in flight differ".to_owned(),
            Self::Descriptions { backends } => match &backends[..] {
                [backend] => format!("the description of {backend} differs"),
                _ => format!("descriptions differ ({})", named(backends, MOST_NAMED)),
            },
            Self::Order => "the order of the backends differs".to_owned(),
            Self::Others { joined, left } => {
                let parts = [(joined, "joined"), (left, "left")];
                let parts = parts.iter().filter(|(names, _)| !names.is_empty());
                let parts: Vec<_> = parts
                    .map(|(names, verb)| format!("{} {verb}", named(names, MOST_NAMED)))
                    .collect();
                format!(
                    "{}, which moved the key between others",
                    parts.join(" and ")
                )
            }
            Self::NoKey { algorithm } => format!("{algorithm} uses no key"),
            Self::Together => "several differences together".to_owned(),
        }
    }
}
