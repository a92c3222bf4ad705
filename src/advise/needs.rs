//! The needs, as read from a YAML file.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::path::Path;

use evenkeel_algorithms::Backend;
use evenkeel_config::{self as config, BackendList, CheckedText, ConfigError};
use serde::de::value::SeqAccessDeserializer;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};

use crate::exchange::Program;
use crate::simulate::Machines;
use crate::text::{counted, list, named};
use crate::workload::Distribution;

/// The maximum number of backends that are simulated.
const MAX_BACKENDS: u64 = 1_000;

/// The backends with a cache of their own size that are named.
const NAMED: usize = 3;

/// The requirements for a balancer.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "needs: a map with `backends`")]
pub struct Needs {
    backends: Backends,
    /// Whether a client must reach the same backend each time.
    #[serde(default)]
    pub(super) sticky: bool,
    /// The cache of each backend, if there is one.
    pub(super) cache: Option<Cache>,
    /// How much the costs of requests differ.
    #[serde(default)]
    pub(super) cost: Cost,
    /// The distribution of requests over clients.
    #[serde(default)]
    pub(super) popularity: Popularity,
    /// The offered load as a fraction of capacity.
    #[serde(default)]
    pub(super) load: Load,
    /// How often backends come and go.
    #[serde(default)]
    pub(super) churn: Churn,
    /// Whether a backend is temporarily slow.
    #[serde(default = "yes")]
    pub(super) slow_backend: bool,
    /// The number of independent load balancers, each of which sees only its own requests.
    #[serde(default)]
    pub(super) balancers: Balancers,
    /// The programs that balance, unless clients use this library.
    #[serde(default)]
    pub(super) fleet: Vec<Program>,
    /// The figure to minimise.
    #[serde(default)]
    pub(super) goal: Goal,
}

const fn yes() -> bool {
    true
}

/// A cache in front of each backend.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map with `entries`")]
pub(super) struct Cache {
    /// The number of keys that fit in.
    pub(super) entries: NonZeroUsize,
    /// The numbers of keys that fit into the caches of some backends.
    #[serde(default)]
    pub(super) entries_of: BTreeMap<String, NonZeroUsize>,
    /// Whether the numbers of keys follow the weights: `entries` is that of the smallest.
    #[serde(default)]
    pub(super) by_weight: bool,
    /// The cost of a hit, as a fraction of a miss.
    #[serde(default)]
    pub(super) hit_cost: HitCost,
}

/// How much the costs of requests differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Cost {
    /// All the same.
    Even,
    /// Exponential distribution.
    #[default]
    Usual,
    /// A few requests are very expensive.
    Skewed,
}

/// How often backends come and go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Churn {
    /// Not during the measurement.
    #[default]
    Seldom,
    /// One leaves and another crashes during the measurement.
    Often,
}

/// The figure to minimise.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Goal {
    /// The 99th percentile of request times.
    #[default]
    P99,
    /// The mean request time.
    Mean,
    /// The share of requests that miss the cache.
    Misses,
}

#[derive(Clone, Debug)]
struct Backends(Vec<Backend>);

/// Defines a number with a default and a range, which is checked while reading.
macro_rules! number {
    ($name:ident, $type:ty, $default:expr, $range:expr, $expected:expr) => {
        #[derive(Clone, Copy, Debug, Serialize)]
        pub(super) struct $name(pub(super) $type);

        impl Default for $name {
            fn default() -> Self {
                Self($default)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_str(CheckedText {
                    expecting: $expected,
                    check: |text: &str| {
                        text.parse()
                            .ok()
                            .filter(|number: &$type| $range.contains(number))
                            .map(Self)
                            .ok_or_else(|| format!("`{text}`; expected {}", $expected))
                    },
                })
            }
        }
    };
}

number!(Load, f64, 0.7, (0.01..=2.), "0.01 to 2, such as 0.7");
number!(HitCost, f64, 0.1, (0. ..=1.), "0 to 1, such as 0.1");
number!(
    Balancers,
    u32,
    1,
    (1..=1_000),
    "a whole number from 1 to 1000"
);

/// The distribution of requests over clients.
#[derive(Clone, Copy, Debug)]
pub(super) struct Popularity(pub(super) Distribution);

impl Default for Popularity {
    fn default() -> Self {
        Self(Distribution::Zipf(0.8))
    }
}

impl<'de> Deserialize<'de> for Popularity {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(CheckedText {
            expecting: "`uniform` or `zipf:S`",
            check: |text: &str| text.parse().map(Self),
        })
    }
}

impl<'de> Deserialize<'de> for Backends {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(BackendsVisitor)
    }
}

struct BackendsVisitor;

impl<'de> Visitor<'de> for BackendsVisitor {
    type Value = Backends;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "a number of backends, 2 to {MAX_BACKENDS}, or a list of backends"
        )
    }

    fn visit_u64<E: Error>(self, count: u64) -> Result<Backends, E> {
        if !(2..=MAX_BACKENDS).contains(&count) {
            return Err(E::custom(format_args!(
                "{count} backends; expected 2 to {MAX_BACKENDS}"
            )));
        }
        let names = (1..=count).map(|number| format!("b{number}").into());
        Ok(Backends(names.collect()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Backends, A::Error> {
        let BackendList(backends) = BackendList::deserialize(SeqAccessDeserializer::new(list))?;
        if !(2..=MAX_BACKENDS).contains(&(backends.len() as u64)) {
            return Err(A::Error::custom(format_args!(
                "{} backends; expected 2 to {MAX_BACKENDS}",
                backends.len()
            )));
        }
        Ok(Backends(backends))
    }
}

impl Needs {
    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`ConfigError`], which has the location, the problem and what was expected.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = config::read(path)?;
        Self::parse(&text).map_err(|fault| fault.of_text(path, &text))
    }

    /// Checks the text of needs.
    ///
    /// # Errors
    /// The [`Fault`](config::Fault), with its location in the text.
    pub fn parse(text: &str) -> Result<Self, config::Fault> {
        let needs: Self = config::from_yaml(text)?;
        if needs.goal == Goal::Misses && needs.cache.is_none() {
            return Err(config::Fault {
                place: config::place_of(text, &["goal"]),
                what: "`goal: misses` needs a `cache`".to_owned(),
            });
        }
        let own = needs.cache.iter().flat_map(|cache| cache.entries_of.keys());
        for name in own {
            let names = || needs.backends().iter().map(Backend::name);
            if !names().any(|other| other == name) {
                let message = format!("there is no backend `{name}`");
                return Err(config::Fault {
                    place: config::place_of(text, &["cache", "entries_of", name]),
                    what: config::suggesting_nearest(&message, name, names()),
                });
            }
        }
        for (place, program) in needs.fleet.iter().enumerate() {
            if needs.fleet[..place].contains(program) {
                return Err(config::Fault {
                    place: config::place_of(text, &["fleet", &place.to_string()]),
                    what: format!("{program} is listed twice"),
                });
            }
        }
        Ok(needs)
    }

    pub(super) fn backends(&self) -> &[Backend] {
        &self.backends.0
    }

    /// Returns what each backend can do: weights are taken as relative capacities.
    pub(super) fn machines(&self) -> Machines {
        let mut machines = Machines::of(self.backends());
        let Some(cache) = &self.cache else {
            return machines;
        };
        if cache.by_weight {
            machines = machines.with_caches_by_weight();
        }
        cache
            .entries_of
            .iter()
            .fold(machines, |machines, (name, &entries)| {
                machines.with_cache(name.as_str(), entries)
            })
    }

    /// Returns whether a key should reach the same backend each time.
    pub(super) const fn binds(&self) -> bool {
        self.sticky || self.cache.is_some()
    }

    pub(super) fn has_weights(&self) -> bool {
        let weights = self.backends.0.windows(2);
        weights
            .into_iter()
            .any(|pair| pair[0].weight() != pair[1].weight())
    }
}

impl Needs {
    /// Returns a description of the needs; what a trace determines is omitted.
    pub(super) fn in_words(&self, is_traced: bool) -> String {
        let weights = if self.has_weights() {
            " with different weights"
        } else {
            ""
        };
        let mut words = vec![format!(
            "{}{weights}",
            counted(self.backends().len() as u64, "backend")
        )];
        if self.sticky {
            words.push("sticky".to_owned());
        }
        if let Some(cache) = &self.cache {
            words.push(cache.in_words());
        }
        if is_traced {
            words.push("requests of the trace".to_owned());
        } else {
            words.extend(self.requests());
        }
        words.push(match self.churn {
            Churn::Seldom => "little churn".to_owned(),
            Churn::Often => "much churn".to_owned(),
        });
        if self.slow_backend {
            words.push("a sometimes slow backend".to_owned());
        }
        if self.balancers.0 > 1 {
            words.push(format!("{} load balancers", self.balancers.0));
        }
        if !self.fleet.is_empty() {
            let names: Vec<_> = self.fleet.iter().map(Program::to_string).collect();
            words.push(format!("balanced by {}", list(&names)));
        }
        words.join(", ")
    }

    /// Returns descriptions of the generated requests.
    fn requests(&self) -> [String; 3] {
        let cost = match self.cost {
            Cost::Even => "equal",
            Cost::Usual => "usual",
            Cost::Skewed => "skewed",
        };
        let (load, popularity) = (self.load.0, self.popularity.0);
        [
            format!("{cost} request cost"),
            format!("offered load {load}"),
            format!("popularity {popularity}"),
        ]
    }
}

impl Cache {
    fn in_words(&self) -> String {
        let (entries, hit_cost) = (self.entries, self.hit_cost.0);
        let each = match self.by_weight {
            true => "for the smallest weight, by weight",
            false => "each",
        };
        let own = self.entries_of.iter();
        let own: Vec<_> = own.map(|(name, size)| format!("{name} {size}")).collect();
        let own = match &*own {
            [] => String::new(),
            own => format!("{}; ", named(own, NAMED)),
        };
        format!("a cache of {entries} keys {each} ({own}hit cost {hit_cost})")
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::P99 => "p99",
            Self::Mean => "mean",
            Self::Misses => "misses",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_are_read_with_their_defaults() {
        let needs = Needs::parse("backends: 10\n").unwrap();
        assert_eq!(
            needs.in_words(false),
            "10 backends, usual request cost, offered load 0.7, popularity zipf:0.8, little churn, a sometimes slow backend"
        );
        let text = "backends: [{ name: a, weight: 2 }, b]
sticky: true
cache: { entries: 100 }
cost: skewed
popularity: uniform
load: 0.9
churn: often
slow_backend: false
balancers: 20
fleet: [nginx, envoy]
goal: misses
";
        let needs = Needs::parse(text).unwrap();
        assert!(needs.has_weights() && needs.binds());
        let sizes = "{ entries: 100, by_weight: true, entries_of: { b: 5 } }";
        let sized = Needs::parse(&text.replace("{ entries: 100 }", sizes)).unwrap();
        assert!(sized.in_words(false).contains(
            ", a cache of 100 keys for the smallest weight, by weight (b 5; hit cost 0.1),"
        ));
        assert_eq!(
            needs.in_words(false),
            "2 backends with different weights, sticky, a cache of 100 keys each (hit cost 0.1), skewed request cost, offered load 0.9, popularity uniform, much churn, 20 load balancers, balanced by nginx and Envoy"
        );
    }

    #[test]
    fn invalid_needs_are_rejected_with_their_location() {
        for (text, line, expected) in [
            ("sticky: true", 1, "missing field `backends`"),
            ("backends: 1", 1, "1 backends; expected 2 to 1000"),
            ("backends: [a]", 1, "1 backends; expected 2 to 1000"),
            ("backends: 3\nload: 0", 2, "expected 0.01 to 2"),
            ("backends: 3\nload: .nan", 2, "expected 0.01 to 2"),
            ("backends: 3\nstikcy: true", 2, "did you mean `sticky`?"),
            ("backends: 3\ncost: high", 2, "unknown variant `high`"),
            (
                "backends: 3\nfleet: [apache]",
                2,
                "unknown variant `apache`",
            ),
            ("backends: 3\ngoal: misses", 2, "needs a `cache`"),
            (
                "backends: 3\ncache:\n  entries: 5\n  entries_of: { b11: 9 }",
                4,
                "there is no backend `b11`; did you mean `b1`?",
            ),
            (
                "backends: 3\ncache: { entries: 0 }",
                2,
                "whole number from 1",
            ),
            (
                "backends: 3\nfleet: [envoy, envoy]",
                2,
                "Envoy is listed twice",
            ),
            ("backends: 3\npopularity: normal", 2, "zipf"),
            (
                "backends: 3\nbalancers: 0",
                2,
                "whole number from 1 to 1000",
            ),
        ] {
            let fault = Needs::parse(text).unwrap_err();
            assert!(fault.what.contains(expected), "{text}: {fault}");
            assert_eq!(
                fault.place.map(|(line, _)| line),
                Some(line),
                "{text}: {fault}"
            );
        }
    }
}
