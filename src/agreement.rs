//! The share of keys for which configs pick the same backend.

use std::collections::BTreeSet;

use anyhow::{Result, ensure};
use evenkeel_algorithms::analysis::Shares;
use evenkeel_algorithms::{Backend, Key, LoadBalancer, Pick, RouteError};
use evenkeel_config::Config;
use rayon::prelude::*;
use serde::Serialize;

use crate::workload::Workload;

/// The number of keys between progress reports.
const CHUNK: usize = 1 << 16;

/// A config that is compared with others, and its load balancer.
pub struct Client {
    name: String,
    config: Config,
    balancer: LoadBalancer,
}

impl Client {
    /// Creates a client from a config with a name and its load balancer.
    ///
    /// # Errors
    /// If the algorithm uses no key.
    pub fn new(name: String, config: Config, balancer: LoadBalancer) -> Result<Self> {
        ensure!(
            balancer.snapshot().profile().key != Key::Unused,
            "{} ignores keys, so there is nothing to compare",
            config.algorithm
        );
        Ok(Self {
            name,
            config,
            balancer,
        })
    }

    /// Returns the config.
    #[must_use]
    pub const fn config(&self) -> &Config {
        &self.config
    }
}

/// Returns the names of a config's backends, regardless of order.
fn names(config: &Config) -> BTreeSet<&str> {
    config.backends.iter().map(Backend::name).collect()
}

/// Where a config sends each key.
struct Routed {
    name: String,
    algorithm: &'static str,
    ignores_weights: bool,
    /// By the backends' names, because the configs may list them in different orders.
    went: Vec<Option<Box<str>>>,
}

impl Routed {
    fn backends(&self) -> impl ExactSizeIterator<Item = Option<&str>> {
        self.went.iter().map(Option::as_deref)
    }
}

/// Routes every key by itself: no key takes a turn or stays in flight.
fn went(
    client: &Client,
    workload: &Workload,
    done: &(impl Fn(u64) + Sync),
) -> Result<Vec<Option<Box<str>>>, RouteError> {
    let snapshot = client.balancer.snapshot();
    let pool = snapshot.pool();
    let ask = |key| Pick::new(pool, Some(key)).question();
    let mut went = Vec::with_capacity(workload.keys().len());
    let mut keys = workload.keys();
    let mut failed = None;
    while keys.len() > 0 {
        let before = went.len();
        snapshot.pick_each(keys.by_ref().take(CHUNK).map(ask), |answer| {
            if let Err(error @ RouteError::Failed(_)) = answer {
                failed = Some(error);
            }
            went.push(answer.ok().map(|slot| pool.backend(slot).name().into()));
        });
        if let Some(error) = failed {
            return Err(error);
        }
        done((went.len() - before) as u64);
    }
    Ok(went)
}

/// The shares of keys for which two configs pick the same backend.
#[derive(Debug, Serialize)]
pub struct Matrix {
    /// The number of keys.
    pub keys: usize,
    /// The source of the keys, as text.
    pub source: String,
    /// Whether all configs have backends of the same names.
    pub same_backends: bool,
    /// The rows, one per config.
    pub configs: Vec<Row>,
}

/// A config compared with all of them.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Its name.
    pub config: String,
    /// Its algorithm.
    pub algorithm: &'static str,
    /// Whether the algorithm ignores the weights, which differ.
    pub ignores_weights: bool,
    /// Its agreement with each config in turn, 0 to 1.
    pub agreement: Vec<f64>,
}

impl Matrix {
    /// Routes the keys of a workload by each config. Calls `done` with the number of further keys that a config has
    /// routed.
    ///
    /// # Errors
    /// If something that an algorithm depends on fails.
    pub fn of(clients: &[Client], workload: &Workload, done: impl Fn(u64) + Sync) -> Result<Self> {
        let routed = clients.par_iter().map(|client| {
            Ok(Routed {
                name: client.name.clone(),
                algorithm: client.config.algorithm.name,
                ignores_weights: Shares::of(&client.balancer.snapshot()).ignore_weights(),
                went: went(client, workload, &done)?,
            })
        });
        let routed = routed.collect::<Result<Vec<_>, RouteError>>()?;
        let mut names = clients.iter().map(|client| names(&client.config));
        let first = names.next();
        let same_backends = names.all(|names| Some(names) == first);
        let row = |one: &Routed| {
            let beside = |other: &Routed| share(one.backends(), other.backends());
            Row {
                config: one.name.clone(),
                algorithm: one.algorithm,
                ignores_weights: one.ignores_weights,
                agreement: routed.iter().map(beside).collect(),
            }
        };
        Ok(Self {
            keys: workload.keys().len(),
            source: workload.source.clone(),
            same_backends,
            configs: routed.iter().map(row).collect(),
        })
    }
}

/// Returns the share of keys for which two configs pick the same backend, from the backends by key. Keys without a
/// backend do not agree.
pub(crate) fn share<T: PartialEq>(
    one: impl ExactSizeIterator<Item = Option<T>>,
    other: impl Iterator<Item = Option<T>>,
) -> f64 {
    let keys = one.len();
    let pairs = one.zip(other);
    let same = pairs.filter(|(one, other)| one == other && one.is_some());
    same.count() as f64 / keys as f64
}
