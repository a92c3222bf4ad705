//! The statistics of `simulate`: intervals of latencies, and verdicts between strategies that are equal.

use anyhow::Result;
use evenkeel_algorithms::strategy::{
    anchor, jump, least_connections, modulo, power_of_two_choices, random, rendezvous, round_robin,
};
use evenkeel_algorithms::{Card, Seed};
use rayon::prelude::*;

use super::rate::{Claim, Rate};
use super::tally::Tally;
use crate::figures::{Figure, Measured, seeds};
use crate::simulate::{
    Discipline, Drawn, Latency, Machines, Model, Simulated, Simulation, Timeline, Traffic,
};
use crate::workload::Distribution;
use evenkeel_config::Config;

/// The numbers of runs, of which the smallest is the least for which reports compare.
const RUNS: [u32; 2] = [5, 20];

/// Requests of a run, of which a tenth is not measured.
const REQUESTS: u64 = 1_000;

const BACKENDS: usize = 5;

/// The time of which the share above is measured: four mean service times.
const LIMIT: u64 = 4_000_000;

/// Strategies with different latencies.
const MEASURED: [&Card; 4] = [
    &least_connections::CARD,
    &power_of_two_choices::CARD,
    &random::CARD,
    &round_robin::CARD,
];

/// Strategies that send keys of which none returns to a random backend.
const EQUAL: [&Card; 5] = [
    &anchor::CARD,
    &jump::CARD,
    &modulo::CARD,
    &random::CARD,
    &rendezvous::CARD,
];

pub(super) const STEPS: u64 = 2 * RUNS.len() as u64;

pub(super) fn rates(repetitions: u32, step: &(dyn Fn() + Sync)) -> Result<Vec<Rate>> {
    let mut rates = Vec::new();
    for runs in RUNS {
        let of = |seed| {
            let simulated = simulated(seed, &MEASURED, runs);
            step();
            simulated
        };
        rates.extend(coverage(&repeated(repetitions, of)?, runs));
        let of = |seed| {
            let simulated = simulated(seed, &EQUAL, runs);
            step();
            simulated
        };
        rates.extend(wrong(&repeated(repetitions, of)?, runs));
    }
    Ok(rates)
}

fn repeated(
    repetitions: u32,
    of: impl Fn(Seed) -> Result<Simulated> + Sync + Send,
) -> Result<Vec<Simulated>> {
    let seeds: Vec<_> = seeds(Seed(1), repetitions).collect();
    seeds.into_par_iter().map(of).collect()
}

fn simulated(seed: Seed, algorithms: &[&'static Card], runs: u32) -> Result<Simulated> {
    let names = (1..=BACKENDS).map(|number| format!("b{number}").into());
    let mut config = Config::of(names.collect());
    config.hashing.seed = seed;
    // So many clients that few have two requests; names of more would take longer than the run.
    let drawn = Drawn::new(REQUESTS, 0.8, 20_000, Distribution::Uniform);
    let simulation = Simulation {
        config: &config,
        algorithms,
        traffic: &Traffic::from(drawn),
        model: Model {
            servers: 1,
            queue_limit: Some(12),
            discipline: Discipline::Fcfs,
            cache: None,
        },
        machines: &Machines::of(&config.backends),
        instances: 1,
        warm_up: REQUESTS / 10,
        limit: Some(LIMIT),
        timeline: &Timeline::quiet(&config.backends),
        window: None,
    };
    simulation.repeat(runs, |_| ())
}

fn coverage(repetitions: &[Simulated], runs: u32) -> Vec<Rate> {
    let mut tally = Tally::default();
    for result in repetitions.iter().flat_map(|one| &one.results) {
        let Some(intervals) = &result.intervals else {
            continue;
        };
        let name = format!("simulate, {runs} runs, {}", result.algorithm);
        tally.add(&name, &intervals.latency);
        tally.add(&name, &intervals.figures);
    }
    tally.rates()
}

/// Returns how often some of the equal strategies is shown to be better than another.
fn wrong(repetitions: &[Simulated], runs: u32) -> Vec<Rate> {
    let compared = Latency::FIGURES.iter().filter(|figure| figure.is_compared);
    let of_figure = |figure: &Figure<Latency>| {
        let is_wrong = |one: &&Simulated| {
            let mut pairs = one.paired.iter();
            pairs.any(|pair| pair.figure == figure && pair.shown)
        };
        let count = repetitions.iter().filter(is_wrong).count();
        let name = format!(
            "simulate, {runs} runs, {} equal strategies, {}: one is better",
            EQUAL.len(),
            figure.name
        );
        Rate::new(
            name,
            Claim::WrongVerdicts,
            count as u32,
            repetitions.len() as u32,
        )
    };
    compared.copied().map(of_figure).collect()
}
