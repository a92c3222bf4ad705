//! The search: doubling, bisection between too little and enough, and halving.

use anyhow::Result;
use evenkeel_algorithms::Seed;

use super::goals::Goals;
use super::knob::Knob;
use super::measure::Meter;
use super::traffic::Traffic;
use super::trial::Trial;
use super::tuned::Tuned;
use crate::config::Config;

/// The number of seeds for the search: a value that meets all of them fails on about one in sixty others.
const SOUGHT: u64 = 60;

/// The number of held-out seeds for validation.
const FRESH: u64 = 20;

/// How often failed held-out seeds are added to the search.
const ROUNDS: u64 = 5;

/// A doubling that leaves more than this fraction of the peak gains nothing.
const GAIN: f64 = 0.995;

/// The search ends after this many doublings in a row without gain, if the rest may be chance.
const IN_VAIN: u32 = 2;

/// The rest may be chance if the excess is at most this many times that of chance.
const NEAR_CHANCE: f64 = 2.;

/// The approximate number of trials of a search, for the progress bar.
pub const STEPS: u64 = 24;

/// A search for the cheapest setting.
pub(super) struct Search<'a, M, S> {
    pub(super) config: &'a Config,
    pub(super) knob: &'a Knob,
    pub(super) goals: &'a Goals,
    pub(super) traffic: &'a Traffic,
    pub(super) meter: M,
    /// The peak by chance alone, if the search may end there.
    pub(super) chance: Option<f64>,
    pub(super) step: S,
}

impl<M: Meter, S: Fn()> Search<'_, M, S> {
    /// Searches the cheapest value on some seeds and validates it on held-out seeds. If some of those fail, they are
    /// added to the search, a few times, so that no value is accepted by chance.
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

    /// Returns seeds that depend only on the config's seed and differ from it.
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

    /// Returns the cheapest sufficient value above one that is not enough.
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

    /// Returns the cheapest sufficient value between one that is not enough and one that is.
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

    /// Returns the value, or half of it for as long as that is enough too, and the half that is not enough.
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

    /// Returns the trials of each value, the cheapest first; of several, the last one, which has the most seeds.
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
