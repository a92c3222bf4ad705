//! A setting, measured on several seeds.

use anyhow::Result;
use evenkeel_config::Config;
use rayon::prelude::*;
use serde::Serialize;

use super::goals::Goals;
use super::knob::{Knob, Setting};
use super::measure::{Meter, Run};
use crate::figures::figures;

/// The number of seeds that are measured before failures are counted.
const AT_A_TIME: usize = 10;

/// The measurements of a setting.
#[derive(Clone, Debug, Serialize)]
pub struct Trial {
    /// The setting, as a value of the parameter's scale.
    #[serde(skip)]
    pub place: u64,
    /// The setting as in a config.
    pub value: Setting,
    /// The load of the fullest backend relative to its expected share: the mean over the seeds.
    pub mean_peak: f64,
    /// The maximum over the seeds.
    pub worst_peak: f64,
    /// The mean share of requests that did not reach their home, if there is a bound.
    pub mean_away: Option<f64>,
    /// The maximum over the seeds.
    pub worst_away: Option<f64>,
    /// The largest share that a change moved; `None` without a limit.
    pub worst_moved: Option<f64>,
    /// The memory of the strategy, in bytes.
    pub memory_bytes: u64,
    /// The number of seeds on which it meets the goals.
    pub met: usize,
    /// The number of seeds on which it was measured.
    pub seeds: usize,
    /// The number of seeds on which a costlier setting is needed.
    #[serde(skip)]
    pub lacking: usize,
    /// The number of seeds on which it costs too much.
    #[serde(skip)]
    pub dear: usize,
    /// Whether the peak differs between seeds.
    #[serde(skip)]
    pub varies: bool,
}

figures! { pub Trial {
    /// The load of the fullest backend relative to its expected share: the mean over the seeds.
    MEAN_PEAK = lower("mean_peak", "mean peak", One, 4, |of| of.mean_peak);
    /// The maximum over the seeds.
    WORST_PEAK = lower("worst_peak", "worst peak", One, 4, |of| of.worst_peak);
    /// The mean share of requests that did not reach their home.
    MEAN_AWAY = lower("mean_away", "mean away", One, 4, |of| of.mean_away);
    /// The maximum over the seeds.
    WORST_AWAY = lower("worst_away", "worst away", One, 4, |of| of.worst_away);
    /// The largest share that a change moved.
    WORST_MOVED = lower("worst_moved", "worst moved", One, 4, |of| of.worst_moved);
    /// The memory of the strategy.
    MEMORY_BYTES = lower("memory_bytes", "memory bytes", Bytes, 0, |of| of.memory_bytes);
} }

impl Trial {
    /// Measures a setting on every seed, or until more than `most` need a costlier one.
    ///
    /// # Errors
    /// As for [`Meter::run`].
    pub(super) fn of<M: Meter>(
        meter: &M,
        config: &Config,
        knob: &Knob,
        place: u64,
        goals: &Goals,
        cases: &[M::Case],
        most: usize,
    ) -> Result<Self> {
        let mut config = config.clone();
        knob.turn(&mut config, place)?;
        let run = |case: &M::Case| meter.run(&config, case, goals.max_moved.is_some());
        let mut runs = Vec::with_capacity(cases.len());
        for some in cases.chunks(AT_A_TIME) {
            let measured = some.par_iter().map(run);
            runs.append(&mut measured.collect::<Result<Vec<_>>>()?);
            if runs.iter().filter(|run| !goals.enough(run)).count() > most {
                break;
            }
        }
        Ok(Self::summary(place, knob.setting(place), &runs, goals))
    }

    fn summary(place: u64, value: Setting, runs: &[Run], goals: &Goals) -> Self {
        let peaks = || runs.iter().map(|run| run.peak);
        let aways = || runs.iter().filter_map(|run| run.away);
        let mean = |sum: f64| sum / runs.len() as f64;
        let moved = runs.iter().map(|run| run.moved).reduce(f64::max);
        let met = |run: &&Run| goals.enough(run) && goals.affordable(run);
        let worst_away = aways().reduce(f64::max);
        Self {
            place,
            value,
            mean_peak: mean(peaks().sum()),
            worst_peak: peaks().fold(0., f64::max),
            mean_away: worst_away.map(|_| mean(aways().sum())),
            worst_away,
            worst_moved: goals.max_moved.and(moved),
            memory_bytes: runs.iter().map(|run| run.memory).max().unwrap_or_default(),
            met: runs.iter().filter(met).count(),
            seeds: runs.len(),
            lacking: runs.iter().filter(|run| !goals.enough(run)).count(),
            dear: runs.iter().filter(|run| !goals.affordable(run)).count(),
            varies: runs.windows(2).any(|pair| pair[0].peak != pair[1].peak),
        }
    }

    /// Returns the number of seeds on which it does not meet the goals.
    pub(super) const fn failures(&self) -> usize {
        self.seeds - self.met
    }
}
