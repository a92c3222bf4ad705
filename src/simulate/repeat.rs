//! Several runs of a simulation, each with its own seed, and with its own requests if they are drawn.

use anyhow::Result;
use evenkeel_algorithms::{Card, Seed};
use rayon::prelude::*;

use super::figures::{AlgorithmFigures, Figures};
use super::intervals::AlgorithmIntervals;
use super::latency::Latency;
use super::simulation::{Progress, Simulation};
use crate::figures::{Mean, Series};

/// A strategy over all runs.
pub(super) struct Repeated {
    pub(super) result: AlgorithmFigures,
    /// The figures by which it is compared with others.
    pub(super) series: Series<Latency>,
}

impl Simulation<'_> {
    /// Simulates a strategy with these seeds, one run per core. Only the means and the data for comparisons are kept.
    pub(super) fn over(
        &self,
        algorithm: &'static Card,
        seeds: &[Seed],
        step: &(impl Fn(Progress) + Sync),
    ) -> Result<Repeated> {
        let runs: Vec<_> = seeds
            .par_iter()
            .enumerate()
            .map(|(run, &seed)| self.again(algorithm, run as u32, seed, step))
            .collect();
        // Of several errors, always the first one is returned.
        let runs: Vec<_> = runs.into_iter().collect::<Result<_>>()?;
        let all: Vec<_> = runs.iter().collect();
        Ok(Repeated {
            series: Series::over(algorithm.name, all.iter().map(|run| run.latency.as_ref())),
            result: AlgorithmFigures {
                algorithm: algorithm.name,
                figures: Figures::mean(&all),
                intervals: AlgorithmIntervals::over(&all),
            },
        })
    }

    /// Returns one run; the first is the same as that of a single simulation.
    fn again(
        &self,
        algorithm: &'static Card,
        run: u32,
        seed: Seed,
        step: &(impl Fn(Progress) + Sync),
    ) -> Result<Figures> {
        let mut config = self.config.clone();
        config.hashing.seed = seed;
        // Generating the clients' names takes longer than a short run.
        let keys = self
            .traffic
            .keys
            .as_deref()
            .filter(|_| self.keyed(algorithm));
        let renamed = keys.and_then(|keys| keys.of_run(run));
        let simulation = Simulation {
            config: &config,
            ..*self
        };
        let keys = renamed.as_ref().or(keys);
        let mut figures = simulation.simulate(algorithm, keys, step)?;
        if self.is_told_apart() {
            let undisturbed = Simulation {
                timeline: &self.timeline.undisturbed(),
                ..simulation
            };
            let undisturbed = undisturbed.simulate(algorithm, keys, step)?.phases;
            for (phase, undisturbed) in figures.phases.iter_mut().zip(undisturbed) {
                phase.undisturbed_hit_ratio = undisturbed.hit_ratio;
            }
        }
        Ok(figures)
    }
}
