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
//! A backend's name is its address, which is what gets hashed. Its weight is Pingora's; one of weight 0
//! gets no keys, and one above [`Weight::MAX`] counts as that. Of two backends with one address the
//! heavier counts.
//!
//! # Health
//! Pingora asks for one backend after another until it finds a healthy one: the key's owners in the
//! strategy's order of preference. No other key moves.
//!
//! # Changes
//! A [`Config`] remembers the backends before: strategies that depend on it move no key needlessly, and
//! a ring is changed rather than sorted again. Without a config, as
//! [`LoadBalancer::try_from_iter`](pingora_load_balancing::LoadBalancer::try_from_iter) does it,
//! the strategy is [`Ketama`] with its defaults.
//!
//! A set of backends that does not fit the strategy's options (more than its capacity, say) cannot be
//! refused through Pingora's interface. It is logged as an error, and the backends that were there
//! before and still are go on getting their keys.

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

/// Which algorithm a [`Selection`] picks by. Each load balancer takes a config of its own.
pub struct Config {
    /// Locked while it is updated, so that a selection is of the backends it was built for.
    balancer: Mutex<evenkeel::LoadBalancer>,
}

/// Why an algorithm cannot select for Pingora.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ConfigError {
    /// It does not pick by key.
    #[error("the strategy picks without a key; take Pingora's own selections for that")]
    WithoutKey,
    /// It goes by the requests in flight.
    #[error(
        "the strategy picks by the requests in flight, which Pingora does not tell a selection"
    )]
    InFlight,
    /// Its options fit no pool.
    #[error(transparent)]
    Build(#[from] BuildError),
}

impl Config {
    /// Takes an algorithm that picks by key alone.
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

    /// The strategy built for some backends; if they do not fit, for those before.
    fn snapshot(&self, named: &BTreeMap<String, &Backend>) -> Arc<Snapshot> {
        // A load balancer is published whole, whatever a panic leaves.
        let balancer = self.balancer.lock().unwrap_or_else(PoisonError::into_inner);
        let described = named.iter().filter_map(|(name, backend)| {
            let weight = weight(backend)?;
            Some(evenkeel::Backend::new(name.as_str()).with_weight(weight))
        });
        if let Err(error) = balancer.update(described) {
            log::error!("the backends before stay in force: {error}");
        }
        balancer.snapshot()
    }
}

impl Default for Config {
    /// [`Ketama`] with its defaults.
    fn default() -> Self {
        Self::new(Ketama::default()).expect("a ring picks by key, and holds no point yet")
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").finish_non_exhaustive()
    }
}

/// The weight of a backend; none if it shall get no keys.
fn weight(backend: &Backend) -> Option<Weight> {
    let weight = backend.weight.min(Weight::MAX.get() as usize);
    Weight::new(weight as u64).ok()
}

/// Backends by the strategy of a [`Config`]; see the [crate](self).
#[derive(Debug)]
pub struct Selection {
    snapshot: Arc<Snapshot>,
    /// What Pingora knows of the backend in each slot; none for one that is there no more.
    backends: Box<[Option<Backend>]>,
}

impl BackendSelection for Selection {
    type Iter = Owners;

    type Config = Config;

    fn build_with_config(backends: &BTreeSet<Backend>, config: &Config) -> Self {
        // Those of one address come in the order of their weights: the last stays.
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

/// The backends of a key in the order of preference, each found when it is asked for.
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
            // A custom strategy that names one twice would have no end.
            if !self.tried.insert(slot) {
                return None;
            }
            if let Some(backend) = &backends[slot.index()] {
                return Some(backend);
            }
        }
    }
}
