//! The sources of requests.

use std::path::PathBuf;

use anyhow::Result;
use evenkeel_algorithms::Seed;

use super::access_log::KeyField;
use super::distribution::Distribution;
use super::requests::Workload;

/// A source of requests.
#[derive(Clone, Debug)]
pub enum Source {
    /// They are drawn with a seed.
    Drawn {
        /// The number of requests.
        requests: usize,
        /// The number of clients.
        clients: u32,
        /// The distribution of requests over the clients.
        distribution: Distribution,
    },
    /// A file of keys, one per line.
    Keys(PathBuf),
    /// An access log in the common or combined format, and the part of a request that is its key.
    AccessLog(PathBuf, KeyField),
}

impl Source {
    /// Returns whether every run has its own requests.
    #[must_use]
    pub const fn is_drawn(&self) -> bool {
        matches!(self, Self::Drawn { .. })
    }

    /// Returns the requests of a run, counted from 0: drawn with a seed, or those of the file, which are the same for
    /// all runs.
    ///
    /// # Errors
    /// If they cannot be read or drawn.
    pub fn workload(&self, run: u32, seed: Seed) -> Result<Workload> {
        match self {
            Self::Drawn {
                requests,
                clients,
                distribution,
            } => Workload::drawn_again(run, *requests, *clients, *distribution, seed.0),
            Self::Keys(path) => Workload::from_keys(path),
            Self::AccessLog(path, field) => Workload::from_access_log(path, *field),
        }
    }
}
