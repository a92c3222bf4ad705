//! The same simulation at other loads.

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::figures::{AlgorithmFigures, AtLoad, Figures, Simulated};
use super::simulation::{Progress, Simulation};

impl Simulation<'_> {
    /// [Repeats](Self::repeat) the simulation, and also at each of these loads with the same seeds; its own load is not
    /// simulated twice. The report is that of its own load, with the results at all loads in ascending order.
    ///
    /// # Errors
    /// As for [`repeat`](Self::repeat) at any load, or if the arrivals are not generated for a load.
    pub fn sweep(
        &self,
        loads: &[f64],
        runs: u32,
        step: impl Fn(Progress) + Sync,
    ) -> Result<Simulated> {
        let own = self
            .traffic
            .load()
            .context("only generated requests can have another load")?;
        let mut report = self.repeat(runs, &step)?;
        let others = loads.par_iter().filter(|&&load| load != own).map(|&load| {
            let traffic = self.traffic.at_load(load);
            let simulation = Simulation {
                traffic: &traffic,
                window: None,
                ..*self
            };
            let report = simulation.repeat(runs, &step);
            Ok((load, report.with_context(|| format!("at load {load}"))?))
        });
        // Of several errors, always the first one is returned.
        let others: Vec<Result<_>> = others.collect();
        let others: Vec<_> = others.into_iter().collect::<Result<_>>()?;
        let mut all: Vec<_> = others
            .iter()
            .map(|(load, report)| (*load, report))
            .chain([(own, &report)])
            .collect();
        all.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        let of_one = |(load, report): (f64, &Simulated)| {
            let at_load = |result| AtLoad::of(load, result);
            report.results.iter().map(at_load).collect::<Vec<_>>()
        };
        report.by_load = all.into_iter().flat_map(of_one).collect();
        Ok(report)
    }
}

impl AtLoad {
    fn of(load: f64, result: &AlgorithmFigures) -> Self {
        let Figures {
            requests,
            rejected,
            ref latency,
            ..
        } = result.figures;
        Self {
            load,
            algorithm: result.algorithm,
            requests,
            rejected,
            latency: latency.clone(),
            intervals: result.intervals.clone(),
        }
    }
}
