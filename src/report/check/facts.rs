//! What a config means, for programs.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::path::Path;

use anyhow::Result;
use evenkeel_algorithms::{Key, OptionHelp, Snapshot};
use evenkeel_config::Loaded;
use serde::Serialize;

use super::hashing::hashing;
use super::standing::standings;
use crate::lint::Lint;

/// What a config means, and what is surprising about it.
#[derive(Serialize)]
pub(crate) struct Facts {
    file: String,
    algorithm: &'static str,
    key: &'static str,
    /// None if the algorithm hashes no keys of its own.
    seed: Option<u64>,
    hash: Option<String>,
    bounded_load: Option<f64>,
    warm_up_seconds: Option<f64>,
    subset: Option<Subset>,
    numbering: Option<Numbers>,
    options: BTreeMap<&'static str, String>,
    /// In hexadecimal digits: programs read large numbers of JSON inexactly.
    fingerprint: String,
    memory_bytes: usize,
    backends: Vec<Backend>,
    warnings: Vec<Warning>,
}

#[derive(Serialize)]
struct Subset {
    client: String,
    size: usize,
}

/// How many numbers are given to units of weight.
#[derive(Serialize)]
struct Numbers {
    numbers: usize,
    vacant: usize,
}

#[derive(Serialize)]
struct Backend {
    name: String,
    address: Option<String>,
    weight: u32,
    max_in_flight: Option<u32>,
    /// Of the requests; none if it gets none.
    share: Option<f64>,
    state: &'static str,
}

#[derive(Serialize)]
struct Warning {
    code: &'static str,
    line: Option<usize>,
    column: Option<usize>,
    reason: String,
    fix: &'static str,
}

impl Facts {
    /// Collects the facts about a config, which is that of a file.
    ///
    /// # Errors
    /// If it cannot be built.
    pub(crate) fn of(path: &Path, loaded: &Loaded, lints: &[Lint]) -> Result<Self> {
        let (config, snapshot) = (&loaded.config, loaded.balancer.snapshot());
        let (pool, profile, algorithm) = (snapshot.pool(), snapshot.profile(), config.algorithm);
        let hashing = hashing(config, profile.key);
        let numbering = match config.profile().history {
            true => Some(pool.numbering()?),
            false => None,
        };
        let option = |option: &OptionHelp| (option.name, (option.value)(&config.options));
        Ok(Self {
            file: path.display().to_string(),
            algorithm: algorithm.name,
            key: match profile.key {
                Key::Required => "required",
                Key::Optional => "optional",
                Key::Unused => "unused",
            },
            seed: hashing.map(|of| of.seed.0),
            hash: hashing.map(|of| of.function.to_string()),
            bounded_load: config.bounded_load.map(|bound| bound.factor.get()),
            warm_up_seconds: config.warm_up.map(|warm_up| warm_up.time().as_secs_f64()),
            subset: config.subset.as_ref().map(|subset| Subset {
                client: subset.client.clone(),
                size: pool.len().min(subset.size.get() as usize),
            }),
            numbering: numbering.map(|numbering| Numbers {
                numbers: numbering.len(),
                vacant: numbering.vacated().len(),
            }),
            options: algorithm.options.iter().map(option).collect(),
            fingerprint: format!("{:016x}", snapshot.fingerprint()),
            memory_bytes: snapshot.balancer().memory(),
            backends: backends(&snapshot),
            warnings: lints.iter().map(Warning::of).collect(),
        })
    }
}

fn backends(snapshot: &Snapshot) -> Vec<Backend> {
    let backends = standings(snapshot).into_iter();
    let backends = backends.map(|(backend, standing)| Backend {
        name: backend.name().to_owned(),
        address: backend.address().map(str::to_owned),
        weight: backend.weight().get(),
        max_in_flight: backend.max_in_flight().map(NonZeroU32::get),
        share: standing.share(),
        state: standing.state(),
    });
    backends.collect()
}

impl Warning {
    fn of(lint: &Lint) -> Self {
        Self {
            code: lint.code,
            line: lint.place.map(|(line, _)| line),
            column: lint.place.map(|(_, column)| column),
            reason: lint.reason.clone(),
            fix: lint.fix,
        }
    }
}
