//! The requests for every seed.

use std::sync::Arc;

use anyhow::Result;
use evenkeel_algorithms::Seed;

use crate::workload::{Source, Workload};

/// The source of requests: drawn again for every seed, or read once.
#[derive(Debug)]
pub struct Traffic {
    source: Source,
    /// The requests that are read, or drawn with the config's own seed.
    pub(super) first: Arc<Workload>,
}

impl Traffic {
    /// Creates the traffic from a source and its first requests.
    #[must_use]
    pub fn of(source: Source, first: Workload) -> Self {
        Self {
            source,
            first: Arc::new(first),
        }
    }

    /// Returns whether all seeds have the same requests.
    pub(super) const fn is_read(&self) -> bool {
        !self.source.is_drawn()
    }

    /// Returns the requests for a seed.
    ///
    /// # Errors
    /// If they cannot be drawn.
    pub(super) fn with(&self, seed: Seed) -> Result<Arc<Workload>> {
        if self.is_read() {
            Ok(Arc::clone(&self.first))
        } else {
            Ok(Arc::new(self.source.workload(0, seed)?))
        }
    }
}
