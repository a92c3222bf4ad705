//! The argument that leaves only strategies for a cache.

use anyhow::{Result, ensure};
use clap::Args;
use evenkeel_algorithms::{Card, Key, Registry};
use evenkeel_config::Config;

/// Whether the strategies have to keep a key at its backend.
#[derive(Debug, Args)]
#[command(next_help_heading = "Strategies")]
pub(super) struct KeyedArgs {
    /// Only strategies that always send the same key to the same backend, such as for caches
    ///
    /// Without --algorithm these are all such strategies.
    #[arg(long)]
    keyed: bool,
}

impl KeyedArgs {
    /// All strategies of a registry, if those by key are asked for and no others are named.
    pub(super) fn all(&self, registry: &Registry) -> Option<Vec<&'static Card>> {
        self.keyed.then(|| registry.strategies().collect())
    }

    /// Those of the algorithms that are asked for.
    ///
    /// # Errors
    /// If there are none.
    pub(super) fn only(
        &self,
        mut algorithms: Vec<&'static Card>,
        config: &Config,
    ) -> Result<Vec<&'static Card>> {
        if self.keyed {
            algorithms.retain(|algorithm| {
                let profile = config.configured_as(algorithm).profile();
                profile.key == Key::Required && !profile.in_flight
            });
            ensure!(
                !algorithms.is_empty(),
                "--keyed: none of the algorithms always sends the same key to the same backend"
            );
        }
        Ok(algorithms)
    }
}
