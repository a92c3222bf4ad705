//! The arguments of all that measures on requests with keys.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use evenkeel_algorithms::Seed;

use super::key_source::{KeySourceArgs, RECORDED};
use super::parsers::count;
use crate::progress::Voice;
use crate::workload::{Distribution, Source, Workload};

/// Where the requests come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Traffic")]
pub(super) struct WorkloadArgs {
    /// Number of requests to draw
    #[arg(short = 'n', long, value_name = "N", default_value_t = 1_000_000, value_parser = count,
        conflicts_with_all = RECORDED)]
    requests: u32,
    /// Number of clients to draw them from; a client's name is the key
    #[arg(long, value_name = "N", default_value_t = 100_000, value_parser = count,
        conflicts_with_all = RECORDED)]
    clients: u32,
    /// How often each client asks: `uniform`, or `zipf:S` (the k-th in proportion to 1/k^S)
    #[arg(long, value_name = "DIST", default_value = "uniform",
        conflicts_with_all = RECORDED)]
    distribution: Distribution,
    #[command(flatten)]
    recorded: KeySourceArgs,
}

impl WorkloadArgs {
    /// The files that are read.
    pub(super) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.recorded.files()
    }

    pub(super) fn source(&self) -> Source {
        self.recorded.recorded().unwrap_or(Source::Drawn {
            requests: self.requests as usize,
            clients: self.clients,
            distribution: self.distribution,
        })
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
