//! The YAML config: from a file to checked values. The only place that knows `serde_yaml`.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use evenkeel_algorithms::{
    Algorithm, Backend, BuildError, LoadBalancer, Options, Pool, Seed, Strategy, strategy,
};
use serde::Deserialize;

mod error;
mod fields;
mod location;

pub(crate) use error::with_suggestion;
pub use error::{ConfigError, Fault};
pub use fields::{AlgorithmName, BackendList, BackendSpec};

/// The largest config file that is read: 64 MiB, enough for a million backends.
pub const MAX_CONFIG_BYTES: u64 = 64 << 20;

/// A balancer as its owner describes it: the algorithm, the seed, the options and the backends.
#[derive(Clone, Debug)]
pub struct Config {
    /// The algorithm; the ketama ring when none is named.
    pub algorithm: &'static Algorithm,
    /// What keys and names are hashed with.
    pub seed: Seed,
    /// The options of every strategy that has any.
    pub options: Options,
    /// The backends, at least one, with distinct names, in the order given.
    pub backends: Vec<Backend>,
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
    options: Options,
    backends: BackendList,
}

impl Config {
    /// A config of these backends with the default algorithm, seed and options.
    #[must_use]
    pub fn of(backends: Vec<Backend>) -> Self {
        let (seed, options) = (Seed::DEFAULT, Options::default());
        Self {
            algorithm: AlgorithmName::default().0,
            seed,
            options,
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

    /// Reads and checks a file, and that its strategy, or that of the algorithm asked for instead,
    /// can be built.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub fn load(path: &Path, instead: Option<&'static Algorithm>) -> Result<Self, ConfigError> {
        let text = read(path)?;
        let mut config = Self::parse(&text).map_err(|fault| fault.of_file(path))?;
        config.algorithm = instead.unwrap_or(config.algorithm);
        match config.balancer() {
            Ok(_) => Ok(config),
            Err(error) => Err(location::of_build_error(&text, &error).of_file(path)),
        }
    }

    /// Checks the text of a config.
    ///
    /// # Errors
    /// The [`Fault`], which says where in the text.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        location::refuse_repeated_keys(text)?;
        let document: Document = serde_yaml::from_str(text)?;
        Ok(Self {
            algorithm: document.algorithm.0,
            seed: document.seed,
            options: document.options,
            backends: document.backends.0,
        })
    }

    /// The strategy, not yet built for a pool.
    #[must_use]
    pub fn strategy(&self) -> Strategy {
        self.strategy_of(self.algorithm)
    }

    /// Another algorithm's strategy, with this config's seed and options.
    #[must_use]
    pub fn strategy_of(&self, algorithm: &strategy::Algorithm) -> Strategy {
        algorithm.strategy(self.seed, &self.options)
    }

    /// A load balancer over the backends.
    ///
    /// # Errors
    /// [`BuildError`] if the options do not fit the backends.
    pub fn balancer(&self) -> Result<LoadBalancer, BuildError> {
        LoadBalancer::new(self.strategy(), Pool::new(self.backends.iter().cloned())?)
    }
}

fn read(path: &Path) -> Result<String, ConfigError> {
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
    String::from_utf8(bytes).map_err(|error| {
        let fault = error::not_utf8(error.as_bytes(), error.utf8_error());
        fault.of_file(path)
    })
}
