//! The range of `tune`: how often it contains the value that is needed.

use std::collections::BTreeMap;

use anyhow::Result;
use evenkeel_algorithms::strategy::ketama;
use evenkeel_algorithms::{Registry, Seed};
use rayon::prelude::*;

use super::rate::{Claim, Rate};
use crate::figures::seeds;
use crate::tune::{Goals, Setting, Target, Traffic, Tuned, Tuning};
use crate::workload::{Distribution, Source};
use evenkeel_config::Config;

/// The share of seeds on which the goal has to be met.
const SHARE: f64 = 0.95;

/// The fewest held-out seeds that show the share of a value.
const MIN_SEEDS: usize = 1_000;

pub(super) const STEPS: u64 = 1;

pub(super) fn rates(repetitions: u32, step: &(dyn Fn() + Sync)) -> Result<Vec<Rate>> {
    let seeds: Vec<_> = seeds(Seed(3), repetitions).collect();
    let one = |seed| {
        let tuned = tuned(seed);
        step();
        tuned
    };
    let all: Vec<_> = seeds.into_par_iter().map(one).collect::<Result<_>>()?;
    let Some(needed) = needed(&all) else {
        return Ok(Vec::new());
    };
    let contains = |tuned: &&Tuned| {
        tuned.range.as_ref().is_some_and(|range| {
            let end = |end| size(end).unwrap_or_default();
            range.cheap.is_none_or(|cheap| end(cheap) < needed)
                && range.dear.is_none_or(|dear| needed <= end(dear))
        })
    };
    let count = all.iter().filter(contains).count() as u32;
    let name = format!("tune size, ketama, 4 backends, 95 of 100 seeds need {needed}");
    Ok(vec![Rate::new(name, Claim::Range, count, repetitions)])
}

fn tuned(seed: Seed) -> Result<Tuned> {
    let mut config = Config::of((1..=4).map(|number| format!("b{number}").into()).collect());
    config.algorithm = &ketama::CARD;
    config.hashing.seed = seed;
    let goals = Goals {
        peak_to_mean: 1.5,
        memory_bytes: None,
        max_moved: None,
        max_away: None,
        share_of_seeds: SHARE,
    };
    let source = Source::Drawn {
        requests: 300,
        clients: 300,
        distribution: Distribution::Uniform,
    };
    let first = source.workload(0, seed)?;
    let traffic = Traffic::of(source, first);
    let tuning = Tuning::new(&config, Target::Size, &goals, Registry::builtin())?;
    tuning.run(&traffic, || ())
}

/// Returns the smallest value that meets the goal on its share of the seeds on which all repetitions validated it.
fn needed(all: &[Tuned]) -> Option<u64> {
    let mut validated: BTreeMap<u64, (usize, usize)> = BTreeMap::new();
    for fresh in all.iter().filter_map(|tuned| tuned.fresh.as_ref()) {
        let (met, seeds) = validated.entry(size(fresh.value)?).or_default();
        *met += fresh.met;
        *seeds += fresh.seeds;
    }
    let is_enough = |&(_, (met, seeds)): &(u64, (usize, usize))| {
        seeds >= MIN_SEEDS && met as f64 >= SHARE * seeds as f64
    };
    let (needed, _) = validated.into_iter().find(is_enough)?;
    Some(needed)
}

const fn size(setting: Setting) -> Option<u64> {
    match setting {
        Setting::Size(size) => Some(size),
        Setting::Factor(_) => None,
    }
}
