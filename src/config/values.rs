//! The checked values of a config, and what is built of them.

use std::time::Instant;

use evenkeel_algorithms::strategy::{bounded_load, ketama, subset, warm_up};
use evenkeel_algorithms::{
    Algorithm, Backend, BoundedLoad, BuildError, Card, Hashing, LoadBalancer, Numbering, Options,
    Pool, Profile, Section, SectionKey, Subset, WarmUp,
};

/// A balancer as its owner describes it: the algorithm and what goes with it, and the backends.
#[derive(Clone, Debug)]
pub struct Config {
    /// The algorithm; the ketama ring when none is named.
    pub algorithm: &'static Card,
    /// How keys and names are hashed.
    pub hashing: Hashing,
    /// How far a backend's load may exceed its share, if that is bounded.
    pub bounded_load: Option<bounded_load::Options>,
    /// How long a newcomer takes to get its share, if not at once.
    pub warm_up: Option<warm_up::Options>,
    /// The client whose subset of the backends is used, if not all are.
    pub subset: Option<subset::Options>,
    /// The options of every strategy that has any.
    pub options: Options,
    /// The buckets of an earlier pool to carry on with, for algorithms that go by them.
    pub numbering: Option<Numbering>,
    /// The backends, at least one, with distinct names, in the order given.
    pub backends: Vec<Backend>,
}

impl Config {
    /// Creates a config of these backends with the default of everything else: a ketama ring, which is consistent hashing.
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

    /// Returns the algorithm with its settings and what is around it.
    #[must_use]
    pub fn configured(&self) -> Box<dyn Algorithm> {
        self.configured_as(self.algorithm)
    }

    /// Another algorithm with this config's hashing and options, and what is around it.
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

    /// What the algorithm needs and promises, with what is around it.
    #[must_use]
    pub fn profile(&self) -> Profile {
        self.configured().profile()
    }

    /// Returns an algorithm with this config's hashing and options, and nothing around it.
    #[must_use]
    pub fn plain(&self, algorithm: &Card) -> Box<dyn Algorithm> {
        algorithm.algorithm(self.hashing, &self.options)
    }

    /// Returns the options of an algorithm, if it is the config's.
    pub(crate) fn own_options<T: Section + Clone + Default>(
        &self,
        key: SectionKey<T>,
    ) -> Option<T> {
        (self.algorithm.name == key.algorithm()).then(|| self.options.get(key))
    }

    /// Returns whether something is around the algorithm.
    pub(crate) const fn is_wrapped(&self) -> bool {
        self.bounded_load.is_some() || self.warm_up.is_some() || self.subset.is_some()
    }

    /// Returns the config after a change: another algorithm or other backends. An algorithm that goes by the
    /// history of its pool carries on with the numbering; any other is as if built afresh.
    ///
    /// # Errors
    /// [`BuildError`] if the weights of before are too large to be numbered.
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

    /// Returns the backends as a pool that carries on with the numbering.
    ///
    /// # Errors
    /// [`BuildError`] for backends that make no pool.
    pub fn pool(&self) -> Result<Pool, BuildError> {
        let pool = Pool::new(self.backends.iter().cloned())?;
        Ok(match &self.numbering {
            Some(numbering) => pool.with_numbering(numbering.clone()),
            None => pool,
        })
    }

    /// Returns a load balancer over the backends whose clock counts from a moment.
    ///
    /// # Errors
    /// [`BuildError`] if the options do not fit the backends.
    pub fn balancer_since(&self, start: Instant) -> Result<LoadBalancer, BuildError> {
        LoadBalancer::with_clock(self.configured(), self.pool()?, move || start.elapsed())
    }

    /// Returns a load balancer over the backends, for which time stands still.
    ///
    /// # Errors
    /// [`BuildError`] if the options do not fit the backends.
    pub fn balancer(&self) -> Result<LoadBalancer, BuildError> {
        LoadBalancer::new(self.configured(), self.pool()?)
    }
}
