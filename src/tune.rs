//! `tune`: the smallest ring, table or number of probes that meets what is asked for, on the user's own
//! backends and traffic.

use std::io::Write;

use anyhow::{Context, Result, bail};
use evenkeel_algorithms::Seed;
use indicatif::ProgressBar;
use serde::Serialize;
use thiserror::Error;

use crate::cli::TuneArgs;
use crate::config::Config;
use crate::run_compare::{backends_of, progress_style};

mod knob;
mod report;
mod traffic;
mod trial;

use knob::Knob;
use traffic::{Case, Traffic};
use trial::{Goals, Trial};

/// Seeds that an answer is sought on: so many that what meets all of them fails on one of sixty others.
const SOUGHT: u64 = 60;

/// Seeds that an answer is held to.
const FRESH: u64 = 20;

/// How often seeds that do not agree are taken in.
const ROUNDS: u64 = 5;

/// A doubling that leaves more than this part of the peak gains nothing: what is left is chance.
const GAIN: f64 = 0.995;

/// So many doublings in a row that gain nothing are the end.
const IN_VAIN: u32 = 2;

/// Trials that a search takes, about, for the progress bar: a doubling and a halving a bit.
const STEPS: u64 = 32;

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
    /// The peak that perfect hashing has by chance on this workload, as a mean.
    chance_peak_to_mean: Option<f64>,
    /// The smallest value that meets the goals on every seed that it was sought on; none if none does.
    answer: Option<u64>,
    /// What was tried, in ascending order.
    trials: Vec<Trial>,
    /// The answer on seeds that it was not sought on.
    fresh: Option<Trial>,
    /// Half of the answer, on the seeds that it was sought on.
    half: Option<Trial>,
}

/// Searches and writes what came of it.
///
/// # Errors
/// If the config, the workload or the output is at fault, or no setting meets the goals.
pub(crate) fn run(args: &TuneArgs, output: &mut impl Write) -> Result<()> {
    let config = config(args)?;
    let knob = Knob::of(config.algorithm).with_context(|| {
        let known = Knob::algorithms().join(", ");
        format!(
            "{} has no size to be tuned; expected one of {known}",
            config.algorithm
        )
    })?;
    let goals = Goals::of(args)?;
    let traffic = Traffic::of(&args.workload, config.hashing.seed)?;
    let bar = ProgressBar::new(STEPS).with_style(progress_style());
    let search = Search {
        config: &config,
        knob,
        goals: &goals,
        traffic: &traffic,
        bar: &bar,
    };
    let tuned = search.run()?;
    bar.finish_and_clear();
    output.write_all(&report::render(&tuned, args.format)?)?;
    output.flush()?;
    if tuned.answer.is_none() {
        return Err(OutOfReach {
            algorithm: config.algorithm.name,
            option: knob.option,
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

struct Search<'a> {
    config: &'a Config,
    knob: &'static Knob,
    goals: &'a Goals,
    traffic: &'a Traffic<'a>,
    bar: &'a ProgressBar,
}

impl Search<'_> {
    /// Seeks the smallest value on some seeds and holds it to others. Where one of these does not agree they
    /// are sought on as well, a few times: what is enough by luck is not.
    fn run(&self) -> Result<Tuned> {
        let (mut cases, mut trials) = (Vec::new(), Vec::new());
        let (mut answer, mut fresh) = (None, None);
        let mut next = self.traffic.on(self.seeds(0, SOUGHT))?;
        for round in 0..ROUNDS {
            cases.append(&mut next);
            trials.clear();
            answer = self.smallest(&cases, &mut trials)?;
            let Some(value) = answer else { break };
            next = self.traffic.on(self.seeds(SOUGHT + round * FRESH, FRESH))?;
            let trial = self.trial(value, &next)?;
            let holds = trial.holds();
            fresh = Some(trial);
            if holds {
                break;
            }
        }
        let half = answer.and_then(|value| self.knob.half(value));
        let half = half.map(|value| self.trial(value, &cases)).transpose()?;
        trials.sort_by_key(|trial: &Trial| trial.value);
        Ok(Tuned {
            schema: 1,
            algorithm: self.config.algorithm.name,
            option: self.knob.option,
            goals: self.goals.clone(),
            source: self.traffic.source.clone(),
            chance_peak_to_mean: trial::chance(self.config, &self.traffic.first)?,
            fresh: fresh.filter(|_| answer.is_some()),
            answer,
            trials,
            half,
        })
    }

    /// Seeds that are the same for the same seed of the config, and none of them its own.
    fn seeds(&self, from: u64, count: u64) -> Vec<Seed> {
        let first = self.config.hashing.seed.0.wrapping_add(1 + from);
        (0..count)
            .map(|number| Seed(first.wrapping_add(number)))
            .collect()
    }

    fn trial(&self, value: u64, cases: &[Case]) -> Result<Trial> {
        self.bar.inc(1);
        trial::measure(self.config, self.knob, value, self.goals, cases)
    }

    fn smallest(&self, cases: &[Case], trials: &mut Vec<Trial>) -> Result<Option<u64>> {
        let (mut too_small, mut best, mut in_vain) = (None, f64::MAX, 0);
        for value in self.knob.doubling(self.config.backends.len() as u64) {
            let trial = self.trial(value, cases)?;
            let (holds, is_too_large) = (trial.holds(), trial.is_too_large());
            let peak = trial.mean_peak;
            trials.push(trial);
            if holds {
                return self.between(too_small, value, cases, trials).map(Some);
            }
            in_vain = if peak < GAIN * best { 0 } else { in_vain + 1 };
            best = best.min(peak);
            if is_too_large || in_vain == IN_VAIN {
                return Ok(None);
            }
            too_small = Some(value);
        }
        Ok(None)
    }

    /// The smallest that holds above one that does not, up to one that does.
    fn between(
        &self,
        too_small: Option<u64>,
        enough: u64,
        cases: &[Case],
        trials: &mut Vec<Trial>,
    ) -> Result<u64> {
        let (mut low, mut high) = (too_small.unwrap_or(0), enough);
        while let Some(middle) = self.knob.middle(low, high) {
            let trial = self.trial(middle, cases)?;
            if trial.holds() {
                high = middle;
            } else {
                low = middle;
            }
            trials.push(trial);
        }
        Ok(high)
    }
}
