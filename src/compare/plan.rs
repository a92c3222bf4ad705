//! What is compared, and how: each algorithm is timed, replayed and changed.

use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use evenkeel_algorithms::analysis::Shares;
use evenkeel_algorithms::{Backend, Card, Key, LoadBalancer, Pool, Slot};
use evenkeel_config::Config;
use rayon::prelude::*;

use super::agreement::Agreement;
use super::figures::{AlgorithmFigures, Chance, Comparison, Summary};
use super::replay::{Replay, is_decided_by_key};
use crate::change::MembershipChange;
use crate::figures::Skipped;
use crate::layout::Layout;
use crate::workload::Workload;

/// The maximum number of requests over which the time of a pick is measured.
const TIMED_REQUESTS: usize = 200_000;

/// The time after which the timing of slow picks stops, such as those of another process.
const LONG_ENOUGH: Duration = Duration::from_secs(1);

/// The number of picks between readings of the clock.
const LOOK_AT_CLOCK: u32 = 1 << 10;

/// The input of a comparison.
#[derive(Debug)]
pub struct Plan<'a> {
    /// The backends, the seed and the options.
    pub config: &'a Config,
    /// The algorithms, in the order of the report.
    pub algorithms: &'a [&'static Card],
    /// The requests.
    pub workload: &'a Workload,
    /// The changes, each measured separately against the base.
    pub changes: &'a [MembershipChange],
    /// Whether to measure times, which differ from run to run.
    pub timing: bool,
    /// Whether to include the agreement and the layouts; over several runs, only those of the first are kept.
    pub detailed: bool,
}

/// The times of an algorithm, as far as they are measured, and its load balancer.
#[derive(Default)]
struct Timed {
    /// The time to build the load balancer with its pool.
    build_ns: Option<u64>,
    /// The time to route a request and release it.
    pick_ns: Option<f64>,
    /// The load balancer, if it answers as if it had routed nothing yet.
    balancer: Option<LoadBalancer>,
}

/// The measurements of an algorithm, and the data for comparisons between several.
struct Measured {
    algorithm: &'static Card,
    figures: AlgorithmFigures,
    /// The backend of each distinct key, if requested and if only the key decides.
    owners: Option<Vec<Slot>>,
    layout: Option<Layout>,
}

impl Plan<'_> {
    /// Runs the comparison. Calls `step` with the name of each finished step; [`steps`](Self::steps) returns their
    /// number.
    ///
    /// # Errors
    /// If a change does not fit the backends, or no strategy can be built for them.
    pub fn run(&self, step: impl Fn(&str) + Sync) -> Result<Comparison> {
        let apply = |change: &MembershipChange| change.apply(&self.config.backends);
        let changed: Vec<_> = self.changes.iter().map(apply).collect::<Result<_>>()?;
        // One at a time, while nothing else runs.
        let timed = self.algorithms.iter().map(|&algorithm| {
            let timed = self.time(algorithm);
            if self.timing {
                step(algorithm.name);
            }
            (algorithm, timed)
        });
        let timed: Vec<_> = timed.collect();
        let measured = timed.into_par_iter().map(|(algorithm, timed)| {
            let measured = timed.and_then(|timed| self.measure(algorithm, timed, &changed, &step));
            (algorithm, measured)
        });
        let (measured, skipped) = Skipped::apart(measured.collect(), "measured")?;
        let (mut results, mut owners, mut layouts) = (Vec::new(), Vec::new(), Vec::new());
        for measured in measured {
            let algorithm = measured.algorithm;
            results.push(measured.figures);
            owners.extend(measured.owners.map(|owners| (algorithm, owners)));
            layouts.extend(measured.layout.map(|layout| (algorithm.name, layout)));
        }
        let pool = Pool::new(self.config.backends.iter().cloned())?;
        let by_key = results.iter().filter(|result| result.spread.keys.is_some());
        let seed = self.config.hashing.seed.0;
        let chance = Chance::of(&pool, self.workload.counts(), seed, by_key.count() as u32);
        for result in &mut results {
            result.requests_finding = result.against(&chance);
        }
        step("chance");
        Ok(Comparison {
            schema: 1,
            workload: Summary::of(self.workload, self.config),
            chance,
            results,
            skipped,
            paired: Vec::new(),
            agreement: Agreement::of(&owners),
            layouts,
        })
    }

    /// Returns the number of steps of [`run`](Self::run), if no algorithm is skipped.
    #[must_use]
    pub const fn steps(&self) -> usize {
        self.algorithms.len() * (self.timing as usize + 1 + self.changes.len()) + 1
    }

    fn measure(
        &self,
        algorithm: &'static Card,
        timed: Timed,
        changed: &[Vec<Backend>],
        step: &(impl Fn(&str) + Sync),
    ) -> Result<Measured> {
        let built = timed.balancer.map(Ok);
        let base = built.unwrap_or_else(|| self.build(algorithm))?;
        let replay = Replay::of(self.workload, &base, self.config.hashing.seed)?;
        step(algorithm.name);
        let mut changes = Vec::new();
        for (change, backends) in self.changes.iter().zip(changed) {
            let after = self.config.changed(algorithm, backends.clone());
            let after = after
                .and_then(|config| config.balancer())
                .with_context(|| change.to_string())?;
            changes.push(
                replay
                    .changed(change, &after)
                    .with_context(|| change.to_string())?,
            );
            step(algorithm.name);
        }
        let figures = AlgorithmFigures {
            algorithm: algorithm.name,
            feedback: algorithm.feedback,
            by_key: base.snapshot().profile().key != Key::Unused,
            ignores_weights: Shares::of(&base.snapshot()).ignore_weights(),
            spread: replay.spreads(),
            backends: replay.backends(),
            chi_square: replay.tests(),
            requests_finding: None,
            changes,
            affinity: replay.affinity(),
            fullest: replay.fullest(),
            intervals: None,
            memory_bytes: base.snapshot().balancer().memory(),
            build_ns: timed.build_ns,
            pick_ns: timed.pick_ns,
        };
        // There may be many algorithms, each with as many owners as there are keys.
        let agrees = self.detailed
            && self
                .algorithms
                .iter()
                .any(|other| other.origin.is_dialect());
        Ok(Measured {
            algorithm,
            figures,
            owners: agrees.then(|| replay.into_owners()).flatten(),
            layout: self
                .detailed
                .then(|| Layout::of(&base.snapshot()))
                .flatten(),
        })
    }

    fn build(&self, algorithm: &Card) -> Result<LoadBalancer> {
        Ok(LoadBalancer::new(
            self.config.configured_as(algorithm),
            self.config.pool()?,
        )?)
    }

    fn time(&self, algorithm: &Card) -> Result<Timed> {
        if !self.timing {
            return Ok(Timed::default());
        }
        let start = Instant::now();
        let balancer = self.build(algorithm)?;
        let build_ns = start.elapsed().as_nanos() as u64;
        let (start, mut count) = (Instant::now(), 0);
        for (_, key) in self.workload.requests().take(TIMED_REQUESTS) {
            balancer.route(Some(key))?.release();
            count += 1;
            if count % LOOK_AT_CLOCK == 0 && start.elapsed() > LONG_ENOUGH {
                break;
            }
        }
        let pick_ns = start.elapsed().as_nanos() as f64 / f64::from(count);
        let is_as_before = is_decided_by_key(&balancer.snapshot());
        Ok(Timed {
            build_ns: Some(build_ns),
            pick_ns: Some(pick_ns),
            balancer: is_as_before.then_some(balancer),
        })
    }
}
