//! The same simulation at other loads.

use anyhow::{Context, Result};
use rayon::prelude::*;
use serde::{Serialize, Serializer};

use super::figures::{Figures, Outcome, Report};
use super::intervals::OutcomeIntervals;
use super::times::Latency;
use super::{Progress, Simulation};
use crate::figures::Figure;

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
    /// How long they took, waiting included; none if none was finished. JSON has some of its figures.
    #[serde(flatten, serialize_with = "shortened")]
    pub latency: Option<Latency>,
    /// The intervals of the means, if there are several runs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intervals: Option<OutcomeIntervals>,
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
        let own = self
            .traffic
            .load()
            .context("only requests that are drawn for a load can have another")?;
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
        let mut all: Vec<_> = others
            .iter()
            .map(|(load, report)| (*load, report))
            .chain([(own, &report)])
            .collect();
        all.sort_by(|(one, _), (other, _)| one.total_cmp(other));
        let of_one = |(load, report): (f64, &Report)| {
            let at_load = |outcome| AtLoad::of(load, outcome);
            report.results.iter().map(at_load).collect::<Vec<_>>()
        };
        report.by_load = all.into_iter().flat_map(of_one).collect();
        Ok(report)
    }
}

impl AtLoad {
    fn of(load: f64, outcome: &Outcome) -> Self {
        let Figures {
            requests,
            rejected,
            ref latency,
            ..
        } = outcome.figures;
        Self {
            load,
            algorithm: outcome.algorithm,
            requests,
            rejected,
            latency: latency.clone(),
            intervals: outcome.intervals.clone(),
        }
    }
}

fn shortened<S: Serializer>(latency: &Option<Latency>, serializer: S) -> Result<S::Ok, S::Error> {
    let told = [
        Latency::MEAN_NS,
        Latency::P50_NS,
        Latency::P99_NS,
        Latency::P999_NS,
        Latency::OVER_LIMIT,
    ];
    let number = |figure: &Figure<Latency>| latency.as_ref().and_then(|of| figure.of(of));
    serializer.collect_map(told.map(|figure| (figure.name, number(figure))))
}
