//! Rings, tables and probes, measured key by key: every key is routed by itself.

use std::sync::Arc;

use anyhow::Result;
use evenkeel_algorithms::analysis::{Change, Moves};
use evenkeel_algorithms::{Pick, Seed, Slot, Snapshot};
use evenkeel_config::Config;
use rayon::prelude::*;

use super::measure::{Meter, Run};
use super::traffic::Traffic;
use crate::change::MembershipChange;
use crate::compare::spread_of;
use crate::workload::{Keys, Workload};

/// The traffic of which only the keys are routed.
pub(super) struct ByKey<'a>(pub(super) &'a Traffic);

/// A seed with its requests, which are counted once for all settings.
pub(super) struct Case {
    seed: Seed,
    demand: Arc<Demand>,
}

/// The distinct keys, and the number of requests of each.
struct Demand {
    keys: Keys,
    counts: Vec<u64>,
}

impl Demand {
    fn of(workload: &Workload) -> Self {
        let mut keys = Keys::default();
        workload.keys().for_each(|key| keys.push(key));
        // Those of all seeds are held at once.
        keys.shrink_to_fit();
        Self {
            keys,
            counts: workload.counts().to_vec(),
        }
    }
}

impl Meter for ByKey<'_> {
    type Case = Case;

    const SEEDS: usize = 200;

    fn cases(&self, seeds: Vec<Seed>) -> Result<Vec<Case>> {
        let Self(traffic) = self;
        let read = traffic
            .is_read()
            .then(|| Arc::new(Demand::of(&traffic.first)));
        let case = |seed| {
            let demand = match &read {
                Some(demand) => Arc::clone(demand),
                None => Arc::new(Demand::of(&*traffic.with(seed)?)),
            };
            Ok(Case { seed, demand })
        };
        seeds.into_par_iter().map(case).collect()
    }

    fn run(&self, config: &Config, case: &Case, with_changes: bool) -> Result<Run> {
        let mut config = config.clone();
        config.hashing.seed = case.seed;
        let (config, demand) = (&config, &*case.demand);
        let before = config.balancer()?.snapshot();
        let owners = owners(&before, demand)?;
        let mut loads = vec![0; before.pool().len()];
        for (slot, count) in owners.iter().zip(&demand.counts) {
            loads[slot.index()] += count;
        }
        let changes = if with_changes {
            MembershipChange::defaults(&config.backends)
        } else {
            Vec::new()
        };
        let moved: Vec<_> = changes
            .iter()
            .map(|change| moved(config, change, &before, &owners, demand))
            .collect::<Result<_>>()?;
        Ok(Run {
            peak: spread_of(&before, &loads).map_or(0., |spread| spread.peak_to_mean),
            away: None,
            moved: moved.into_iter().fold(0., f64::max),
            memory: before.balancer().memory() as u64,
        })
    }
}

/// Returns the share of keys that a change moves.
fn moved(
    config: &Config,
    change: &MembershipChange,
    before: &Snapshot,
    owners: &[Slot],
    demand: &Demand,
) -> Result<f64> {
    let backends = change.apply(&config.backends)?;
    let after = config
        .changed(config.algorithm, backends)?
        .balancer()?
        .snapshot();
    let now = self::owners(&after, demand)?;
    let change = Change::new(before.pool(), after.pool());
    let pairs = owners
        .iter()
        .zip(now)
        .map(|(&before, after)| (Some(before), Some(after), 1));
    Ok(Moves::count(&change, pairs).moved_share())
}

fn owners(snapshot: &Snapshot, demand: &Demand) -> Result<Vec<Slot>> {
    let ask = |key| Pick::new(snapshot.pool(), Some(key)).question();
    let keys = demand.keys.iter();
    keys.map(|key| Ok(snapshot.pick(&ask(key))?)).collect()
}
