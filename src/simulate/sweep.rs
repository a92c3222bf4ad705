//! The same simulation at other loads.

use anyhow::{Context, Result};
use rayon::prelude::*;

use super::figures::{AtLoad, Outcome, Report};
use super::simulation::{Progress, Simulation};
use super::times::Latency;

impl Simulation<'_> {
    /// [Repeats](Self::repeat) it, and at each of these loads as well, with the same seeds: a load that it
    /// has itself is not simulated twice. The report is that of its own load, with what all come to
    /// beside it, in ascending order of the load.
    ///
    /// # Errors
    /// As [`repeat`](Self::repeat) at any load, or if the arrivals are not drawn for a load.
    pub fn sweep(
        &self,
        loads: &[f64],
        runs: u32,
        step: impl Fn(Progress) + Sync,
    ) -> Result<Report> {
        let own = self.traffic.load();
        let own = own.context("only requests that are drawn for a load can have another")?;
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
        // Of several errors it is always the first that is told.
        let others: Vec<Result<_>> = others.collect();
        let others: Vec<_> = others.into_iter().collect::<Result<_>>()?;
        let others = others.iter().map(|(load, report)| (*load, report));
        let mut all: Vec<_> = others.chain([(own, &report)]).collect();
        all.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        let of_one = |(load, report): (f64, &Report)| {
            let results = report.results.iter();
            let results = results.map(|outcome| AtLoad::of(load, outcome));
            results.collect::<Vec<_>>()
        };
        report.by_load = all.into_iter().flat_map(of_one).collect();
        Ok(report)
    }
}

impl AtLoad {
    fn of(load: f64, outcome: &Outcome) -> Self {
        let figures = &outcome.figures;
        let latency = figures.latency.as_ref();
        let time = |time: fn(&Latency) -> u64| latency.map(time);
        Self {
            load,
            algorithm: outcome.algorithm,
            requests: figures.requests,
            rejected: figures.rejected,
            mean_ns: latency.map(|latency| latency.mean_ns),
            p50_ns: time(|latency| latency.p50_ns),
            p99_ns: time(|latency| latency.p99_ns),
            p999_ns: time(|latency| latency.p999_ns),
            over_limit: latency.and_then(|latency| latency.over_limit),
            intervals: outcome.intervals,
        }
    }
}
