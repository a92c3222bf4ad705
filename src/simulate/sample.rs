//! Measured times, from which new ones are drawn.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use rand::RngExt;
use rand::rngs::ChaCha8Rng;

use super::table::{SERVICE, Table};
use crate::input::name_of;

/// Times that are drawn with equal probability.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// In nanoseconds.
    times: Arc<[u64]>,
    mean: f64,
    /// The source of the times, as text.
    source: String,
}

impl Sample {
    /// Creates a sample of these times in nanoseconds.
    ///
    /// # Errors
    /// If there are no times, or none is above 0.
    pub fn of(times: &[u64]) -> Result<Self> {
        let sum: u128 = times.iter().map(|&time| u128::from(time)).sum();
        ensure!(sum > 0, "expected a time above 0");
        Ok(Self {
            times: times.into(),
            mean: sum as f64 / times.len() as f64,
            source: format!("{} times", times.len()),
        })
    }

    /// Reads the column `service_us` of a CSV file, compressed with gzip or not; `-` is standard input. Other columns
    /// are ignored.
    ///
    /// # Errors
    /// If the file cannot be read, has a fault (the error has its location), or has no time above 0.
    pub fn read(path: &Path) -> Result<Self> {
        let table = Table::open(path)?;
        let service = table.times(SERVICE)?;
        let mut times = Vec::new();
        table.for_each(|record| {
            times.push(service.of(record)? * 1_000);
            Ok(())
        })?;
        let name = name_of(path);
        let sample = Self::of(&times).with_context(|| format!("{name}: every `{SERVICE}` is 0"))?;
        Ok(Self {
            source: format!("{} of {name}", sample.source),
            ..sample
        })
    }

    /// Returns the mean of all times, in nanoseconds.
    pub(super) const fn mean(&self) -> f64 {
        self.mean
    }

    pub(super) fn draw(&self, rng: &mut ChaCha8Rng) -> f64 {
        // Draws of `usize` would differ between machines.
        let place = rng.random_range(0..self.times.len() as u64);
        self.times[place as usize] as f64
    }
}

impl fmt::Display for Sample {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn all_times_are_drawn_equally_often() {
        let times: Vec<_> = (162..=172).map(|ms| ms * 1_000_000).collect();
        let sample = Sample::of(&times).unwrap();
        assert_eq!(sample.mean(), 167e6);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let mut counts = [0_u32; 11];
        for _ in 0..110_000 {
            let drawn = sample.draw(&mut rng) as u64;
            counts[times.iter().position(|&time| time == drawn).unwrap()] += 1;
        }
        assert!(
            counts.iter().all(|count| count.abs_diff(10_000) < 400),
            "{counts:?}"
        );
    }

    #[test]
    fn a_sample_without_a_mean_is_rejected() {
        assert!(Sample::of(&[]).is_err());
        assert!(Sample::of(&[0, 0]).is_err());
        assert_eq!(Sample::of(&[0, 0, 1]).unwrap().mean(), 1. / 3.);
    }
}
