//! The search: doubling, and bisection between too little and enough.

use anyhow::Result;
use evenkeel_config::Config;

use super::evidence::Evidence;
use super::goals::Goals;
use super::knob::Knob;
use super::measure::Meter;
use super::traffic::Traffic;
use super::trial::Trial;
use super::tuned::{Range, Tuned};
use crate::figures::seeds;

/// The number of held-out seeds for validation.
const FRESH: usize = 100;

/// A doubling that leaves more than this fraction of the peak gains nothing.
const GAIN: f64 = 0.995;

/// The search ends after this many doublings in a row without gain, if the rest may be chance.
const IN_VAIN: u32 = 2;

/// The rest may be chance if the excess is at most this many times that of chance.
const NEAR_CHANCE: f64 = 2.;

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

/// The settings that are measured on some seeds.
struct Tried<'a, M: Meter, S> {
    search: &'a Search<'a, M, S>,
    evidence: Evidence,
    cases: Vec<M::Case>,
    /// In the order of the search.
    trials: Vec<Trial>,
}

impl<M: Meter, S: Fn()> Search<'_, M, S> {
    /// Searches the cheapest value on some seeds, with the range that these leave open, and validates it on held-out
    /// seeds.
    pub(super) fn run(&self) -> Result<Tuned> {
        let evidence = Evidence::of(self.goals.share_of_seeds, M::SEEDS);
        // The config's own seed stays for trying the answer.
        let count = evidence.seeds + FRESH + 1;
        let mut sought: Vec<_> = seeds(self.config.hashing.seed, count as u32)
            .skip(1)
            .collect();
        let fresh = sought.split_off(evidence.seeds);
        let mut tried = Tried {
            search: self,
            evidence,
            cases: self.meter.cases(sought)?,
            trials: Vec::new(),
        };
        tried.double()?;
        let found = tried.cheapest(Some(evidence.measured))?;
        let found = found.filter(|found| found.failures() <= evidence.measured);
        let (mut range, mut validation, mut half) = (None, None, None);
        if let Some(found) = &found {
            range = tried.range()?;
            half = match self.knob.scale.half(found.place) {
                Some(half) => Some(tried.measure(half)?),
                None => None,
            };
            // Those of the search are not needed again, and take memory.
            tried.cases.clear();
            let cases = self.meter.cases(fresh)?;
            validation = Some(self.trial(found.place, &cases, FRESH)?);
        }
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
            answer: found.as_ref().map(|found| found.value),
            range,
            line: found.as_ref().map(|found| self.knob.line(found.place)),
            trials: tried.in_order(),
            fresh: validation,
            half,
        })
    }

    fn trial(&self, place: u64, cases: &[M::Case], most: usize) -> Result<Trial> {
        (self.step)();
        Trial::of(
            &self.meter,
            self.config,
            self.knob,
            place,
            self.goals,
            cases,
            most,
        )
    }

    fn is_near_chance(&self, peak: f64) -> bool {
        let near = |chance| peak - 1. <= NEAR_CHANCE * (chance - 1.);
        self.chance.is_some_and(near)
    }
}

impl<M: Meter, S: Fn()> Tried<'_, M, S> {
    /// Tries values, each about twice as costly as the one before, until one is shown to be enough.
    fn double(&mut self) -> Result<()> {
        let (mut best, mut in_vain) = (f64::MAX, 0);
        for place in self.search.knob.scale.doubling() {
            let trial = self.measure(place)?;
            let peak = trial.mean_peak;
            in_vain = if peak < GAIN * best { 0 } else { in_vain + 1 };
            best = best.min(peak);
            let gains_nothing = in_vain >= IN_VAIN && self.search.is_near_chance(best);
            let is_shown = self.evidence.shown >= Some(trial.lacking);
            if is_shown || gains_nothing || trial.dear > self.evidence.measured {
                break;
            }
        }
        Ok(())
    }

    /// Returns the trial of a value, which is measured once.
    fn measure(&mut self, place: u64) -> Result<Trial> {
        if let Some(known) = self.trials.iter().find(|known| known.place == place) {
            return Ok(known.clone());
        }
        let trial = self.search.trial(place, &self.cases, self.evidence.open)?;
        self.trials.push(trial.clone());
        Ok(trial)
    }

    /// Returns the values that are known, the cheapest first.
    fn in_order(&self) -> Vec<Trial> {
        let scale = self.search.knob.scale;
        let mut trials = self.trials.clone();
        trials.sort_by(|one, other| {
            let is_dearer = scale.is_dearer(one.place, other.place);
            is_dearer.cmp(&scale.is_dearer(other.place, one.place))
        });
        trials
    }

    /// Bisects between the cheapest known value that needs a costlier one on at most so many seeds, and the one before
    /// it; `None` if none is known.
    fn cheapest(&mut self, most: Option<usize>) -> Result<Option<Trial>> {
        loop {
            let known = self.in_order();
            let is_enough = |trial: &Trial| most >= Some(trial.lacking);
            let Some(first) = known.iter().position(is_enough) else {
                return Ok(None);
            };
            let before = first.checked_sub(1).map(|before| known[before].place);
            let scale = self.search.knob.scale;
            match before.and_then(|before| scale.middle(before, known[first].place)) {
                Some(middle) => self.measure(middle)?,
                None => return Ok(Some(known[first].clone())),
            };
        }
    }

    /// Returns what the seeds leave open, unless they all give the same results.
    fn range(&mut self) -> Result<Option<Range>> {
        let dear = self.cheapest(self.evidence.shown)?;
        let open = self.cheapest(Some(self.evidence.open))?;
        let known = self.in_order();
        let is_open = |trial: &Trial| open.as_ref().is_some_and(|open| open.place == trial.place);
        let too_cheap = known.iter().take_while(|trial| !is_open(trial));
        let range = Range {
            cheap: too_cheap.last().map(|trial| trial.value),
            dear: dear.map(|trial| trial.value),
            seeds: self.evidence.seeds,
        };
        Ok(known.iter().any(|trial| trial.varies).then_some(range))
    }
}
