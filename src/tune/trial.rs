//! One setting, measured on several seeds.

use anyhow::{Result, ensure};
use evenkeel_algorithms::analysis::{Change, Moves, Spread};
use evenkeel_algorithms::{Balancer, Pick, Slot, Snapshot};
use rayon::prelude::*;
use serde::Serialize;

use super::knob::Knob;
use super::traffic::{Case, Demand};
use crate::cli::TuneArgs;
use crate::compare::{MembershipChange, chance_peak};
use crate::config::Config;

/// What a setting has to meet on every seed.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Goals {
    /// How many times its share of the requests the fullest backend may have.
    pub(super) peak_to_mean: f64,
    /// The most bytes that the strategy may hold.
    pub(super) memory_bytes: Option<u64>,
    /// The largest share of the keys that may move when a backend is added or the last one removed.
    pub(super) max_moved: Option<f64>,
}

impl Goals {
    pub(super) fn of(args: &TuneArgs) -> Result<Self> {
        ensure!(
            args.peak_to_mean >= 1.,
            "--peak-to-mean {}: expected at least 1, which is even",
            args.peak_to_mean
        );
        Ok(Self {
            peak_to_mean: args.peak_to_mean,
            memory_bytes: args.memory,
            max_moved: args.max_moved,
        })
    }
}

/// What a setting came to.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Trial {
    pub(super) value: u64,
    /// The fullest backend's share of the requests over its due: the mean over the seeds and the worst.
    pub(super) mean_peak: f64,
    pub(super) worst_peak: f64,
    /// The largest share of the keys that a change moved; none if that has no limit.
    pub(super) worst_moved: Option<f64>,
    pub(super) memory_bytes: u64,
    /// On how many seeds it meets the goals, and of how many.
    pub(super) met: usize,
    pub(super) seeds: usize,
    /// Whether a larger setting cannot meet them either.
    #[serde(skip)]
    too_large: bool,
}

impl Trial {
    pub(super) const fn holds(&self) -> bool {
        self.met == self.seeds
    }

    pub(super) const fn is_too_large(&self) -> bool {
        self.too_large
    }
}

/// What one seed came to.
struct Run {
    peak: f64,
    moved: f64,
    memory: u64,
}

/// Measures a setting on every seed.
///
/// # Errors
/// If the strategy cannot be built, or no backend is eligible.
pub(super) fn measure(
    config: &Config,
    knob: &Knob,
    value: u64,
    goals: &Goals,
    cases: &[Case],
) -> Result<Trial> {
    let mut config = config.clone();
    knob.turn(&mut config.options, value)?;
    let run = |case: &Case| {
        let mut config = config.clone();
        config.hashing.seed = case.seed;
        run(&config, &case.demand, goals.max_moved.is_some())
    };
    let runs: Vec<_> = cases.par_iter().map(run).collect::<Result<_>>()?;
    let met = |run: &&Run| {
        run.peak <= goals.peak_to_mean
            && goals.max_moved.is_none_or(|most| run.moved <= most)
            && goals.memory_bytes.is_none_or(|most| run.memory <= most)
    };
    let peaks = runs.iter().map(|run| run.peak);
    let memory_bytes = runs.iter().map(|run| run.memory).max().unwrap_or_default();
    Ok(Trial {
        value,
        mean_peak: peaks.clone().sum::<f64>() / runs.len() as f64,
        worst_peak: peaks.fold(0., f64::max),
        worst_moved: goals
            .max_moved
            .and(runs.iter().map(|run| run.moved).reduce(f64::max)),
        memory_bytes,
        met: runs.iter().filter(met).count(),
        seeds: runs.len(),
        too_large: goals.memory_bytes.is_some_and(|most| memory_bytes > most),
    })
}

fn run(config: &Config, demand: &Demand, with_changes: bool) -> Result<Run> {
    let balancer = config.balancer()?;
    let before = balancer.snapshot();
    let owners = owners(&before, demand)?;
    let pool = before.pool();
    let mut loads = vec![0; pool.len()];
    for (slot, count) in owners.iter().zip(&demand.counts) {
        loads[slot.index()] += count;
    }
    let active = pool.slots().filter(|&slot| pool.is_active(slot));
    let spread = Spread::of(active.map(|slot| (loads[slot.index()], pool.weight(slot).get())));
    let changes = if with_changes {
        MembershipChange::defaults(&config.backends)
    } else {
        Vec::new()
    };
    let changes = changes.iter();
    let moved = changes.map(|change| moved(config, change, &before, &owners, demand));
    let moved: Vec<_> = moved.collect::<Result<_>>()?;
    Ok(Run {
        peak: spread.map_or(0., |spread| spread.peak_to_mean),
        moved: moved.into_iter().fold(0., f64::max),
        memory: before.strategy().memory() as u64,
    })
}

/// The share of the keys that a change moves.
fn moved(
    config: &Config,
    change: &MembershipChange,
    before: &Snapshot,
    owners: &[Slot],
    demand: &Demand,
) -> Result<f64> {
    let backends = change.apply(&config.backends)?;
    let after = config.changed(config.algorithm, backends)?.balancer()?;
    let after = after.snapshot();
    let now = self::owners(&after, demand)?;
    let change = Change::new(before.pool(), after.pool());
    let pairs = owners.iter().zip(now);
    let pairs = pairs.map(|(&before, after)| (Some(before), Some(after), 1));
    Ok(Moves::count(&change, pairs).moved_share())
}

fn owners(snapshot: &Snapshot, demand: &Demand) -> Result<Vec<Slot>> {
    let ask = |key| Pick::new(snapshot.pool(), Some(key)).question();
    let keys = (0..demand.keys.len()).map(|number| demand.keys.get(number));
    keys.map(|key| Ok(snapshot.pick(&ask(key))?)).collect()
}

/// The peak that perfect hashing has by chance on some requests, as a mean.
///
/// # Errors
/// If the backends make no pool.
pub(super) fn chance(config: &Config, demand: &Demand) -> Result<Option<f64>> {
    let seed = config.hashing.seed.0;
    Ok(chance_peak(&config.pool()?, &demand.counts, seed))
}
