//! A config on the road of a plan, with its load balancer.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use evenkeel_algorithms::analysis::Shares;
use evenkeel_algorithms::{Key, LoadBalancer, Pick, RouteError, Slot, Snapshot};
use evenkeel_config::Config;

/// A config with its load balancer.
#[derive(Clone)]
pub(super) struct State {
    /// The change that leads here from the previous state; for the first state, its name.
    pub(super) change: String,
    pub(super) config: Config,
    pub(super) snapshot: Arc<Snapshot>,
}

impl State {
    /// Builds the state of a config.
    ///
    /// # Errors
    /// If it cannot be built, or its algorithm uses no key.
    pub(super) fn new(change: String, config: Config) -> Result<Self> {
        let balancer = config.balancer().with_context(|| change.clone())?;
        Self::of(change, config, &balancer)
    }

    /// Creates the state of a config that is already built.
    ///
    /// # Errors
    /// If its algorithm uses no key.
    pub(super) fn of(change: String, config: Config, balancer: &LoadBalancer) -> Result<Self> {
        let snapshot = balancer.snapshot();
        ensure!(
            snapshot.profile().key != Key::Unused,
            "{change}: {} ignores keys, so there are no keys to move",
            config.algorithm
        );
        Ok(Self {
            change,
            config,
            snapshot,
        })
    }

    /// Returns the backend of each key, asked by itself, in order; `None` if no backend is eligible.
    ///
    /// # Errors
    /// If something that the algorithm depends on fails.
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

    /// Returns whether the algorithm ignores the weights, which differ.
    pub(super) fn ignores_weights(&self) -> bool {
        Shares::of(&self.snapshot).ignore_weights()
    }

    /// Returns the name of a destination.
    pub(super) fn name(&self, slot: Option<Slot>) -> &str {
        slot.map_or(NO_BACKEND, |slot| self.snapshot.pool().backend(slot).name())
    }
}

/// The name for the destination of a key without an eligible backend.
pub const NO_BACKEND: &str = "(no backend)";
