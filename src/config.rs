//! The YAML config: from a file to checked values. The only place that knows `serde_yaml`.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Instant;

use evenkeel_algorithms::strategy::{bounded_load, subset, warm_up};
use evenkeel_algorithms::{
    Algorithm, Backend, BoundedLoad, BuildError, Card, HashFunction, Hashing, LoadBalancer,
    Numbering, Options, Pool, Profile, Section, SectionKey, Seed, Subset, WarmUp,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

mod error;
mod fault;
mod fields;
mod location;
mod suggestion;
mod unique_keys;
mod wording;
mod write;

pub use error::{ConfigError, MAX_CONFIG_BYTES};
pub use fault::Fault;
pub use fields::{AlgorithmName, BackendList, BackendSpec};
pub(crate) use location::place_of;
pub(crate) use suggestion::{algorithm_named, with_suggestion};
use unique_keys::UniqueKeys;
pub(crate) use wording::in_plain_words;

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

/// A config with the text that it was read from and what was built of it.
#[derive(Debug)]
pub struct Loaded {
    /// The text.
    pub text: String,
    /// What it says.
    pub config: Config,
    /// The load balancer over its backends.
    pub balancer: LoadBalancer,
}

impl Loaded {
    /// Checks the text of a config and builds its strategy. Time stands still for it.
    ///
    /// # Errors
    /// The [`Fault`], which says where in the text.
    pub fn parse(text: String) -> Result<Self, Fault> {
        Self::of(text, None, Config::balancer)
    }

    fn of(
        text: String,
        instead: Option<&'static Card>,
        build: impl FnOnce(&Config) -> Result<LoadBalancer, BuildError>,
    ) -> Result<Self, Fault> {
        let mut config = Config::parse(&text)?;
        config.algorithm = instead.unwrap_or(config.algorithm);
        match build(&config) {
            Ok(balancer) => Ok(Self {
                text,
                config,
                balancer,
            }),
            Err(error) => Err(location::of_build_error(
                &text,
                config.algorithm,
                &config.backends,
                &error,
            )),
        }
    }
}

/// The file's own shape.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a config: a map with `backends`")]
struct Document {
    #[serde(default)]
    algorithm: AlgorithmName,
    #[serde(default)]
    seed: Seed,
    #[serde(default)]
    hash: HashFunction,
    bounded_load: Option<bounded_load::Options>,
    warm_up: Option<warm_up::Options>,
    subset: Option<subset::Options>,
    #[serde(default)]
    options: Options,
    numbering: Option<Numbering>,
    backends: BackendList,
}

impl Config {
    /// A config of these backends with the default of everything else.
    #[must_use]
    pub fn of(backends: Vec<Backend>) -> Self {
        Self {
            algorithm: AlgorithmName::default().0,
            hashing: Hashing::default(),
            bounded_load: None,
            warm_up: None,
            subset: None,
            options: Options::default(),
            numbering: None,
            backends,
        }
    }

    /// Reads and checks a file. Whether its strategy can be built is left open.
    ///
    /// # Errors
    /// [`ConfigError`], which says where in the file, what is wrong and what was expected.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = read(path)?;
        Self::parse(&text).map_err(|fault| fault.of_file(path))
    }

    /// Reads and checks a file, and builds its strategy, or that of the algorithm asked for instead. Time
    /// stands still for it.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn load(path: &Path, instead: Option<&'static Card>) -> Result<Loaded, ConfigError> {
        Self::load_as(path, instead, Self::balancer)
    }

    /// Reads and checks a file and builds its strategy, with a clock that counts from a moment.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn load_since(path: &Path, start: Instant) -> Result<Loaded, ConfigError> {
        Self::load_as(path, None, |config| config.balancer_since(start))
    }

    fn load_as(
        path: &Path,
        instead: Option<&'static Card>,
        build: impl FnOnce(&Self) -> Result<LoadBalancer, BuildError>,
    ) -> Result<Loaded, ConfigError> {
        Loaded::of(read(path)?, instead, build).map_err(|fault| fault.of_file(path))
    }

    /// Checks the text of a config.
    ///
    /// # Errors
    /// The [`Fault`], which says where in the text.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let document: Document = from_yaml(text)?;
        Ok(Self {
            algorithm: document.algorithm.0,
            hashing: Hashing {
                seed: document.seed,
                function: document.hash,
            },
            bounded_load: document.bounded_load,
            warm_up: document.warm_up,
            subset: document.subset,
            options: document.options,
            numbering: document.numbering,
            backends: document.backends.0,
        })
    }

    /// The algorithm with its settings and what is around it.
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

    /// An algorithm with this config's hashing and options, and nothing around it.
    #[must_use]
    pub fn plain(&self, algorithm: &Card) -> Box<dyn Algorithm> {
        algorithm.algorithm(self.hashing, &self.options)
    }

    /// The options of an algorithm, if it is the config's.
    pub(crate) fn own_options<T: Section + Clone + Default>(
        &self,
        key: SectionKey<T>,
    ) -> Option<T> {
        (self.algorithm.name == key.algorithm()).then(|| self.options.get(key))
    }

    /// Whether something is around the algorithm.
    pub(crate) const fn is_wrapped(&self) -> bool {
        self.bounded_load.is_some() || self.warm_up.is_some() || self.subset.is_some()
    }

    /// The config after a change: another algorithm or other backends. An algorithm that goes by the
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

    /// The backends as a pool that carries on with the numbering.
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

    /// A load balancer over the backends whose clock counts from a moment.
    ///
    /// # Errors
    /// [`BuildError`] if the options do not fit the backends.
    pub fn balancer_since(&self, start: Instant) -> Result<LoadBalancer, BuildError> {
        LoadBalancer::with_clock(self.configured(), self.pool()?, move || start.elapsed())
    }

    /// A load balancer over the backends, for which time stands still.
    ///
    /// # Errors
    /// [`BuildError`] if the options do not fit the backends.
    pub fn balancer(&self) -> Result<LoadBalancer, BuildError> {
        LoadBalancer::new(self.configured(), self.pool()?)
    }
}

/// What a text of YAML says, without a key twice in a map.
///
/// It is read once. Only where something is wrong, or may be that typed reading does not see (it skips
/// tags, and there is none without a `!`), is it walked first for what is wrong with any YAML.
///
/// # Errors
/// The [`Fault`], which says where in the text.
pub(crate) fn from_yaml<T: DeserializeOwned>(text: &str) -> Result<T, Fault> {
    let read = T::deserialize(UniqueKeys(serde_yaml::Deserializer::from_str(text)));
    if read.is_err() || text.contains('!') {
        location::refuse_ill_formed(text)?;
    }
    Ok(read?)
}

/// The text of a file that is not too large for a config.
pub(crate) fn read(path: &Path) -> Result<String, ConfigError> {
    let unreadable = |source| ConfigError::Unreadable {
        path: path.into(),
        source,
    };
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(unreadable)?;
    file.take(MAX_CONFIG_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(unreadable)?;
    if bytes.len() as u64 > MAX_CONFIG_BYTES {
        return Err(ConfigError::TooLarge { path: path.into() });
    }
    String::from_utf8(bytes)
        .map_err(|error| Fault::not_utf8(error.as_bytes(), error.utf8_error()).of_file(path))
}
