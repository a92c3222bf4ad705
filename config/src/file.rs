//! Configs in files.

use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::time::Instant;

use evenkeel_algorithms::{BuildError, Card, LoadBalancer, Registry};

use super::error::{ConfigError, MAX_CONFIG_BYTES};
use super::fault::Fault;
use super::location;
use super::values::Config;

/// A config with its text and its load balancer.
#[derive(Debug)]
pub struct Loaded {
    /// The text.
    pub text: String,
    /// The config.
    pub config: Config,
    /// The load balancer over its backends.
    pub balancer: LoadBalancer,
}

impl Loaded {
    /// Checks the text of a config with an algorithm of a registry, and builds its strategy, without a clock.
    ///
    /// # Errors
    /// The [`Fault`], with its location in the text.
    pub fn parse(text: String, registry: &Registry) -> Result<Self, Fault> {
        let config = Config::parse(&text, registry)?;
        Self::of(text, config, Config::balancer)
    }

    /// Builds the strategy of a config with this text.
    fn of(
        text: String,
        config: Config,
        build: impl FnOnce(&Config) -> Result<LoadBalancer, BuildError>,
    ) -> Result<Self, Fault> {
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

impl Config {
    /// Reads and checks a file with an algorithm of a registry, without building its strategy.
    ///
    /// # Errors
    /// [`ConfigError`], which has the location, the problem and what was expected.
    pub fn read(path: &Path, registry: &Registry) -> Result<Self, ConfigError> {
        let text = read(path)?;
        Self::parse(&text, registry).map_err(|fault| fault.of_text(path, &text))
    }

    /// Reads and checks a file, and builds its strategy or that of another algorithm, without a clock.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub fn load(
        path: &Path,
        registry: &Registry,
        instead: Option<&'static Card>,
    ) -> Result<Loaded, ConfigError> {
        Self::load_as(path, registry, instead, Self::balancer)
    }

    /// Reads and checks a file and builds its strategy, with a clock that counts from a moment.
    ///
    /// # Errors
    /// As for [`read`](Self::read).
    pub fn load_since(
        path: &Path,
        registry: &Registry,
        start: Instant,
    ) -> Result<Loaded, ConfigError> {
        Self::load_as(path, registry, None, |config| config.balancer_since(start))
    }

    fn load_as(
        path: &Path,
        registry: &Registry,
        instead: Option<&'static Card>,
        build: impl FnOnce(&Self) -> Result<LoadBalancer, BuildError>,
    ) -> Result<Loaded, ConfigError> {
        let text = read(path)?;
        let mut config =
            Self::parse(&text, registry).map_err(|fault| fault.of_text(path, &text))?;
        config.algorithm = instead.unwrap_or(config.algorithm);
        Loaded::of(text, config, build).map_err(|fault| fault.of_file(path))
    }
}

/// Returns the text of a file, unless it is too large for a config.
pub fn read(path: &Path) -> Result<String, ConfigError> {
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
