//! The requests of every seed.

use std::sync::Arc;

use anyhow::Result;
use evenkeel_algorithms::Seed;

use crate::cli::WorkloadArgs;
use crate::progress::Voice;
use crate::run_compare::{drawn, workload};
use crate::workload::Workload;

/// Where requests come from: they are drawn anew for every seed, or read once.
pub(super) struct Traffic<'a> {
    args: &'a WorkloadArgs,
    /// Those that are read, or drawn with the config's own seed.
    pub(super) first: Arc<Workload>,
}

impl<'a> Traffic<'a> {
    /// # Errors
    /// If they cannot be read or drawn.
    pub(super) fn of(args: &'a WorkloadArgs, seed: Seed, voice: Voice) -> Result<Self> {
        let first = Arc::new(workload(args, seed, voice)?);
        Ok(Self { args, first })
    }

    /// Whether all seeds have the same.
    pub(super) const fn is_read(&self) -> bool {
        self.args.keys_from.is_some() || self.args.access_log.is_some()
    }

    /// Those of a seed.
    ///
    /// # Errors
    /// If they cannot be drawn.
    pub(super) fn with(&self, seed: Seed) -> Result<Arc<Workload>> {
        if self.is_read() {
            Ok(Arc::clone(&self.first))
        } else {
            Ok(Arc::new(drawn(self.args, 0, seed)?))
        }
    }
}
