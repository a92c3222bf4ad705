//! The same simulation at other loads.

use anyhow::{Context, Result};
use rayon::prelude::*;
use serde::Serialize;

use super::figures::{Outcome, Report};
use super::intervals::Intervals;
use super::times::Latency;
use super::{Progress, Simulation};

/// What a strategy comes to at a load; means, if it is of several runs.
#[derive(Debug, Serialize)]
pub struct AtLoad {
    /// How much of the capacity the requests ask for.
    pub load: f64,
    /// The strategy's canonical name.
    pub algorithm: &'static str,
    /// How many requests were finished.
    pub requests: u64,
    /// How many found no room.
    pub rejected: u64,
    /// The mean time, waiting included; none if none was finished, as of the others.
    pub mean_ns: Option<f64>,
    /// The median.
    pub p50_ns: Option<u64>,
    /// What 99 % do not exceed.
    pub p99_ns: Option<u64>,
    /// What 99.9 % do not exceed.
    pub p999_ns: Option<u64>,
    /// The share of the finished requests that took longer than the limit, if there is one.
    pub over_limit: Option<f64>,
    /// The intervals of the means, if there are several runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intervals: Option<Intervals>,
}

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
