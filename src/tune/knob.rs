//! The tunable parameters: the size of a ring or a table, the number of probes, the size of a subset, the bound.

use std::fmt;

use anyhow::{Result, bail, ensure};
use evenkeel_algorithms::strategy::bounded_load::{self, Factor, Overflow};
use evenkeel_algorithms::strategy::subset;
use evenkeel_algorithms::{BuildError, Card, Key, Registry, Size, Sizes};
use evenkeel_config::Config;
use serde::Serialize;

use super::scale::Scale;
use super::target::Target;

/// A tunable parameter and its range.
#[derive(Debug)]
pub(super) struct Knob {
    what: What,
    pub(super) scale: Scale,
}

#[derive(Clone, Copy, Debug)]
enum What {
    /// The size of an algorithm.
    Size(&'static Card, Size),
    Subset,
    Bound(Overflow),
}

/// A value in a config.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Setting {
    /// A whole number.
    Size(u64),
    /// A factor of the share.
    Factor(f64),
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Size(size) => size.fmt(f),
            Self::Factor(factor) => factor.fmt(f),
        }
    }
}

impl Knob {
    /// Returns the parameter of a target, for a config.
    ///
    /// # Errors
    /// If it does not apply to the algorithm or the config.
    pub(super) fn of(target: Target, config: &Config, registry: &Registry) -> Result<Self> {
        if let Target::Subset { .. } = target {
            return Ok(Self::subset(config));
        }
        ensure!(
            config.subset.is_none(),
            "the config's `subset` excludes most backends, so their load cannot be even; remove it, or tune it with `tune subset`"
        );
        if let Target::Bound { .. } = target {
            Self::bound(config)
        } else {
            Self::size(config, registry)
        }
    }

    fn subset(config: &Config) -> Self {
        let most = config.backends.len() as u64;
        Self {
            what: What::Subset,
            scale: Scale::Numbers { least: 1, most },
        }
    }

    fn bound(config: &Config) -> Result<Self> {
        let algorithm = config.algorithm;
        ensure!(
            uses_key(config),
            "{algorithm} picks without a key, so that no key has a backend to stay with; expected an algorithm by key, such as ketama"
        );
        let overflow = config.bounded_load.map(|options| options.overflow);
        let weights = config
            .backends
            .iter()
            .map(|backend| u64::from(backend.weight().get()));
        let least = weights.clone().min().unwrap_or(1);
        // With this bound, even the lightest backend may have all requests in flight.
        let never_reached = (100 * weights.sum::<u64>()).div_ceil(least);
        Ok(Self {
            what: What::Bound(overflow.unwrap_or_default()),
            scale: Scale::Excess {
                most: never_reached.min(LOOSEST) - 100,
            },
        })
    }

    fn size(config: &Config, registry: &Registry) -> Result<Self> {
        let algorithm = config.algorithm;
        let Some(size) = algorithm.size else {
            let known = registry.cards().filter(|card| card.size.is_some());
            let known = known.map(|card| card.name).collect::<Vec<_>>().join(", ");
            let bound = if uses_key(config) {
                "`tune bound` for a bound on the load, or "
            } else {
                ""
            };
            bail!(
                "{algorithm} has no size to be tuned; expected one of {known}; or, with {algorithm}, {bound}`tune subset` for the backends that each of many load balancers uses"
            );
        };
        let backends = config.backends.len() as u64;
        let scale = match size.values {
            // A table has at least one entry for each backend.
            Sizes::Primes { least, most } => Scale::Primes {
                least: least.max(backends),
                most,
            },
            Sizes::Numbers { least, most } => Scale::Numbers { least, most },
        };
        Ok(Self {
            what: What::Size(algorithm, size),
            scale,
        })
    }

    /// Returns its name.
    pub(super) const fn option(&self) -> &'static str {
        match self.what {
            What::Size(_, size) => size.option,
            What::Subset => "subset",
            What::Bound(_) => "bounded_load",
        }
    }

    /// Sets it in a config.
    ///
    /// # Errors
    /// If the value is out of range; values of the scale never are.
    pub(super) fn turn(&self, config: &mut Config, value: u64) -> Result<(), BuildError> {
        match self.what {
            What::Size(_, size) => (size.set)(&mut config.options, value)?,
            What::Subset => {
                config.subset = Some(subset::Options {
                    client: String::new(),
                    size: subset::Size::new(value)?,
                });
            }
            What::Bound(overflow) => {
                let factor = Factor::new(factor(value))?;
                config.bounded_load = Some(bounded_load::Options { factor, overflow });
            }
        }
        Ok(())
    }

    /// Returns a value in its form for a config.
    pub(super) fn setting(&self, value: u64) -> Setting {
        match self.what {
            What::Size(..) | What::Subset => Setting::Size(value),
            What::Bound(_) => Setting::Factor(factor(value)),
        }
    }

    /// Returns the line of a config for a value.
    pub(super) fn line(&self, value: u64) -> String {
        let setting = self.setting(value);
        match self.what {
            What::Size(algorithm, Size { option, .. }) => {
                format!("options: {{ {algorithm}: {{ {option}: {setting} }} }}")
            }
            What::Subset => format!("subset: {{ client: NAME, size: {setting} }}"),
            What::Bound(Overflow::Walk) => format!("bounded_load: {setting}"),
            What::Bound(Overflow::Rehash) => {
                format!("bounded_load: {{ factor: {setting}, overflow: rehash }}")
            }
        }
    }
}

/// The loosest bound, in hundredths.
const LOOSEST: u64 = 100_000;

fn factor(excess: u64) -> f64 {
    (100 + excess) as f64 / 100.
}

fn uses_key(config: &Config) -> bool {
    config.profile().key != Key::Unused
}

#[cfg(test)]
mod tests {
    use super::*;
    use evenkeel_algorithms::Options;

    #[test]
    fn every_proposed_size_fits() {
        let mut seen = 0;
        for algorithm in Registry::builtin().cards() {
            let Some(size) = algorithm.size else { continue };
            let config = Config {
                algorithm,
                ..Config::of(vec!["a".into()])
            };
            let scale = Knob::size(&config, Registry::builtin()).unwrap().scale;
            let mut options = Options::default();
            for value in scale.doubling() {
                for value in [Some(value), scale.half(value)] {
                    let Some(value) = value else { continue };
                    (size.set)(&mut options, value).unwrap();
                    let mut known = algorithm.options.iter();
                    let option = known.find(|option| option.name == size.option).unwrap();
                    assert_eq!((option.value)(&options), value.to_string());
                }
            }
            seen += 1;
        }
        assert_eq!(seen, 6);
    }

    #[test]
    fn the_written_line_equals_the_measured_setting() {
        let base = "{ algorithm: maglev, backends: [a, {name: b, weight: 3}] }";
        for overflow in ["walk", "rehash"] {
            let mut config = Config::parse(base, Registry::builtin()).unwrap();
            let bound = format!("bounded_load: {{ factor: 2, overflow: {overflow} }}\n");
            let given =
                Config::parse(&format!("{bound}backends: [a]"), Registry::builtin()).unwrap();
            config.bounded_load = given.bounded_load;
            for knob in [
                Knob::size(&config, Registry::builtin()).unwrap(),
                Knob::bound(&config).unwrap(),
                Knob::subset(&config),
            ] {
                for value in knob.scale.doubling() {
                    knob.turn(&mut config, value).unwrap();
                    let line = knob.line(value).replace("NAME", "''");
                    let read =
                        Config::parse(&format!("{line}\nbackends: [a]"), Registry::builtin())
                            .unwrap();
                    match knob.what {
                        What::Size(..) => assert_eq!(read.options, config.options),
                        What::Subset => assert_eq!(read.subset, config.subset),
                        What::Bound(_) => assert_eq!(read.bounded_load, config.bounded_load),
                    }
                }
            }
        }
    }

    #[test]
    fn the_loosest_bound_leaves_the_lightest_backend_room_for_all() {
        let config =
            Config::parse("backends: [a, {name: b, weight: 3}]", Registry::builtin()).unwrap();
        let values = Knob::bound(&config).unwrap().scale.doubling();
        assert_eq!(
            (factor(values[0]), factor(*values.last().unwrap())),
            (4., 1.)
        );
    }
}
