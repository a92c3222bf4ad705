//! Subsets and bounds, measured request by request: some requests are in flight, and the load balancers get them in
//! turn.

use anyhow::Result;
use evenkeel_algorithms::Subset;
use evenkeel_algorithms::analysis::{Change, Moves};
use evenkeel_algorithms::{Key, LoadBalancer, Pool, Seed, Slot};
use evenkeel_config::Config;
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

use super::measure::{Meter, Run};
use super::traffic::Traffic;
use crate::change::MembershipChange;
use crate::compare::{self, spread_of};
use crate::workload::Workload;

/// The random stream for the turns of each load balancer; that of completions is 0.
const TURNS: u64 = 1;

/// Requests that load balancers get in turn.
pub(super) struct InTurn<'a> {
    pub(super) traffic: &'a Traffic,
    /// The number of load balancers.
    pub(super) instances: u32,
    /// The number of requests in flight, unless it follows [`compare::window`].
    pub(super) in_flight: Option<u32>,
}

impl Meter for InTurn<'_> {
    /// The requests are drawn again each time: those of all seeds would not fit into memory.
    type Case = Seed;

    const SEEDS: usize = 100;

    fn cases(&self, seeds: Vec<Seed>) -> Result<Vec<Seed>> {
        Ok(seeds)
    }

    fn run(&self, config: &Config, &seed: &Seed, with_changes: bool) -> Result<Run> {
        let mut config = config.clone();
        config.hashing.seed = seed;
        let workload = self.traffic.with(seed)?;
        let fleet = self.fleet(&config)?;
        let snapshot = fleet[0].snapshot();
        let pool = snapshot.pool();
        // Before any request is in flight. With subsets, each load balancer has its own home for a key.
        let bounded = config.bounded_load.is_some() && config.subset.is_none();
        let homes = bounded
            .then(|| compare::owners(&workload, &snapshot))
            .transpose()?;
        let answers = self.answers(&workload, &fleet, seed)?;
        let mut moved = 0.;
        if with_changes {
            for change in MembershipChange::defaults(&config.backends) {
                let share = self.moved(&config, &change, pool, &workload, &answers)?;
                moved = f64::max(moved, share);
            }
        }
        let mut loads = vec![0; pool.len()];
        answers.iter().for_each(|slot| loads[slot.index()] += 1);
        let memory = |balancer: &LoadBalancer| balancer.snapshot().balancer().memory() as u64;
        Ok(Run {
            peak: spread_of(&snapshot, &loads).map_or(0., |spread| spread.peak_to_mean),
            away: homes.map(|homes| away(&workload, &homes, &answers)),
            moved,
            memory: fleet.iter().map(memory).max().unwrap_or_default(),
        })
    }
}

impl InTurn<'_> {
    /// Returns the load balancers. Without keys, each draws with its own seed, otherwise all would draw the same, and
    /// has taken some turns, otherwise all would begin with the same backend.
    fn fleet(&self, config: &Config) -> Result<Vec<LoadBalancer>> {
        let uses_key = config.profile().key != Key::Unused;
        let mut rng = ChaCha8Rng::seed_from_u64(config.hashing.seed.0);
        rng.set_stream(TURNS);
        let turns = config.backends.len() as u32;
        let instance = |number| {
            if uses_key {
                return instance(config, config.hashing.seed, number);
            }
            let seed = config.hashing.seed.0.wrapping_add(number.into());
            let balancer = instance(config, Seed(seed), number)?;
            for _ in 0..rng.random_range(0..turns) {
                balancer.route(None)?.release();
            }
            Ok(balancer)
        };
        (1..=self.instances).map(instance).collect()
    }

    fn answers(
        &self,
        workload: &Workload,
        fleet: &[LoadBalancer],
        seed: Seed,
    ) -> Result<Vec<Slot>> {
        compare::replay_in_flight(workload, fleet, self.in_flight, seed)
    }

    /// Returns the share of the requests that a change sends to another backend.
    fn moved(
        &self,
        config: &Config,
        change: &MembershipChange,
        before: &Pool,
        workload: &Workload,
        answers: &[Slot],
    ) -> Result<f64> {
        let backends = change.apply(&config.backends)?;
        let fleet = self.fleet(&config.changed(config.algorithm, backends)?)?;
        let now = self.answers(workload, &fleet, config.hashing.seed)?;
        let after = fleet[0].snapshot();
        let change = Change::new(before, after.pool());
        let pairs = answers
            .iter()
            .zip(now)
            .map(|(&before, after)| (Some(before), Some(after), 1));
        Ok(Moves::count(&change, pairs).moved_share())
    }
}

/// Returns the load balancer with a number, which is part of its name. Its strategy has its own seed; subsets are drawn
/// with the common seed.
fn instance(config: &Config, seed: Seed, number: u32) -> Result<LoadBalancer> {
    let mut inside = config.clone();
    inside.hashing.seed = seed;
    inside.subset = None;
    let mut configured = inside.configured();
    if let Some(subset) = &config.subset {
        let mut subset = subset.clone();
        subset.client = format!("balancer-{number}");
        configured = Box::new(Subset::new(configured, config.hashing, subset));
    }
    Ok(LoadBalancer::new(configured, config.pool()?)?)
}

/// Returns the share of the requests that are not at their key's home.
fn away(workload: &Workload, homes: &[Slot], answers: &[Slot]) -> f64 {
    let keys = workload.requests().map(|(key, _)| key);
    let away = keys.zip(answers).filter(|&(key, &slot)| homes[key] != slot);
    away.count() as f64 / answers.len() as f64
}
