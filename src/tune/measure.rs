//! How a setting is measured with one seed.

use anyhow::Result;
use evenkeel_algorithms::Seed;

use crate::config::Config;

/// How a setting is measured.
pub(super) trait Meter: Sync {
    /// What is the same for all settings with a seed.
    type Case: Sync;

    /// What is the same for all settings, for each seed.
    ///
    /// # Errors
    /// If there are no requests.
    fn cases(&self, seeds: Vec<Seed>) -> Result<Vec<Self::Case>>;

    /// Measures a setting; whether moves count is left to the goals.
    ///
    /// # Errors
    /// If the strategy cannot be built, or no backend is eligible.
    fn run(&self, config: &Config, case: &Self::Case, with_changes: bool) -> Result<Run>;
}

/// What one seed came to.
pub(super) struct Run {
    /// The fullest backend's share of the requests over its due.
    pub(super) peak: f64,
    /// The share of the requests that went elsewhere than home, where there is a bound.
    pub(super) away: Option<f64>,
    /// The largest share that a change moved.
    pub(super) moved: f64,
    /// The bytes that the strategy holds.
    pub(super) memory: u64,
}
