//! The checked values of a config, and what is built from them.

use std::time::Instant;

use evenkeel_algorithms::strategy::{bounded_load, ketama, subset, warm_up};
use evenkeel_algorithms::{
    Algorithm, Backend, BoundedLoad, BuildError, Card, Hashing, LoadBalancer, Numbering, Options,
    Pool, Profile, Section, SectionKey, Subset, WarmUp,
};

/// A balancer as configured: the algorithm with its settings, and the backends.
#[derive(Clone, Debug)]
pub struct Config {
    /// The algorithm; by default the ketama ring.
    pub algorithm: &'static Card,
    /// How keys and names are hashed.
    pub hashing: Hashing,
    /// The factor by which a backend's load may exceed its share, if it is bounded.
    pub bounded_load: Option<bounded_load::Options>,
    /// The time in which a new backend reaches its share, if there is a warm-up.
    pub warm_up: Option<warm_up::Options>,
    /// The client with its subset of the backends, if subsets are used.
    pub subset: Option<subset::Options>,
    /// The options of all strategies.
    pub options: Options,
    /// The buckets of an earlier pool to continue with, for algorithms that use them.
    pub numbering: Option<Numbering>,
    /// The backends, at least one, with distinct names, in the order given.
    pub backends: Vec<Backend>,
}

impl Config {
    /// Creates a config of these backends with defaults for everything else: a ketama ring (consistent hashing).
    #[must_use]
    pub fn of(backends: Vec<Backend>) -> Self {
        Self {
            algorithm: &ketama::CARD,
            hashing: Hashing::default(),
            bounded_load: None,
            warm_up: None,
            subset: None,
            options: Options::default(),
            numbering: None,
            backends,
        }
    }

    /// Returns the algorithm with its settings and wrappers.
    #[must_use]
    pub fn configured(&self) -> Box<dyn Algorithm> {
        self.configured_as(self.algorithm)
    }

    /// Returns another algorithm with this config's hashing, options and wrappers.
    #[must_use]
    pub fn configured_as(&self, algorithm: &Card) -> Box<dyn Algorithm> {
        let mut configured = self.plain(algorithm);
        if let Some(options) = self.warm_up {
            configured = Box::new(WarmUp::new(configured, self.hashing, options));
        }
        if let Some(bound) = self.bounded_load {
            configured = Box::new(BoundedLoad::new(configured, bound));
        }
        if let Some(subset) = &self.subset {
            configured = Box::new(Subset::new(configured, self.hashing, subset.clone()));
        }
        configured
    }

    /// Returns what the algorithm needs and promises, with its wrappers.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.configured().profile()
    }

    /// Returns an algorithm with this config's hashing and options, without wrappers.
    #[must_use]
    pub fn plain(&self, algorithm: &Card) -> Box<dyn Algorithm> {
        algorithm.algorithm(self.hashing, &self.options)
    }

    /// Returns the options of an algorithm, if it is the config's algorithm.
    pub fn own_options<T: Section + Clone + Default>(&self, key: SectionKey<T>) -> Option<T> {
        (self.algorithm.name == key.algorithm()).then(|| self.options.get(key))
    }

    /// Returns whether the algorithm has a wrapper.
    pub const fn is_wrapped(&self) -> bool {
        self.bounded_load.is_some() || self.warm_up.is_some() || self.subset.is_some()
    }

    /// Returns the config after a change of algorithm or backends. An algorithm that depends on history continues with
    /// the numbering; any other is as if newly built.
    ///
    /// # Errors
    /// [`BuildError`] if the weights of the earlier backends are too large to be numbered.
    pub fn changed(
        &self,
        algorithm: &'static Card,
        backends: Vec<Backend>,
    ) -> Result<Self, BuildError> {
        let history = self.configured_as(algorithm).profile().history;
        let numbering = history.then(|| self.pool()?.numbering().cloned());
        Ok(Self {
            algorithm,
            numbering: numbering.transpose()?,
            backends,
            ..self.clone()
        })
    }

    /// Returns the backends as a pool that continues with the numbering.
    ///
    /// # Errors
    /// [`BuildError`] if the backends are not a valid pool.
    pub fn pool(&self) -> Result<Pool, BuildError> {
        let pool = Pool::new(self.backends.iter().cloned())?;
        Ok(match &self.numbering {
            Some(numbering) => pool.with_numbering(numbering.clone()),
            None => pool,
        })
    }

    /// Returns a load balancer over the backends, with a clock that counts from a moment.
    ///
    /// # Errors
    /// [`BuildError`] if the options do not fit the backends.
    pub fn balancer_since(&self, start: Instant) -> Result<LoadBalancer, BuildError> {
        LoadBalancer::with_clock(self.configured(), self.pool()?, move || start.elapsed())
    }

    /// Returns a load balancer over the backends, without a clock.
    ///
    /// # Errors
    /// [`BuildError`] if the options do not fit the backends.
    pub fn balancer(&self) -> Result<LoadBalancer, BuildError> {
        LoadBalancer::new(self.configured(), self.pool()?)
    }
}
