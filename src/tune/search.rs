//! The search: by doubling, between what is too cheap and what is enough, and by halving.

use anyhow::Result;
use evenkeel_algorithms::Seed;

use super::goals::Goals;
use super::knob::Knob;
use super::measure::Meter;
use super::traffic::Traffic;
use super::trial::Trial;
use super::tuned::Tuned;
use crate::config::Config;

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
pub const STEPS: u64 = 24;

/// A search for the cheapest setting.
pub(super) struct Search<'a, M, S> {
    pub(super) config: &'a Config,
    pub(super) knob: &'a Knob,
    pub(super) goals: &'a Goals,
    pub(super) traffic: &'a Traffic,
    pub(super) meter: M,
    /// The peak that chance alone has, where a search may end at it.
    pub(super) chance: Option<f64>,
    pub(super) step: S,
}

impl<M: Meter, S: Fn()> Search<'_, M, S> {
    /// Seeks the cheapest value on some seeds and holds it to others. Where one of these does not agree they
    /// are sought on as well, a few times: what is enough by luck is not.
    pub(super) fn run(&self) -> Result<Tuned> {
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
        (self.step)();
        Trial::of(
            &self.meter,
            self.config,
            self.knob,
            place,
            self.goals,
            cases,
        )
    }

    /// Returns the cheapest that is enough, above one that has proved too cheap.
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

    /// Returns the cheapest that is enough, above one that is not, up to one that is.
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

    /// Returns the trials of each value, the cheapest first; of several the last, which has seen the most.
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
