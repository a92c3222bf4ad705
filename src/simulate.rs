//! Lets requests with times come to backends with a capacity, through any strategy, and measures how
//! long each takes. Time is virtual: it goes from event to event. Prints nothing.
//!
//! A completion at some time is taken before an arrival at the same time; of several completions at
//! once that of the first backend comes first.

use anyhow::{Result, ensure};
use evenkeel_algorithms::{Algorithm, Balancer, Key, LoadBalancer, Seed};
use rayon::prelude::*;

use crate::config::Config;
use crate::statistics::{Repeat, seeds};

mod agenda;
mod clock;
mod figures;
mod in_turn;
mod intervals;
mod law;
mod means;
mod paired;
mod repeat;
mod run;
mod shared;
mod station;
mod times;
mod trace;
mod traffic;

pub use figures::{Figures, Outcome, Report, Setting, Share, Skipped};
pub use intervals::Intervals;
pub use law::{Arrivals, Service};
pub use paired::{Difference, Measure};
pub use station::{Discipline, Model};
pub use times::{Latency, MOST_HELD};
pub use trace::Trace;
pub use traffic::{Drawn, Traffic};

use agenda::Agenda;
use clock::Clock;
use run::{Run, Tally};
use station::Station;
use times::Times;

/// What to simulate.
#[derive(Debug)]
pub struct Simulation<'a> {
    /// The backends, the seed and the options.
    pub config: &'a Config,
    /// The algorithms, in the order of the report.
    pub algorithms: &'a [&'static Algorithm],
    /// The requests.
    pub traffic: &'a Traffic,
    /// What the backends have in common.
    pub model: Model,
    /// How fast each backend is, in their order; 1 serves a request in its own time.
    pub speeds: &'a [f64],
    /// How many load balancers there are: request i goes to the one of number i modulo this.
    pub instances: u32,
    /// How many requests come before those that are measured.
    pub warm_up: u64,
    /// The time that requests should not exceed, in nanoseconds.
    pub limit: Option<u64>,
}

impl Simulation<'_> {
    /// Simulates once; see [`repeat`](Self::repeat).
    ///
    /// # Errors
    /// If no algorithm can be simulated.
    pub fn run(&self, step: impl Fn(&str) + Sync) -> Result<Report> {
        self.repeat(1, step)
    }

    /// Simulates so many times, each with a seed of its own, an algorithm's run on each core. Drawn requests
    /// are drawn anew for each run. `step` is called with the name of the algorithm when a run is done.
    ///
    /// # Errors
    /// If there are no runs, or no algorithm can be simulated in all of them.
    pub fn repeat(&self, runs: u32, step: impl Fn(&str) + Sync) -> Result<Report> {
        ensure!(runs > 0, "a simulation needs at least one run");
        let seeds: Vec<_> = seeds(self.config.hashing.seed, runs).collect();
        let simulated = self.algorithms.par_iter();
        let simulated =
            simulated.map(|&algorithm| (algorithm, self.over(algorithm, &seeds, &step)));
        let (mut results, mut series, mut failed) = (Vec::new(), Vec::new(), Vec::new());
        for (algorithm, repeated) in simulated.collect::<Vec<_>>() {
            match repeated {
                Ok(repeated) => {
                    results.push(repeated.outcome);
                    series.extend(repeated.series);
                }
                Err(error) => failed.push((algorithm, error)),
            }
        }
        if results.is_empty() && !failed.is_empty() {
            let (algorithm, error) = failed.swap_remove(0);
            return Err(error.context(format!("no strategy can be simulated; {algorithm}")));
        }
        let skipped = failed.iter().map(|(algorithm, error)| Skipped {
            algorithm: algorithm.name,
            reason: format!("{error:#}"),
        });
        Ok(Report {
            schema: 1,
            setting: self.setting(&seeds)?,
            results,
            skipped: skipped.collect(),
            paired: paired::differences(&series),
        })
    }

    fn simulate(&self, algorithm: &'static Algorithm) -> Result<Figures> {
        let clock = Clock::default();
        let balancers = (0..self.instances).map(|number| self.balancer(algorithm, number, &clock));
        let balancers: Vec<_> = balancers.collect::<Result<_>>()?;
        let keyed = self.keyed(algorithm);
        let stations = self.speeds.iter();
        let stations = stations.map(|&speed| Station::new(self.model, speed));
        let measured = self.traffic.requests().saturating_sub(self.warm_up);
        let run = Run {
            clock,
            balancers,
            stations: stations.collect(),
            agenda: Agenda::new(self.speeds.len()),
            warm_up: self.warm_up,
            times: Times::new(measured, self.limit)?,
            tallies: vec![Tally::default(); self.speeds.len()],
            unplaced: 0,
            now: 0,
        };
        let seed = self.config.hashing.seed.0;
        run.all(self.traffic.start(self.capacity()?, seed, keyed)?, self)
    }

    /// An instance. Those that use no key draw with a seed each, or all would draw the same.
    fn balancer(
        &self,
        algorithm: &'static Algorithm,
        number: u32,
        clock: &Clock,
    ) -> Result<LoadBalancer> {
        let mut config = self.config.clone();
        if !self.keyed(algorithm) {
            let seed = &mut config.hashing.seed;
            *seed = Seed(seed.0.wrapping_add(number.into()));
        }
        let clock = clock.clone();
        let strategy = config.strategy_of(algorithm);
        let balancer = LoadBalancer::with_clock(strategy, config.pool()?, move || clock.read());
        Ok(balancer?)
    }

    /// Whether an algorithm picks by key.
    fn keyed(&self, algorithm: &'static Algorithm) -> bool {
        self.config.strategy_of(algorithm).profile().key != Key::Unused
    }

    /// What the backends that get requests can do at once.
    fn capacity(&self) -> Result<f64> {
        let pool = self.config.pool()?;
        let active = pool.slots().filter(|&slot| pool.is_active(slot));
        let speeds: f64 = active.map(|slot| self.speeds[slot.index()]).sum();
        Ok(speeds * f64::from(self.model.servers))
    }

    fn setting(&self, seeds: &[Seed]) -> Result<Setting> {
        let requests = self.traffic.requests();
        let drawn = match self.traffic {
            Traffic::Drawn(drawn) => Some(drawn),
            Traffic::Trace(_) => None,
        };
        Ok(Setting {
            source: self.traffic.source(),
            requests,
            warm_up: self.warm_up,
            load: drawn.map(|drawn| drawn.load),
            service_mean_ns: drawn.map(|drawn| drawn.service_mean),
            backends: self.speeds.len(),
            servers: self.model.servers,
            capacity: self.capacity()?,
            queue_limit: self.model.queue_limit,
            discipline: self.model.discipline,
            instances: self.instances,
            limit_ns: self.limit,
            seed: self.config.hashing.seed.0,
            exact_quantiles: requests.saturating_sub(self.warm_up) <= MOST_HELD,
            repeat: (seeds.len() > 1).then(|| Repeat {
                seeds: seeds.iter().map(|seed| seed.0).collect(),
                redrawn: drawn.is_some(),
            }),
        })
    }
}
