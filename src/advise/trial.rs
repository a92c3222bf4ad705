//! The measurements of the candidates: times by simulation, moves by comparison.

use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use evenkeel_algorithms::{Backend, Pool, Seed};
use rayon::prelude::*;
use serde::Serialize;

use super::candidates::{Candidate, Excluded};
use super::needs::{Churn, Cost, Goal, Needs};
use crate::change::MembershipChange;
use crate::compare::{Changed, Plan};
use crate::figures::{Figure, Interval, Intervals, figures, mean, seeds};
use crate::simulate::{
    BackendFigures, CacheModel, Discipline, Drawn, Figures, Latency, Model, Scenario, Service,
    Simulation, Timeline, Traffic,
};
use crate::workload::{Distribution, Workload};

/// The number of runs of each candidate, each with its own seed.
const RUNS: u32 = 10;

/// The number of clients from which requests are drawn.
const CLIENTS: u32 = 100_000;

/// The number of keys on which moves are counted.
const MOVED_KEYS: u32 = 20_000;

/// The shortest simulated time with events, in nanoseconds.
const MIN_SPAN: f64 = 1e6;

/// The number of backends up to which an O(n) pick still counts as simple.
const MAX_LOOKED_AT: usize = 64;

/// The mean time of a generated request, in nanoseconds.
const SERVICE_MEAN: u64 = 1_000_000;

/// The measurements of a candidate: means over the runs.
#[derive(Clone, Debug, Serialize)]
pub struct Trial {
    /// The strategy.
    pub candidate: String,
    /// The goal, run by run.
    #[serde(skip)]
    pub goals: Vec<f64>,
    /// The mean time of a request, in nanoseconds.
    pub mean_ns: Interval,
    /// The 99th percentile of request times, in nanoseconds.
    pub p99_ns: Interval,
    /// The cache hit ratio, if there are caches.
    pub hit_ratio: Option<f64>,
    /// The share of requests that were lost at a stopped backend.
    pub failed: f64,
    /// The fraction of time for which the busiest backend was busy.
    pub busiest: f64,
    /// The highest offered load of a backend, as a fraction of what it can do.
    pub max_offered_load: f64,
    /// Whether a backend is offered more than it can serve, by more than chance explains, in most of the runs.
    pub is_overloaded: bool,
    /// The share of keys that adding or removing a backend moves; `None` if no key is used.
    pub moved: Option<f64>,
    /// The share of keys that move needlessly.
    pub needless: Option<f64>,
    /// The memory that it holds, in bytes.
    pub memory_bytes: usize,
    /// Its rank by simplicity.
    #[serde(skip)]
    pub place: usize,
}

/// The input of a measurement: the requests and the events.
pub(super) struct Course {
    traffic: Arc<Traffic>,
    /// The events in YAML; empty if there are none.
    pub(super) scenario: String,
    timeline: Timeline,
}

figures! { pub Trial {
    /// The share that found its key in a cache.
    HIT_RATIO = higher("hit_ratio", "hits", Percent, 1, |of| of.hit_ratio);
    /// The share of the time that the busiest backend was busy.
    BUSIEST = lower("busiest", "busiest", Percent, 1, |of| of.busiest);
    /// The share of the requests that was lost.
    FAILED = lower("failed", "failed", Percent, 2, |of| of.failed);
    /// The share of the keys that a backend more or less moves.
    MOVED = lower("moved", "moved", Percent, 1, |of| of.moved);
    /// The share of keys that move needlessly.
    NEEDLESS = lower("needless", "needless", Percent, 2, |of| of.needless);
    /// What the strategy holds.
    MEMORY_BYTES = lower("memory_bytes", "bytes", Bytes, 0, |of| of.memory_bytes);
    /// The highest offered load of a backend.
    MAX_OFFERED_LOAD = neither("max_offered_load", "max offered", Percent, 1, |of| of.max_offered_load);
} }

impl Course {
    /// Creates a course with requests that are drawn by the needs.
    ///
    /// # Errors
    /// As for [`of`](Self::of).
    pub(super) fn drawn(needs: &Needs, requests: u32) -> Result<Self> {
        let mut drawn = Drawn::new(requests.into(), needs.load.0, CLIENTS, needs.popularity.0);
        drawn.service_mean = SERVICE_MEAN;
        drawn.service = match needs.cost {
            Cost::Even => Service::Deterministic,
            Cost::Usual => Service::Exponential,
            Cost::Skewed => Service::Pareto(2.2),
        };
        Self::of(needs, Arc::new(drawn.into()))
    }

    /// Creates a course with other requests.
    ///
    /// # Errors
    /// If the events do not fit the backends.
    pub(super) fn of(needs: &Needs, traffic: Arc<Traffic>) -> Result<Self> {
        let pool = Pool::new(needs.backends().iter().cloned())?;
        let span = traffic.span(needs.machines().capacity(&pool));
        // Events need a positive time span.
        let scenario = match span > MIN_SPAN {
            true => scenario(needs, span),
            false => String::new(),
        };
        let timeline = timeline(needs, &scenario)?;
        Ok(Self {
            traffic,
            scenario,
            timeline,
        })
    }

    /// Returns a description of the requests.
    pub(super) fn source(&self) -> String {
        format!(
            "{} requests: {}",
            self.traffic.requests(),
            self.traffic.source()
        )
    }

    /// Measures the candidates on all cores. A candidate that cannot be measured is excluded.
    pub(super) fn trials(
        &self,
        needs: &Needs,
        candidates: &[Candidate],
        step: impl Fn() + Sync,
    ) -> (Vec<Trial>, Vec<Excluded>) {
        let trials = candidates.par_iter().enumerate().map(|(place, candidate)| {
            let trial = self.trial(needs, candidate, place);
            step();
            trial.map_err(|error| Excluded {
                candidate: candidate.to_string(),
                reason: error.root_cause().to_string(),
            })
        });
        let (mut measured, mut out) = (Vec::new(), Vec::new());
        for trial in trials.collect::<Vec<_>>() {
            match trial {
                Ok(trial) => measured.push(trial),
                Err(excluded) => out.push(excluded),
            }
        }
        (measured, out)
    }

    fn trial(&self, needs: &Needs, candidate: &Candidate, place: usize) -> Result<Trial> {
        let seeds: Vec<_> = seeds(Seed::default(), RUNS).collect();
        let runs: Vec<_> = seeds
            .into_par_iter()
            .map(|seed| self.run(needs, candidate, seed))
            .collect::<Result<_>>()?;
        let latencies = || runs.iter().map(|run| run.latency.as_ref());
        let times = Intervals::over(latencies());
        let time = |figure| times.of(figure).context("there are too few runs");
        let share = |figure: &Figure<Figures>| {
            let shares = figure.over(runs.iter().map(Some));
            shares.map(|shares| mean(&shares))
        };
        let goals = match needs.goal {
            Goal::P99 => Latency::P99_NS.over(latencies()),
            Goal::Mean => Latency::MEAN_NS.over(latencies()),
            Goal::Misses => Some(runs.iter().map(misses).collect()),
        };
        let (moved, needless, memory_bytes) = moves(needs, candidate)?;
        Ok(Trial {
            candidate: candidate.to_string(),
            goals: goals.context("no request was completed")?,
            mean_ns: time(Latency::MEAN_NS)?,
            p99_ns: time(Latency::P99_NS)?,
            hit_ratio: share(Figures::HIT_RATIO),
            failed: share(Figures::FAILED_SHARE).unwrap_or_default(),
            max_offered_load: share(Figures::MAX_OFFERED_LOAD).unwrap_or_default(),
            is_overloaded: runs.iter().filter(|run| overloads(run)).count() * 2 > runs.len(),
            busiest: mean(&runs.iter().map(busiest).collect::<Vec<_>>()),
            moved,
            needless,
            memory_bytes,
            place: if needs.backends().len() > MAX_LOOKED_AT && candidate.looks_at_all() {
                usize::MAX
            } else {
                place
            },
        })
    }

    fn run(&self, needs: &Needs, candidate: &Candidate, seed: Seed) -> Result<Figures> {
        let mut config = candidate.config(needs);
        config.hashing.seed = seed;
        let simulation = Simulation {
            config: &config,
            algorithms: &[candidate.algorithm],
            traffic: &self.traffic,
            model: Model {
                servers: 1,
                queue_limit: None,
                discipline: Discipline::Fcfs,
                cache: needs.cache.as_ref().map(|cache| CacheModel {
                    entries: Some(cache.entries),
                    hit_cost: cache.hit_cost.0,
                }),
            },
            machines: &needs.machines(),
            instances: needs.balancers.0,
            warm_up: (self.traffic.requests() as f64 * warm_up(needs)) as u64,
            limit: None,
            timeline: &self.timeline,
            window: None,
        };
        let mut report = simulation.run(|_| ())?;
        let figures = report.results.pop().context("there is no result")?.figures;
        ensure!(figures.latency.is_some(), "no request was completed");
        Ok(figures)
    }
}

/// Returns the share of requests that missed the caches.
fn misses(run: &Figures) -> f64 {
    1. - run.hit_ratio.unwrap_or_default()
}

/// Returns whether some backend was offered more than it can serve.
fn overloads(run: &Figures) -> bool {
    run.backends.iter().any(BackendFigures::is_overloaded)
}

/// Returns the fraction of time for which the busiest backend was busy.
fn busiest(run: &Figures) -> f64 {
    let busy = run.backends.iter().map(|share| share.utilisation);
    busy.fold(0., f64::max)
}

/// Returns the share of requests before the measured ones: caches take time to fill.
const fn warm_up(needs: &Needs) -> f64 {
    if needs.cache.is_some() { 0.5 } else { 0.1 }
}

/// Returns the events during the measurement, to the microsecond.
fn scenario(needs: &Needs, span: f64) -> String {
    let microseconds = |part: f64| (span * (1. - warm_up(needs)) * part / 1e3).max(1.).round();
    let lasts = |part: f64| format!("{}s", microseconds(part) / 1e6);
    let start = span * warm_up(needs) / 1e3;
    let at = |part: f64| format!("{}s", (start + microseconds(part)).round() / 1e6);
    let names: Vec<_> = needs
        .backends()
        .iter()
        .map(|backend| quoted(backend.name()))
        .collect();
    let (first, middle, last) = (&names[0], &names[names.len() / 2], &names[names.len() - 1]);
    let mut events = Vec::new();
    if needs.slow_backend {
        let (from, length) = (at(0.1), lasts(0.2));
        events.push(format!(
            "{{ at: {from}, for: {length}, slow: {last}, speed: 0.5 }}"
        ));
    }
    if needs.churn == Churn::Often {
        let (from, length) = (at(0.45), lasts(0.2));
        events.push(format!("{{ at: {from}, for: {length}, remove: {first} }}"));
        let (from, length, noticed) = (at(0.75), lasts(0.1), lasts(0.01));
        events.push(format!(
            "{{ at: {from}, for: {length}, stop: {middle}, noticed_after: {noticed} }}"
        ));
    }
    if events.is_empty() {
        return String::new();
    }
    format!("events:\n  - {}\n", events.join("\n  - "))
}

/// Returns the steps of the events.
fn timeline(needs: &Needs, scenario: &str) -> Result<Timeline> {
    if scenario.is_empty() {
        return Ok(Timeline::quiet(needs.backends()));
    }
    let fault = |fault| anyhow::anyhow!("{fault}");
    let scenario = Scenario::parse(scenario).map_err(fault)?;
    Timeline::of(&scenario, needs.backends()).map_err(fault)
}

/// Quotes a name so that YAML always reads it as text.
fn quoted(name: &str) -> String {
    serde_json::Value::from(name).to_string()
}

/// Returns the changes: one backend added, and, if others remain, the first, the middle or the last one removed. The
/// position matters for strategies that depend on the order.
fn changes(backends: &[Backend]) -> Vec<MembershipChange> {
    let is_active = |backend: &&Backend| !backend.is_draining() && !backend.is_down();
    let active: Vec<_> = backends.iter().filter(is_active).collect();
    let mut changes: Vec<_> = MembershipChange::defaults(backends)
        .into_iter()
        .take(1)
        .collect();
    if let [first, .., last] = active[..] {
        let mut leavers = vec![first, active[active.len() / 2], last];
        leavers.dedup_by_key(|backend| backend.name());
        changes.extend(
            leavers
                .iter()
                .map(|backend| MembershipChange::Remove(backend.name().to_owned())),
        );
    }
    changes
}

/// Returns the largest share of keys that a change moves, the largest share that moves needlessly, and the memory.
fn moves(needs: &Needs, candidate: &Candidate) -> Result<(Option<f64>, Option<f64>, usize)> {
    let config = candidate.config(needs);
    let requests = MOVED_KEYS as usize;
    let workload = Workload::drawn(requests, MOVED_KEYS, Distribution::Uniform, 1)?;
    let plan = Plan {
        config: &config,
        algorithms: &[candidate.algorithm],
        workload: &workload,
        changes: &changes(&config.backends),
        timing: false,
        detailed: false,
    };
    let mut comparison = plan.run(|_| ())?;
    let result = comparison.results.pop().context("there is no result")?;
    let largest = |figure: &Figure<Changed>| {
        let changes = result.changes.iter().map(Some);
        let shares = figure.over(changes).filter(|_| result.by_key);
        shares.map(|shares| shares.into_iter().fold(0., f64::max))
    };
    Ok((
        largest(Changed::REMAP_RATIO),
        largest(Changed::EXCESS_REMAP),
        result.memory_bytes,
    ))
}
