//! The algorithms that the command line knows, with two forms of `external`.

use std::sync::Arc;

use anyhow::Result;
use evenkeel_algorithms::Registry;

use crate::external;

/// Two registries, which differ in what `external` does.
pub(super) struct Registries {
    /// It runs no command.
    pub(super) refusing: Arc<Registry>,
    /// It runs the commands of configs.
    pub(super) running: Arc<Registry>,
}

impl Registries {
    /// The algorithms of a registry, and `external`.
    ///
    /// # Errors
    /// If one of them has that name.
    pub(super) fn new(registry: Registry) -> Result<Self> {
        let refusing = registry.clone().with(&external::REFUSED)?;
        let running = registry.with(external::running())?;
        Ok(Self {
            refusing: Arc::new(refusing),
            running: Arc::new(running),
        })
    }
}
