//! What a setting has to meet.

use anyhow::{Result, ensure};
use evenkeel_algorithms::{Balancer, Key};
use serde::Serialize;

use super::trial::Run;
use crate::cli::TuneArgs;
use crate::config::Config;

/// What a setting has to meet on every seed.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Goals {
    /// How many times its share of the requests the fullest backend may have.
    pub(super) peak_to_mean: f64,
    /// The most bytes that the strategy may hold.
    pub(super) memory_bytes: Option<u64>,
    /// The largest share that may move when a backend is added or the last one removed.
    pub(super) max_moved: Option<f64>,
    /// The largest share of the requests that may go elsewhere than home.
    pub(super) max_away: Option<f64>,
    /// Whether a dearer setting moves more.
    #[serde(skip)]
    moves_are_the_price: bool,
}

/// So many times the share that it is no goal.
const MAX_UNEVEN: f64 = 1e6;

impl Goals {
    /// # Errors
    /// If a goal makes no sense.
    pub(super) fn of(args: &TuneArgs, config: &Config) -> Result<Self> {
        ensure!(
            (1. ..=MAX_UNEVEN).contains(&args.peak_to_mean),
            "--peak-to-mean {}: expected at least 1, which is even, and at most {MAX_UNEVEN}",
            args.peak_to_mean
        );
        ensure!(
            args.max_away.is_none() || args.bound,
            "--max-away: without --bound every request goes to its key's own backend"
        );
        ensure!(
            args.max_moved.is_none() || config.strategy().profile().key != Key::Unused,
            "--max-moved: {} picks without a key, so that there is nothing to move",
            config.algorithm
        );
        Ok(Self {
            peak_to_mean: args.peak_to_mean,
            memory_bytes: args.memory,
            max_moved: args.max_moved,
            max_away: args.max_away,
            moves_are_the_price: args.bound,
        })
    }

    /// Whether no dearer setting is needed.
    pub(super) fn enough(&self, run: &Run) -> bool {
        run.peak <= self.peak_to_mean && (self.moves_are_the_price || self.moves_little(run))
    }

    /// Whether the price is not too high: a dearer setting has the same or a higher one.
    pub(super) fn affordable(&self, run: &Run) -> bool {
        let within = |most: Option<f64>, value| most.is_none_or(|most| value <= most);
        self.memory_bytes.is_none_or(|most| run.memory <= most)
            && run.away.is_none_or(|away| within(self.max_away, away))
            && (!self.moves_are_the_price || self.moves_little(run))
    }

    fn moves_little(&self, run: &Run) -> bool {
        self.max_moved.is_none_or(|most| run.moved <= most)
    }
}
