//! Measures a setting with one seed.

use anyhow::Result;
use evenkeel_algorithms::Seed;
use evenkeel_config::Config;

/// Measures settings.
pub(super) trait Meter: Sync {
    /// The data shared by all settings for one seed.
    type Case: Sync;

    /// The number of seeds that find a setting for 95 of 100 seeds: fewer where a run takes longer.
    const SEEDS: usize;

    /// Returns the shared data for each seed.
    ///
    /// # Errors
    /// If there are no requests.
    fn cases(&self, seeds: Vec<Seed>) -> Result<Vec<Self::Case>>;

    /// Measures a setting. `with_changes` includes the keys that a change moves.
    ///
    /// # Errors
    /// If the strategy cannot be built, or no backend is eligible.
    fn run(&self, config: &Config, case: &Self::Case, with_changes: bool) -> Result<Run>;
}

/// The measurements with one seed.
pub(super) struct Run {
    /// The load of the fullest backend relative to its expected share.
    pub(super) peak: f64,
    /// The share of requests that did not reach their home, if there is a bound.
    pub(super) away: Option<f64>,
    /// The largest share that a change moved.
    pub(super) moved: f64,
    /// The memory of the strategy, in bytes.
    pub(super) memory: u64,
}
