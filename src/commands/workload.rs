//! The arguments of all that measures on requests with keys.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use evenkeel_algorithms::Seed;

use super::parsers::count;
use crate::progress::Voice;
use crate::workload::{Distribution, KeyField, Source, Workload};

/// Where the requests come from.
#[derive(Debug, Args)]
pub(super) struct WorkloadArgs {
    /// How many requests to draw; of files come as many as there are lines
    #[arg(long, value_name = "N", default_value_t = 1_000_000, value_parser = count)]
    requests: u32,
    /// How many clients they come from; their names are the keys
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = count)]
    clients: u32,
    /// How often each client asks: `uniform`, or `zipf:S` (the k-th in proportion to 1/k^S)
    #[arg(long, value_name = "uniform|zipf:S", default_value = "uniform")]
    distribution: Distribution,
    /// Read the requests' keys from a file, one a line, compressed with gzip or not; `-` is standard
    /// input
    #[arg(long, value_name = "FILE", conflicts_with_all = ["requests", "clients", "distribution"])]
    keys_from: Option<PathBuf>,
    /// Read the requests from an access log in the common or combined format, compressed or not
    #[arg(long, value_name = "FILE", requires = "key",
        conflicts_with_all = ["requests", "clients", "distribution", "keys_from"])]
    access_log: Option<PathBuf>,
    /// Which part of a logged request is its key; a path is the request target with its query
    #[arg(long, value_enum, requires = "access_log")]
    key: Option<KeyField>,
}

impl WorkloadArgs {
    /// The files that are read.
    pub(super) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.keys_from.iter().chain(&self.access_log)
    }

    pub(super) fn source(&self) -> Source {
        match (&self.keys_from, &self.access_log) {
            (Some(path), _) => Source::Keys(path.clone()),
            (None, Some(path)) => {
                Source::AccessLog(path.clone(), self.key.unwrap_or(KeyField::Client))
            }
            (None, None) => Source::Drawn {
                requests: self.requests as usize,
                clients: self.clients,
                distribution: self.distribution,
            },
        }
    }

    /// The requests, or the first run's if they are drawn.
    ///
    /// # Errors
    /// If they cannot be read or drawn.
    pub(super) fn read(&self, seed: Seed, voice: Voice) -> Result<Workload> {
        let _reading = self.files().next().map(|path| voice.reading(path));
        self.source().workload(0, seed)
    }
}
