//! The statistics of reports, simulated themselves: how often intervals cover the true value, and how often a difference
//! is shown where there is none.

mod compared;
mod rate;
mod simulated;
mod synthetic;
mod tally;
mod tuned;

use anyhow::Result;
use rayon::prelude::*;

pub use rate::{Claim, Rate};

/// The usual number of repetitions: a coverage of 95% is measured to ±1.4 points.
pub const REPETITIONS: u32 = 1_000;

/// A group of claims that are measured on the same repetitions.
type Group = fn(u32, &(dyn Fn() + Sync)) -> Result<Vec<Rate>>;

const GROUPS: [Group; 4] = [
    synthetic::rates,
    compared::rates,
    simulated::rates,
    tuned::rates,
];

/// Measures every claim. Calls `step` after each of [`steps`] steps.
///
/// # Errors
/// If a strategy cannot be built or simulated.
pub fn rates(repetitions: u32, step: impl Fn() + Sync) -> Result<Vec<Rate>> {
    let groups = GROUPS.par_iter().map(|group| group(repetitions, &step));
    Ok(groups
        .collect::<Result<Vec<_>>>()?
        .into_iter()
        .flatten()
        .collect())
}

/// Returns the number of steps of a measurement.
#[must_use]
pub const fn steps(repetitions: u32) -> u64 {
    repetitions as u64 * (compared::STEPS + simulated::STEPS + tuned::STEPS + synthetic::STEPS)
}
