//! What is simulated, and how the runs are combined.

use anyhow::{Result, ensure};
use evenkeel_algorithms::Subset;
use evenkeel_algorithms::{Card, Key, LoadBalancer, Seed, Ticket};
use evenkeel_config::Config;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

use super::clock::Clock;
use super::figures::{Figures, Machine, Setting, Simulated};
use super::latency::MAX_HELD;
use super::machines::Machines;
use super::record::Record;
use super::run::Run;
use super::source::KeySource;
use super::station::Model;
use super::timeline::Timeline;
use super::traffic::Traffic;
use crate::figures::{Repeat, Skipped, against_the_best, seeds};

/// The input of a simulation.
#[derive(Debug)]
pub struct Simulation<'a> {
    /// The backends, the seed and the options.
    pub config: &'a Config,
    /// The algorithms, in the order of the report.
    pub algorithms: &'a [&'static Card],
    /// The requests.
    pub traffic: &'a Traffic,
    /// The common model of the backends.
    pub model: Model,
    /// What each backend can do; at speed 1, a request takes its own service time.
    pub machines: &'a Machines,
    /// The number of load balancers: request i goes to number i modulo this.
    pub instances: u32,
    /// The number of requests before the measurement.
    pub warm_up: u64,
    /// The time that requests should not exceed, in nanoseconds.
    pub limit: Option<u64>,
    /// The events, for the config's backends.
    pub timeline: &'a Timeline,
    /// The length of the time windows in nanoseconds; `None` for no windows.
    pub window: Option<u64>,
}

/// Progress: some more requests of a run are done.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The strategy's canonical name.
    pub algorithm: &'static str,
    /// Their number.
    pub requests: u64,
}

impl Simulation<'_> {
    /// Simulates once; see [`repeat`](Self::repeat).
    ///
    /// # Errors
    /// If no algorithm can be simulated.
    pub fn run(&self, step: impl Fn(Progress) + Sync) -> Result<Simulated> {
        self.repeat(1, step)
    }

    /// Simulates a number of times, each with its own seed, one run of an algorithm per core. Generated requests are
    /// drawn again for each run. `step` is called every 65,536 requests and at the end of a run;
    /// [`requests`](Self::requests) returns their total.
    ///
    /// # Errors
    /// If there are no runs, or no algorithm can be simulated in all of them.
    pub fn repeat(&self, runs: u32, step: impl Fn(Progress) + Sync) -> Result<Simulated> {
        ensure!(runs > 0, "a simulation needs at least one run");
        let seeds: Vec<_> = seeds(self.config.hashing.seed, runs).collect();
        let repeated: Vec<_> = self
            .algorithms
            .par_iter()
            .map(|&algorithm| (algorithm, self.over(algorithm, &seeds, &step)))
            .collect();
        let (repeated, skipped) = Skipped::apart(repeated, "simulated")?;
        let (results, series): (Vec<_>, Vec<_>) = repeated
            .into_iter()
            .map(|repeated| (repeated.result, repeated.series))
            .unzip();
        Ok(Simulated {
            schema: 1,
            setting: self.setting(&seeds)?,
            results,
            skipped,
            paired: against_the_best(&series, |_| true),
            by_load: Vec::new(),
        })
    }

    /// Returns the total number of requests of several runs, if no algorithm is skipped.
    #[must_use]
    pub fn requests(&self, runs: u32) -> u64 {
        let times = if self.is_told_apart() { 2 } else { 1 };
        times * u64::from(runs) * self.algorithms.len() as u64 * self.traffic.requests()
    }

    /// Returns whether the cost of events for caches is measured, by another run without events.
    pub(super) fn is_told_apart(&self) -> bool {
        self.model.cache.is_some() && self.timeline.has_steps()
    }

    /// Simulates one run with these keys, if keys are used.
    pub(super) fn simulate(
        &self,
        algorithm: &'static Card,
        keys: Option<&KeySource>,
        step: &(impl Fn(Progress) + Sync),
    ) -> Result<Figures> {
        let clock = Clock::default();
        let balancers: Vec<_> = (0..self.instances)
            .map(|number| self.balancer(algorithm, number, &clock))
            .collect::<Result<_>>()?;
        let measured = self.traffic.requests().saturating_sub(self.warm_up);
        let turns = &self.timeline.turns;
        let record = Record::new(self.warm_up, measured, self.limit, turns, self.window)?;
        let seed = self.config.hashing.seed.0;
        let run = Run::new(
            clock,
            balancers,
            self.model,
            self.machines,
            self.timeline,
            seed,
            record,
        );
        let requests = self.traffic.start(self.capacity()?, seed, keys)?;
        let done = |requests| {
            step(Progress {
                algorithm: algorithm.name,
                requests,
            });
        };
        run.all(requests, self.warm_up, &self.config.backends, done)
    }

    /// Returns a load balancer instance. Without keys, each draws with its own seed, otherwise all would draw the same,
    /// and all but the first have taken some turns, otherwise all would begin with the same backend. Each has its own
    /// subset.
    fn balancer(
        &self,
        algorithm: &'static Card,
        number: u32,
        clock: &Clock,
    ) -> Result<LoadBalancer> {
        let config = self.config;
        let mut inside = config.clone();
        inside.subset = None;
        let uses_key = self.uses_key(algorithm);
        if !uses_key {
            let seed = &mut inside.hashing.seed;
            *seed = Seed(seed.0.wrapping_add(number.into()));
        }
        let mut configured = inside.configured_as(algorithm);
        if let Some(subset) = &config.subset {
            let mut subset = subset.clone();
            if number > 0 {
                subset.client = format!("{}-{}", subset.client, number + 1);
            }
            configured = Box::new(Subset::new(configured, config.hashing, subset));
        }
        let clock = clock.clone();
        let balancer = LoadBalancer::with_clock(configured, config.pool()?, move || clock.read())?;
        if number > 0 && !uses_key {
            take_turns(&balancer, inside.hashing.seed, config.backends.len());
        }
        Ok(balancer)
    }

    /// Returns whether the requests' keys matter.
    pub(super) fn keyed(&self, algorithm: &'static Card) -> bool {
        self.uses_key(algorithm) || self.model.cache.is_some()
    }

    fn uses_key(&self, algorithm: &'static Card) -> bool {
        self.config.configured_as(algorithm).profile().key != Key::Unused
    }

    /// Returns the capacity of the backends that get requests.
    pub(super) fn capacity(&self) -> Result<f64> {
        let pool = self.config.pool()?;
        Ok(self.machines.capacity(&pool) * f64::from(self.model.servers))
    }

    /// Returns the speed of each backend that ever exists.
    pub(super) fn speeds(&self) -> impl Iterator<Item = f64> {
        let stations = self.timeline.stations.iter();
        stations.map(|(name, &weight)| self.machines.speed(name, weight))
    }

    fn all_machines(&self) -> Vec<Machine> {
        let stations = self.timeline.stations.iter();
        let cache = |name: &str, weight| self.machines.cache(name, weight, self.model.cache);
        let machine = |(name, &weight): (&String, _)| Machine {
            backend: name.clone(),
            speed: self.machines.speed(name, weight),
            cache_entries: cache(name, weight).and_then(|cache| cache.entries),
        };
        stations.map(machine).collect()
    }

    fn setting(&self, seeds: &[Seed]) -> Result<Setting> {
        let requests = self.traffic.requests();
        Ok(Setting {
            source: self.traffic.source(),
            requests,
            warm_up: self.warm_up,
            malformed: self.traffic.malformed().clone(),
            load: self.traffic.load(),
            service_mean_ns: self.traffic.service_mean(),
            backends: self.config.backends.len(),
            servers: self.model.servers,
            capacity: self.capacity()?,
            queue_limit: self.model.queue_limit,
            discipline: self.model.discipline,
            cache: self.model.cache,
            speeds_follow_weights: self.machines.follow_weights(),
            machines: self.all_machines(),
            turns: self.timeline.turns.clone(),
            window_ns: self.window,
            instances: self.instances,
            limit_ns: self.limit,
            seed: self.config.hashing.seed.0,
            exact_quantiles: requests.saturating_sub(self.warm_up) <= MAX_HELD,
            repeat: (seeds.len() > 1).then(|| Repeat {
                seeds: seeds.iter().map(|seed| seed.0).collect(),
                redrawn: self.traffic.is_drawn(),
            }),
        })
    }
}

/// The random stream for the turns of an instance; the others belong to the requests.
const TURNS_STREAM: u64 = 4;

/// Takes a random number of turns, fewer than there are backends.
fn take_turns(balancer: &LoadBalancer, seed: Seed, backends: usize) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed.0);
    rng.set_stream(TURNS_STREAM);
    for _ in 0..rng.random_range(0..backends) {
        // Without an eligible backend there are no turns.
        balancer.route(None).map(Ticket::release).ok();
    }
}
