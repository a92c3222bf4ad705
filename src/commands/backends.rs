//! Backends on the command line: names and weights, or those of a config.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use evenkeel_algorithms::Registry;
use evenkeel_algorithms::{Backend, MAX_BACKENDS, Pool, Seed, Weight};
use evenkeel_config::Config;

use crate::change::MembershipChange;
use crate::text::whole;

/// Backends in the order given.
#[derive(Clone, Debug)]
pub(super) struct BackendNames(pub(super) Vec<Backend>);

/// Where the backends come from.
#[derive(Debug, Args)]
pub(super) struct BackendArgs {
    /// Config file with the backends, the algorithm, its options and the seed
    #[arg(value_name = "CONFIG")]
    config: Option<PathBuf>,
    /// Number of backends (b1 to bN), or their names, some with a weight  [default: 10]
    #[arg(short, long, value_name = "N|NAME[:W],…", value_parser = backends, conflicts_with = "config",
        help_heading = "Backends")]
    backends: Option<BackendNames>,
}

impl BackendArgs {
    /// The config file, if one is given.
    pub(super) const fn file(&self) -> Option<&PathBuf> {
        self.config.as_ref()
    }

    /// The config of the file, or one of the backends that are named; without either of b1 to b10.
    ///
    /// # Errors
    /// If the file is at fault.
    pub(super) fn config(&self, registry: &Registry) -> Result<Config> {
        Ok(match (&self.config, &self.backends) {
            (Some(path), _) => Config::read(path, registry)?,
            (None, Some(names)) => Config::of(names.0.clone()),
            (None, None) => Config::of(numbered(10)),
        })
    }

    /// [`Self::config`] with this seed, if one is given.
    ///
    /// # Errors
    /// If the file is at fault.
    pub(super) fn seeded(&self, registry: &Registry, seed: Option<u64>) -> Result<Config> {
        let mut config = self.config(registry)?;
        config.hashing.seed = seed.map_or(config.hashing.seed, Seed);
        Ok(config)
    }
}

/// Backends b1 to bN.
fn numbered(count: usize) -> Vec<Backend> {
    (1..=count)
        .map(|number| format!("b{number}").into())
        .collect()
}

pub(super) fn backends(text: &str) -> Result<BackendNames, String> {
    let most = MAX_BACKENDS;
    let like_a_number = text.starts_with(|first: char| first.is_ascii_digit())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if like_a_number {
        let number = whole(&text.replace('_', ""))
            .filter(|number| (1..=most).contains(number))
            .ok_or_else(|| {
                format!("expected 1 to {most} backends, or their names separated by commas")
            })?;
        return Ok(BackendNames(numbered(number)));
    }
    let list: Vec<_> = text.split(',').map(backend).collect::<Result<_, _>>()?;
    let pool = Pool::new(list.iter().cloned());
    pool.map(|_| BackendNames(list))
        .map_err(|error| error.to_string())
}

pub(super) fn backend(text: &str) -> Result<Backend, String> {
    let (name, weight) = match text.rsplit_once(':') {
        Some((name, weight)) if weight.bytes().all(|byte| byte.is_ascii_digit()) => {
            refuse_port(name, weight)?;
            (name, parsed_weight(weight)?)
        }
        _ => (text, Weight::MIN),
    };
    Backend::check_name(name).map_err(|error| error.to_string())?;
    Ok(Backend::new(name).with_weight(weight))
}

/// Refuses what looks like an address and its port: the port would silently become a weight.
fn refuse_port(name: &str, weight: &str) -> Result<(), String> {
    const MIN_PORT: u64 = 80;
    let address = name.contains('.') || name.ends_with(']') || name == "localhost";
    if address && weight.parse().is_ok_and(|number: u64| number >= MIN_PORT) {
        return Err(format!(
            "{weight} may be a port or a weight; write `{name}:{weight}:1` if it is a port, and in a config if it is a weight"
        ));
    }
    Ok(())
}

pub(super) fn reweight(text: &str) -> Result<MembershipChange, String> {
    let (name, weight) = text.rsplit_once(':').ok_or("expected NAME:WEIGHT")?;
    Ok(MembershipChange::Reweight(
        name.to_owned(),
        parsed_weight(weight)?,
    ))
}

fn parsed_weight(text: &str) -> Result<Weight, String> {
    let number =
        whole(text).ok_or_else(|| format!("`{text}` is not a weight; expected 1 to 1000000"))?;
    Weight::new(number).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_weights_are_told_apart() {
        let parts = |text| backend(text).map(|b| (b.name().to_owned(), b.weight().get()));
        assert_eq!(parts("a"), Ok(("a".into(), 1)));
        assert_eq!(parts("a:2"), Ok(("a".into(), 2)));
        assert_eq!(parts("10.0.0.1:8080:3"), Ok(("10.0.0.1:8080".into(), 3)));
        assert_eq!(parts("::x"), Ok(("::x".into(), 1)));
        for wrong in ["", ":2", "a:0", "a:", "a:1000001"] {
            assert!(backend(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn lists_are_checked() {
        assert_eq!(backends("3").unwrap().0.len(), 3);
        for wrong in ["0", "1048577", "a,a", "a,,b"] {
            assert!(backends(wrong).is_err(), "{wrong}");
        }
        assert!(reweight("a:2").is_ok());
        assert!(reweight("a:+2").is_err());
    }
}
