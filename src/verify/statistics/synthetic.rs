//! Intervals of values with a known distribution and mean, skewed ones included.

use anyhow::Result;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::rate::Rate;
use super::tally::covered;
use crate::figures::Interval;

/// The numbers of runs.
const RUNS: [usize; 3] = [2, 5, 20];

/// The number of exponential parts of a mean: what a run of few requests is.
const PARTS: u32 = 20;

pub(super) const STEPS: u64 = 0;

pub(super) fn rates(repetitions: u32, _: &(dyn Fn() + Sync)) -> Result<Vec<Rate>> {
    let mut rates = Vec::new();
    for runs in RUNS {
        for (name, truth, draw) in [
            ("uniform", 0.5, uniform as fn(&mut ChaCha8Rng) -> f64),
            ("mean of 20 exponential times", 1., mean_time),
            ("share of 100 requests at 20%", 0.2, share),
        ] {
            let mut rng = ChaCha8Rng::seed_from_u64(runs as u64);
            let intervals: Vec<_> = (0..repetitions)
                .filter_map(|_| {
                    let values: Vec<_> = (0..runs).map(|_| draw(&mut rng)).collect();
                    Interval::of(&values)
                })
                .collect();
            rates.push(covered(
                format!("synthetic, {runs} runs, {name}"),
                &intervals,
                truth,
            ));
        }
    }
    Ok(rates)
}

fn uniform(rng: &mut ChaCha8Rng) -> f64 {
    rng.random()
}

fn mean_time(rng: &mut ChaCha8Rng) -> f64 {
    let times = (0..PARTS).map(|_| -libm::log1p(-rng.random::<f64>()));
    times.sum::<f64>() / f64::from(PARTS)
}

fn share(rng: &mut ChaCha8Rng) -> f64 {
    let hits = (0..100).filter(|_| rng.random_bool(0.2));
    hits.count() as f64 / 100.
}
