//! Evenkeel's strategies as the backend selection of Pingora's load balancer.
//!
//! ```
//! use evenkeel_algorithms::Rendezvous;
//! use evenkeel_pingora::{Config, Selection};
//! use futures::FutureExt;
//! use pingora_load_balancing::discovery::Static;
//! use pingora_load_balancing::{Backends, LoadBalancer};
//!
//! let config = Config::new(Rendezvous::default())?;
//! let backends = Backends::new(Static::try_from_iter(["10.0.0.1:80", "10.0.0.2:80"])?);
//! let balancer = LoadBalancer::<Selection>::from_backends_with_config(backends, Some(config));
//! balancer.update().now_or_never().expect("a static list is there at once")?;
//! let backend = balancer.select(b"alice", 2).expect("one is healthy");
//! println!("alice goes to {}", backend.addr);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Names and weights
//! A backend's name is its address, which is hashed. Its weight is Pingora's; a backend of weight 0 gets no keys, and a
//! weight above [`Weight::MAX`] counts as the maximum. Of two backends with one address, the heavier counts.
//!
//! # Health
//! Pingora asks for one backend after another until it finds a healthy one: the key's owners in the
//! strategy's order of preference. No other key moves.
//!
//! # Changes
//! A [`Config`] remembers the previous backends: strategies that depend on history move no key needlessly, and a ring
//! is updated rather than sorted again. Without a config, as with
//! [`LoadBalancer::try_from_iter`](pingora_load_balancing::LoadBalancer::try_from_iter), the strategy is [`Ketama`]
//! with its defaults.
//!
//! A set of backends that does not fit the strategy's options (more than its capacity, for example) cannot be rejected
//! through Pingora's interface. It is logged as an error, and the previous backends that remain keep getting their
//! keys.

#![warn(clippy::unwrap_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use evenkeel_algorithms::{
    self as evenkeel, Algorithm, BuildError, Ketama, Key, Pick, Pool, SlotSet, Snapshot, Weight,
};
use pingora_load_balancing::Backend;
use pingora_load_balancing::selection::{BackendIter, BackendSelection};
use thiserror::Error;

/// The algorithm of a [`Selection`]. Each load balancer needs its own config.
pub struct Config {
    /// Locked while it is updated, so that a selection always has the backends for which it was built.
    balancer: Mutex<evenkeel::LoadBalancer>,
}

/// Why an algorithm cannot be a selection for Pingora.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ConfigError {
    /// It does not pick by key.
    #[error("the strategy ignores keys; use Pingora's own selections for that")]
    WithoutKey,
    /// It depends on requests in flight.
    #[error(
        "the strategy depends on requests in flight, which Pingora does not report to a selection"
    )]
    InFlight,
    /// Its options fit no pool.
    #[error(transparent)]
    Build(#[from] BuildError),
}

impl Config {
    /// Creates a config with an algorithm that picks by key alone.
    ///
    /// # Errors
    /// [`ConfigError`] for another algorithm.
    pub fn new(algorithm: impl Algorithm + 'static) -> Result<Self, ConfigError> {
        let profile = algorithm.profile();
        if profile.key != Key::Required {
            return Err(ConfigError::WithoutKey);
        }
        if profile.in_flight {
            return Err(ConfigError::InFlight);
        }
        let (empty, start) = (Pool::new([""; 0])?, Instant::now());
        let balancer =
            evenkeel::LoadBalancer::with_clock(algorithm, empty, move || start.elapsed());
        Ok(Self {
            balancer: Mutex::new(balancer?),
        })
    }

    /// Returns the strategy for some backends or, if they do not fit, for the previous ones.
    fn snapshot(&self, named: &BTreeMap<String, &Backend>) -> Arc<Snapshot> {
        // A load balancer is published whole, even if a panic interrupts.
        let balancer = self.balancer.lock().unwrap_or_else(PoisonError::into_inner);
        let described = named.iter().filter_map(|(name, backend)| {
            let weight = weight(backend)?;
            Some(evenkeel::Backend::new(name.as_str()).with_weight(weight))
        });
        if let Err(error) = balancer.update(described) {
            log::error!("the previous backends stay in use: {error}");
        }
        balancer.snapshot()
    }
}

impl Default for Config {
    /// Returns [`Ketama`] with its defaults.
    fn default() -> Self {
        Self::new(Ketama::default()).expect("a ring picks by key, and holds no point yet")
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").finish_non_exhaustive()
    }
}

/// Returns the weight of a backend; `None` if it gets no keys.
fn weight(backend: &Backend) -> Option<Weight> {
    let weight = backend.weight.min(Weight::MAX.get() as usize);
    Weight::new(weight as u64).ok()
}

/// The backends with the strategy of a [`Config`]; see the [crate](self).
#[derive(Debug)]
pub struct Selection {
    snapshot: Arc<Snapshot>,
    /// Pingora's backend in each slot; `None` for a removed one.
    backends: Box<[Option<Backend>]>,
}

impl BackendSelection for Selection {
    type Iter = Owners;

    type Config = Config;

    fn build_with_config(backends: &BTreeSet<Backend>, config: &Config) -> Self {
        // Those of one address are ordered by weight: the last one stays.
        let named = backends
            .iter()
            .map(|backend| (backend.addr.to_string(), backend));
        let named: BTreeMap<_, _> = named.collect();
        let snapshot = config.snapshot(&named);
        let known = snapshot.pool().backends();
        let known = known.map(|backend| named.get(backend.name()).copied().cloned());
        Self {
            backends: known.collect(),
            snapshot,
        }
    }

    fn build(backends: &BTreeSet<Backend>) -> Self {
        Self::build_with_config(backends, &Config::default())
    }

    fn iter(self: &Arc<Self>, key: &[u8]) -> Owners {
        Owners {
            selection: Arc::clone(self),
            key: key.into(),
            tried: SlotSet::new(),
        }
    }
}

/// The backends of a key in order of preference, each found on demand.
#[derive(Debug)]
pub struct Owners {
    selection: Arc<Selection>,
    key: Box<[u8]>,
    tried: SlotSet,
}

impl BackendIter for Owners {
    fn next(&mut self) -> Option<&Backend> {
        let Selection { snapshot, backends } = &*self.selection;
        loop {
            let pick = Pick::new(snapshot.pool(), Some(&self.key)).excluding(&self.tried);
            let slot = snapshot.pick(&pick.question()).ok()?;
            // A custom strategy that repeats a backend would never end.
            if !self.tried.insert(slot) {
                return None;
            }
            if let Some(backend) = &backends[slot.index()] {
                return Some(backend);
            }
        }
    }
}
