//! What is simulated, and how its runs are put together.

use anyhow::{Result, ensure};
use evenkeel_algorithms::Subset;
use evenkeel_algorithms::{Card, Key, LoadBalancer, Seed, Ticket};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;

use super::clock::Clock;
use super::figures::{Figures, Setting, Simulated};
use super::latency::MAX_HELD;
use super::record::Record;
use super::run::Run;
use super::source::KeySource;
use super::station::{Model, Station};
use super::timeline::Timeline;
use super::traffic::Traffic;
use crate::config::Config;
use crate::figures::{Repeat, Skipped, against_the_best, seeds};

/// What to simulate.
#[derive(Debug)]
pub struct Simulation<'a> {
    /// The backends, the seed and the options.
    pub config: &'a Config,
    /// The algorithms, in the order of the report.
    pub algorithms: &'a [&'static Card],
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
    /// What happens meanwhile; made for the config's backends.
    pub timeline: &'a Timeline,
    /// How long the windows are that the time is told in, in nanoseconds; none if it is not.
    pub window: Option<u64>,
}

/// Some more requests of a run are done.
#[derive(Clone, Copy, Debug)]
pub struct Progress {
    /// The strategy's canonical name.
    pub algorithm: &'static str,
    /// How many.
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

    /// Simulates so many times, each with a seed of its own, an algorithm's run on each core. Drawn requests
    /// are drawn again for each run. `step` is called every 65,536 requests and at the end of a run;
    /// [`requests`](Self::requests) says how many there are in all.
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
            paired: against_the_best(&series),
            by_load: Vec::new(),
        })
    }

    /// Returns how many requests so many runs have in all, if no algorithm has to be skipped.
    #[must_use]
    pub fn requests(&self, runs: u32) -> u64 {
        let times = if self.is_told_apart() { 2 } else { 1 };
        times * u64::from(runs) * self.algorithms.len() as u64 * self.traffic.requests()
    }

    /// Returns whether what the events cost the caches is told, by another run without them.
    pub(super) fn is_told_apart(&self) -> bool {
        self.model.cache.is_some() && self.timeline.has_steps()
    }

    /// Returns a run with these keys, if any are used.
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
        let stations = self
            .speeds
            .iter()
            .copied()
            .chain(std::iter::repeat(1.))
            .take(self.timeline.stations.len())
            .map(|speed| Station::new(self.model, speed))
            .collect();
        let measured = self.traffic.requests().saturating_sub(self.warm_up);
        let turns = &self.timeline.turns;
        let record = Record::new(self.warm_up, measured, self.limit, turns, self.window)?;
        let seed = self.config.hashing.seed.0;
        let run = Run::new(clock, balancers, stations, self.timeline, seed, record);
        let requests = self.traffic.start(self.capacity()?, seed, keys)?;
        let done = |requests| {
            step(Progress {
                algorithm: algorithm.name,
                requests,
            });
        };
        run.all(requests, self.warm_up, self.model.servers, done)
    }

    /// Returns an instance. Those that use no key draw with a seed each, or all would draw the same, and all but the
    /// first have taken some turns, or all would begin with the same backend; and each has a subset of its
    /// own.
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

    /// Returns whether the requests' keys make a difference.
    pub(super) fn keyed(&self, algorithm: &'static Card) -> bool {
        self.uses_key(algorithm) || self.model.cache.is_some()
    }

    fn uses_key(&self, algorithm: &'static Card) -> bool {
        self.config.configured_as(algorithm).profile().key != Key::Unused
    }

    /// What the backends that get requests can do at once.
    pub(super) fn capacity(&self) -> Result<f64> {
        let pool = self.config.pool()?;
        let active = pool.slots().filter(|&slot| pool.is_active(slot));
        // The sum of none would be less than 0.
        let speeds = active
            .map(|slot| self.speeds[slot.index()])
            .fold(0., |sum, speed| sum + speed);
        Ok(speeds * f64::from(self.model.servers))
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
            backends: self.speeds.len(),
            servers: self.model.servers,
            capacity: self.capacity()?,
            queue_limit: self.model.queue_limit,
            discipline: self.model.discipline,
            cache: self.model.cache,
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

/// The numbers that say how many turns an instance has taken; the others are those of the requests.
const TURNS_STREAM: u64 = 4;

/// Takes so many turns as it happens, fewer than there are backends.
fn take_turns(balancer: &LoadBalancer, seed: Seed, backends: usize) {
    let mut rng = ChaCha8Rng::seed_from_u64(seed.0);
    rng.set_stream(TURNS_STREAM);
    for _ in 0..rng.random_range(0..backends) {
        // Where no backend is eligible there are no turns.
        balancer.route(None).map(Ticket::release).ok();
    }
}
