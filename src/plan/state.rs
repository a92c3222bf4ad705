//! A config on the road of a plan, with what is built of it.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use evenkeel_algorithms::{Key, LoadBalancer, Pick, RouteError, Slot, Snapshot};

use crate::config::Config;

/// A config with what was built of it.
#[derive(Clone)]
pub(super) struct State {
    /// What leads here from the state before; of the first one its name.
    pub(super) change: String,
    pub(super) config: Config,
    pub(super) snapshot: Arc<Snapshot>,
}

impl State {
    /// Builds what a config comes to.
    ///
    /// # Errors
    /// If it cannot be built, or its algorithm uses no key.
    pub(super) fn new(change: String, config: Config) -> Result<Self> {
        let balancer = config.balancer().with_context(|| change.clone())?;
        Self::of(change, config, &balancer)
    }

    /// What was built of a config.
    ///
    /// # Errors
    /// If its algorithm uses no key.
    pub(super) fn of(change: String, config: Config, balancer: &LoadBalancer) -> Result<Self> {
        let snapshot = balancer.snapshot();
        ensure!(
            snapshot.profile().key != Key::Unused,
            "{change}: {} uses no key, so that there is no key to move",
            config.algorithm
        );
        Ok(Self {
            change,
            config,
            snapshot,
        })
    }

    /// Returns where each key goes by itself, in their order; none if no backend is eligible.
    ///
    /// # Errors
    /// If what the algorithm depends on fails.
    #[inline]
    pub(super) fn pick_each<'a>(
        &'a self,
        keys: impl Iterator<Item = &'a [u8]>,
        mut went: impl FnMut(Option<Slot>),
    ) -> Result<(), RouteError> {
        let mut outcome = Ok(());
        let ask = |key| Pick::new(self.snapshot.pool(), Some(key)).question();
        self.snapshot.pick_each(keys.map(ask), |answer| {
            if let Err(error @ RouteError::Failed(_)) = answer {
                outcome = Err(error);
            }
            went(answer.ok());
        });
        outcome
    }

    /// Returns the name of where it goes.
    pub(super) fn name(&self, slot: Option<Slot>) -> &str {
        slot.map_or(NO_BACKEND, |slot| self.snapshot.pool().backend(slot).name())
    }
}

/// What stands in place of a backend for a key for which none is eligible.
pub const NO_BACKEND: &str = "nobody";
