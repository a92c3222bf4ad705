//! The statistics of `compare`: intervals of spread and movement, tests against chance, and verdicts between strategies
//! that are equal.

use anyhow::{Context, Result};
use evenkeel_algorithms::strategy::{anchor, jump, ketama, maglev, modulo, rendezvous};
use evenkeel_algorithms::{Card, Seed};
use rayon::prelude::*;

use super::rate::{Claim, Rate};
use super::tally::Tally;
use crate::change::MembershipChange;
use crate::compare::{AlgorithmFigures, Comparison, Finding, Plan};
use crate::figures::seeds;
use crate::workload::{Distribution, Workload};
use evenkeel_config::Config;

/// The numbers of runs, of which the smallest is the least for which reports compare.
const RUNS: [u32; 2] = [5, 20];

const BACKENDS: usize = 5;

/// Requests and clients of a run.
const REQUESTS: usize = 300;

/// The first four are random assignment; the ring and the table are not.
const STRATEGIES: [&Card; 6] = [
    &anchor::CARD,
    &jump::CARD,
    &modulo::CARD,
    &rendezvous::CARD,
    &ketama::CARD,
    &maglev::CARD,
];

const EQUAL: usize = 4;

pub(super) const STEPS: u64 = 2 * RUNS.len() as u64;

pub(super) fn rates(repetitions: u32, step: &(dyn Fn() + Sync)) -> Result<Vec<Rate>> {
    let mut rates = Vec::new();
    for runs in RUNS {
        let of = |strategies: &'static [&'static Card]| {
            let seeds: Vec<_> = seeds(Seed(2), repetitions).collect();
            let one = |seed| {
                let compared = compared(seed, strategies, runs);
                step();
                compared
            };
            seeds.into_par_iter().map(one).collect::<Result<Vec<_>>>()
        };
        rates.extend(coverage(&of(&STRATEGIES[..])?, runs));
        rates.extend(wrong(&of(&STRATEGIES[..EQUAL])?, runs));
    }
    Ok(rates)
}

fn compared(seed: Seed, algorithms: &[&'static Card], runs: u32) -> Result<Comparison> {
    let names = (1..=BACKENDS).map(|number| format!("b{number}").into());
    let mut config = Config::of(names.collect());
    let changes = MembershipChange::defaults(&config.backends);
    let one = |(run, seed): (u32, Seed)| {
        config.hashing.seed = seed;
        let clients = REQUESTS as u32;
        let workload =
            Workload::drawn_again(run, REQUESTS, clients, Distribution::Uniform, seed.0)?;
        let plan = Plan {
            config: &config,
            algorithms,
            workload: &workload,
            changes: &changes,
            timing: false,
            detailed: false,
        };
        plan.run(|_| ())
    };
    let runs = (0..).zip(seeds(seed, runs)).map(one);
    Comparison::over(runs.collect::<Result<_>>()?, true).context("there is no run")
}

fn coverage(repetitions: &[Comparison], runs: u32) -> Vec<Rate> {
    let mut tally = Tally::default();
    for result in repetitions.iter().flat_map(|one| &one.results) {
        let Some(intervals) = &result.intervals else {
            continue;
        };
        let name = format!("compare, {runs} runs, {}", result.algorithm);
        for (of, spread) in [("requests", &intervals.requests), ("keys", &intervals.keys)] {
            if let Some(spread) = spread {
                tally.add(&format!("{name}, {of}"), spread);
            }
        }
        tally.add(&name, &intervals.others);
    }
    tally.rates()
}

/// Returns how often some of the equal strategies is shown to be more even than another, and how often random
/// assignment is shown to be something else.
fn wrong(repetitions: &[Comparison], runs: u32) -> Vec<Rate> {
    let rate = |what: &str, is_wrong: &dyn Fn(&Comparison) -> bool| {
        let count = repetitions.iter().filter(|one| is_wrong(one)).count();
        let name = format!("compare, {runs} runs, {EQUAL} equal strategies: {what}");
        Rate::new(
            name,
            Claim::WrongVerdicts,
            count as u32,
            repetitions.len() as u32,
        )
    };
    let test = |of: &AlgorithmFigures| of.chi_square.keys;
    let finding = |one: &Comparison| {
        let mut tests = one.results.iter().filter_map(test);
        tests.any(|test| test.finding != Finding::NothingShown)
    };
    // The tests of all strategies are on the same keys, but of one strategy each is a test of its own.
    let below = |one: &Comparison| {
        let test = one.results.first().and_then(test);
        test.is_some_and(|test| test.p_value < 0.05)
    };
    vec![
        rate("one is more even", &|one| {
            one.paired.iter().any(|pair| pair.shown)
        }),
        rate("one is unlike random assignment", &finding),
        rate("chi-square test of the first, p < 0.05", &below),
    ]
}
