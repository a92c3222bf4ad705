//! `tune`: the smallest ring, table, number of probes or subset, or the loosest bound, that meets what is
//! asked for, on the user's own backends and traffic.

use std::io::Write;

use anyhow::{Result, bail};
use evenkeel_algorithms::Seed;
use indicatif::ProgressBar;
use serde::Serialize;
use thiserror::Error;

use crate::cli::TuneArgs;
use crate::compare::{chance_peak, window};
use crate::config::Config;
use crate::progress::Voice;
use crate::run_compare::backends_of;

mod by_key;
mod goals;
mod in_turn;
mod knob;
mod report;
mod scale;
mod traffic;
mod trial;

use by_key::ByKey;
use goals::Goals;
use in_turn::InTurn;
use knob::{Knob, Setting};
use traffic::Traffic;
use trial::{Meter, Trial};

/// Seeds that an answer is sought on: so many that what meets all of them fails on one of sixty others.
const SOUGHT: u64 = 60;

/// Seeds that an answer is held to.
const FRESH: u64 = 20;

/// How often seeds that do not agree are taken in.
const ROUNDS: u64 = 5;

/// A doubling that leaves more than this part of the peak gains nothing.
const GAIN: f64 = 0.995;

/// So many doublings in a row that gain nothing are the end, if what is left may be chance.
const IN_VAIN: u32 = 2;

/// What is left may be chance if it exceeds the share by no more than so many times what chance does.
const NEAR_CHANCE: f64 = 2.;

/// Trials that a search takes, about, for the progress bar: a doubling and a halving a bit.
const STEPS: u64 = 24;

/// No setting meets what was asked for.
#[derive(Debug, Error)]
#[error(
    "no `{option}` of {algorithm} meets this on every seed; the best that was tried is in the table"
)]
pub(crate) struct OutOfReach {
    algorithm: &'static str,
    option: &'static str,
}

/// What a search found.
#[derive(Debug, Serialize)]
struct Tuned {
    /// The version of this shape.
    schema: u32,
    algorithm: &'static str,
    option: &'static str,
    goals: Goals,
    /// Where the requests come from, in words.
    source: String,
    /// How many backends there are.
    backends: usize,
    /// How many load balancers have a subset each.
    instances: Option<u32>,
    /// How many requests are in flight, where they count.
    in_flight: Option<usize>,
    /// The peak that perfect hashing has by chance on this workload, as a mean; none where keys are not
    /// picked for alone.
    chance_peak_to_mean: Option<f64>,
    /// The cheapest value that meets the goals on every seed; none if none does.
    answer: Option<Setting>,
    /// The answer as a line of a config.
    line: Option<String>,
    /// What was tried, the cheapest first, on ten seeds after the other until it was not enough.
    trials: Vec<Trial>,
    /// The answer on seeds that it was not sought on.
    fresh: Option<Trial>,
    /// What is half as dear as the answer, on the seeds that it was sought on.
    half: Option<Trial>,
}

/// Searches and writes what came of it.
///
/// # Errors
/// If the config, the workload or the output is at fault, or no setting meets the goals.
pub(crate) fn run(args: &TuneArgs, voice: Voice, output: &mut impl Write) -> Result<()> {
    let config = config(args)?;
    let goals = Goals::of(args, &config)?;
    let knob = Knob::of(args, &config)?;
    let traffic = Traffic::of(&args.workload, config.hashing.seed, voice)?;
    let bar = voice.steps("tune", STEPS);
    let tuned = if args.subset || args.bound {
        let meter = InTurn {
            traffic: &traffic,
            instances: args.instances.unwrap_or(1),
            in_flight: args.in_flight,
        };
        let tuned = Search::new(&config, &knob, &goals, &traffic, meter, None, bar).run()?;
        let in_flight = window(&config.pool()?, args.in_flight);
        Tuned {
            instances: args.instances,
            in_flight: args.bound.then_some(in_flight),
            ..tuned
        }
    } else {
        let counts = traffic.first.counts();
        let chance = chance_peak(&config.pool()?, counts, config.hashing.seed.0);
        let meter = ByKey(&traffic);
        Search::new(&config, &knob, &goals, &traffic, meter, chance, bar).run()?
    };
    output.write_all(&report::render(&tuned, args.format)?)?;
    output.flush()?;
    if tuned.answer.is_none() {
        return Err(OutOfReach {
            algorithm: config.algorithm.name,
            option: knob.option(),
        }
        .into());
    }
    Ok(())
}

fn config(args: &TuneArgs) -> Result<Config> {
    if args.config.is_none() && args.backends.is_none() {
        bail!("expected the backends: -c FILE, or --backends");
    }
    let mut config = backends_of(args.config.as_deref(), args.backends.as_ref())?;
    config.algorithm = args.algorithm.unwrap_or(config.algorithm);
    Ok(config)
}

struct Search<'a, M> {
    config: &'a Config,
    knob: &'a Knob,
    goals: &'a Goals,
    traffic: &'a Traffic<'a>,
    meter: M,
    /// The peak that chance alone has, where a search may end at it.
    chance: Option<f64>,
    bar: ProgressBar,
}

impl<'a, M: Meter> Search<'a, M> {
    fn new(
        config: &'a Config,
        knob: &'a Knob,
        goals: &'a Goals,
        traffic: &'a Traffic<'a>,
        meter: M,
        chance: Option<f64>,
        bar: ProgressBar,
    ) -> Self {
        Self {
            config,
            knob,
            goals,
            traffic,
            meter,
            chance,
            bar,
        }
    }

    /// Seeks the cheapest value on some seeds and holds it to others. Where one of these does not agree they
    /// are sought on as well, a few times: what is enough by luck is not.
    fn run(&self) -> Result<Tuned> {
        let (mut cases, mut trials) = (Vec::new(), Vec::new());
        let mut next = self.cases(0, SOUGHT)?;
        let (mut answer, mut too_cheap) = (None, None);
        for round in 0..ROUNDS {
            cases.append(&mut next);
            let Some(found) = self.cheapest(too_cheap, &cases, &mut trials)? else {
                break;
            };
            let (found, half) = self.halved(found, &cases, &mut trials)?;
            if !found.affordable {
                break;
            }
            next = self.cases(SOUGHT + round * FRESH, FRESH)?;
            let fresh = self.trial(found.place, &next)?;
            if fresh.holds() {
                answer = Some((found.place, fresh, half));
                break;
            }
            too_cheap = Some(found.place);
            trials.push(fresh);
        }
        let place = answer.as_ref().map(|&(place, ..)| place);
        let (fresh, half) = answer.map_or((None, None), |(_, fresh, half)| (Some(fresh), half));
        self.bar.finish_and_clear();
        Ok(Tuned {
            schema: 1,
            algorithm: self.config.algorithm.name,
            option: self.knob.option(),
            goals: self.goals.clone(),
            source: self.traffic.first.source.clone(),
            backends: self.config.backends.len(),
            instances: None,
            in_flight: None,
            chance_peak_to_mean: self.chance,
            answer: place.map(|place| self.knob.setting(place)),
            line: place.map(|place| self.knob.line(place)),
            trials: self.in_order(trials),
            fresh,
            half,
        })
    }

    /// Seeds that are the same for the same seed of the config, and none of them its own.
    fn cases(&self, from: u64, count: u64) -> Result<Vec<M::Case>> {
        let first = self.config.hashing.seed.0.wrapping_add(1 + from);
        let seeds = (0..count).map(|number| Seed(first.wrapping_add(number)));
        self.meter.cases(seeds.collect())
    }

    fn trial(&self, place: u64, cases: &[M::Case]) -> Result<Trial> {
        self.bar.inc(1);
        Trial::of(
            &self.meter,
            self.config,
            self.knob,
            place,
            self.goals,
            cases,
        )
    }

    /// The cheapest that is enough, above one that has proved too cheap.
    fn cheapest(
        &self,
        mut too_cheap: Option<u64>,
        cases: &[M::Case],
        trials: &mut Vec<Trial>,
    ) -> Result<Option<Trial>> {
        let scale = self.knob.scale;
        let doubled = too_cheap.is_none();
        let places = too_cheap.map_or_else(|| scale.doubling(), |cheap| scale.beyond(cheap));
        let (mut best, mut in_vain) = (f64::MAX, 0);
        for place in places {
            let trial = self.trial(place, cases)?;
            trials.push(trial.clone());
            if trial.enough {
                return self.between(too_cheap, trial, cases, trials).map(Some);
            }
            in_vain = if trial.mean_peak < GAIN * best {
                0
            } else {
                in_vain + 1
            };
            best = best.min(trial.mean_peak);
            let ends = doubled && in_vain >= IN_VAIN && self.is_near_chance(best);
            if ends || !trial.affordable {
                return Ok(None);
            }
            too_cheap = Some(place);
        }
        Ok(None)
    }

    fn is_near_chance(&self, peak: f64) -> bool {
        let near = |chance| peak - 1. <= NEAR_CHANCE * (chance - 1.);
        self.chance.is_some_and(near)
    }

    /// The cheapest that is enough, above one that is not, up to one that is.
    fn between(
        &self,
        too_cheap: Option<u64>,
        enough: Trial,
        cases: &[M::Case],
        trials: &mut Vec<Trial>,
    ) -> Result<Trial> {
        let Some(mut cheap) = too_cheap else {
            return Ok(enough);
        };
        let mut dear = enough;
        while let Some(middle) = self.knob.scale.middle(cheap, dear.place) {
            let trial = self.trial(middle, cases)?;
            trials.push(trial.clone());
            if trial.enough {
                dear = trial;
            } else {
                cheap = middle;
            }
        }
        Ok(dear)
    }

    /// What was found, or half of it for as long as that is enough as well, and the half that is not.
    fn halved(
        &self,
        mut found: Trial,
        cases: &[M::Case],
        trials: &mut Vec<Trial>,
    ) -> Result<(Trial, Option<Trial>)> {
        while let Some(half) = self.knob.scale.half(found.place) {
            let half = self.trial(half, cases)?;
            if !half.enough {
                return Ok((found, Some(half)));
            }
            trials.push(half.clone());
            found = half;
        }
        Ok((found, None))
    }

    /// The trials of each value, the cheapest first; of several the last, which has seen the most.
    fn in_order(&self, mut trials: Vec<Trial>) -> Vec<Trial> {
        let scale = self.knob.scale;
        trials.reverse();
        trials.sort_by(|a, b| {
            let dearer = scale.is_dearer(a.place, b.place);
            dearer.cmp(&scale.is_dearer(b.place, a.place))
        });
        trials.dedup_by_key(|trial| trial.place);
        trials
    }
}
