//! `agreement`: for how many keys configs pick the same backend.

use std::collections::BTreeSet;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use evenkeel_algorithms::{Backend, Balancer, Key, LoadBalancer, Pick};
use indicatif::ProgressBar;
use rayon::prelude::*;
use serde::Serialize;

use crate::cli::AgreementArgs;
use crate::config::Config;
use crate::outputs::Outputs;
use crate::progress::{Counter, Voice};
use crate::run_compare::workload;
use crate::workload::Workload;

/// Reads the configs, routes the keys by each and writes how far they agree.
///
/// # Errors
/// If a config, the keys or the output is at fault, or an algorithm uses no key.
pub(crate) fn run(
    args: &AgreementArgs,
    command: &str,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let inputs = args.configs.iter().chain(args.workload.files());
    let outputs = Outputs::new(&args.outputs, command, voice, inputs)?;
    let configs = args.configs.iter().map(|path| {
        let (config, balancer) = match &args.backends {
            // Only then the file has to be right as it is, and a fault has a place in it.
            None => {
                let loaded = Config::load(path, None)?;
                (loaded.config, loaded.balancer)
            }
            Some(names) => {
                let config = Config {
                    backends: names.0.clone(),
                    ..Config::read(path)?
                };
                let balancer = config.balancer();
                (
                    config,
                    balancer.with_context(|| path.display().to_string())?,
                )
            }
        };
        if balancer.snapshot().strategy().profile().key == Key::Unused {
            let (path, algorithm) = (path.display(), config.algorithm);
            bail!("{path}: {algorithm} uses no key, so that there is nothing to agree on");
        }
        Ok((label(path, &args.configs), config, balancer))
    });
    let configs = configs.collect::<Result<Vec<_>>>()?;
    let (_, first, _) = configs.first().context("there are no configs")?;
    let workload = workload(&args.workload, first.hashing.seed, voice)?;
    let keys = (configs.len() * workload.keys().len()) as u64;
    let bar = voice.bar("agreement", keys, "keys");
    let routed = configs.par_iter().map(|(name, config, balancer)| Routed {
        name: name.clone(),
        algorithm: config.algorithm.name,
        went: went(balancer, &workload, &bar),
    });
    let same_backends = configs
        .iter()
        .all(|(_, config, _)| names(config) == names(first));
    let matrix = Matrix::of(&routed.collect::<Vec<_>>(), &workload, same_backends);
    bar.finish_and_clear();
    outputs.write(&matrix, output)
}

/// The backends that a config has, whatever their order.
fn names(config: &Config) -> BTreeSet<&str> {
    config.backends.iter().map(Backend::name).collect()
}

/// What a config is called beside others: its file's name without the ending, or its whole path if
/// another one has the same name.
pub(crate) fn label(path: &Path, all: &[PathBuf]) -> String {
    let stem = path.file_stem().unwrap_or(path.as_os_str());
    let same = all
        .iter()
        .filter(|other| other.file_stem() == path.file_stem());
    let name = if same.count() > 1 {
        path.as_os_str()
    } else {
        stem
    };
    name.to_string_lossy().into_owned()
}

/// Where a config sends each key.
struct Routed {
    name: String,
    algorithm: &'static str,
    /// By the backends' names, since the configs may list them in other orders.
    went: Vec<Option<Box<str>>>,
}

impl Routed {
    fn backends(&self) -> impl ExactSizeIterator<Item = Option<&str>> {
        self.went.iter().map(Option::as_deref)
    }
}

/// Every key by itself: none of them takes a turn or stays in flight.
fn went(balancer: &LoadBalancer, workload: &Workload, bar: &ProgressBar) -> Vec<Option<Box<str>>> {
    let snapshot = balancer.snapshot();
    let pool = snapshot.pool();
    let mut counter = Counter::new(bar);
    let backend = |key| {
        counter.count();
        let slot = snapshot.pick(&Pick::new(pool, Some(key)).question()).ok()?;
        Some(pool.backend(slot).name().into())
    };
    workload.keys().map(backend).collect()
}

/// The shares of the keys that two configs send to the same backend.
#[derive(Debug, Serialize)]
pub(crate) struct Matrix {
    pub(crate) keys: usize,
    /// Where they come from, in words.
    pub(crate) source: String,
    /// Whether all configs have backends of the same names.
    pub(crate) same_backends: bool,
    pub(crate) configs: Vec<Row>,
}

/// A config beside all of them.
#[derive(Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) config: String,
    pub(crate) algorithm: &'static str,
    /// With each config in turn, 0 to 1.
    pub(crate) agreement: Vec<f64>,
}

impl Matrix {
    fn of(routed: &[Routed], workload: &Workload, same_backends: bool) -> Self {
        let row = |one: &Routed| {
            let beside = |other: &Routed| share(one.backends(), other.backends());
            Row {
                config: one.name.clone(),
                algorithm: one.algorithm,
                agreement: routed.iter().map(beside).collect(),
            }
        };
        Self {
            keys: workload.keys().len(),
            source: workload.source.clone(),
            same_backends,
            configs: routed.iter().map(row).collect(),
        }
    }
}

/// The share of the keys that two send to the same backend, by where each sends them, one key after the
/// other. Two that reach nobody do not agree.
pub(crate) fn share<T: PartialEq>(
    one: impl ExactSizeIterator<Item = Option<T>>,
    other: impl Iterator<Item = Option<T>>,
) -> f64 {
    let keys = one.len();
    let pairs = one.zip(other);
    let same = pairs.filter(|(one, other)| one == other && one.is_some());
    same.count() as f64 / keys as f64
}
