//! What would move less, each measured on the first keys.

use anyhow::Result;
use evenkeel_algorithms::analysis::{Change, Moves};
use rayon::prelude::*;
use serde::Serialize;

use super::figures::Figures;
use super::measure::Measured;
use super::state::{Road, State};
use super::tally::Answer;
use crate::config::Config;
use crate::text::percent;
use crate::workload::Keys;

mod growth;
mod names;
mod other_algorithm;
mod same_algorithm;
mod settings;

/// The most backends with which what-ifs are tried: more would take longer than the plan.
const MOST_BACKENDS: usize = 2_000;

/// What is clearly less than what the plan moves.
const CLEARLY_LESS: f64 = 0.8;

/// What to do, and what it was measured to move.
#[derive(Debug, Serialize)]
pub(crate) struct Advice {
    pub(crate) what: String,
    /// The share of the keys.
    pub(crate) remap_ratio: f64,
}

/// What would move less than the plan from first to last, if anything would.
pub(super) fn advice(road: &Road, measured: &Measured, whole: &Figures) -> Vec<Advice> {
    let backends = |state: &State| state.config.backends.len();
    if whole.flows.is_empty()
        || road
            .states
            .iter()
            .any(|state| backends(state) > MOST_BACKENDS)
    {
        return Vec::new();
    }
    let case = Case::of(road, &measured.first, whole);
    if case.moved == 0. {
        return Vec::new();
    }
    let mut advice = names::advice(&case);
    if case.before().algorithm == case.after().algorithm {
        advice.extend(same_algorithm::advice(&case));
        advice.extend(growth::advice(&case));
    } else {
        advice.extend(other_algorithm::advice(&case));
    }
    advice
}

/// A plan to be bettered.
struct Case<'a> {
    road: &'a Road,
    whole: &'a Figures,
    keys: &'a Keys,
    /// Where the keys go before.
    answers: Vec<Answer>,
    /// The share of the keys that the plan moves.
    moved: f64,
}

impl<'a> Case<'a> {
    fn of(road: &'a Road, keys: &'a Keys, whole: &'a Figures) -> Self {
        let mut case = Self {
            road,
            whole,
            keys,
            answers: answers(road.before(), keys),
            moved: 0.,
        };
        case.moved = case.moved_to(road.last());
        case
    }

    fn before(&self) -> &'a Config {
        &self.road.before().config
    }

    fn after(&self) -> &'a Config {
        &self.road.last().config
    }

    /// The share of the keys that another end of the road moves.
    fn moved_to(&self, after: &State) -> f64 {
        let change = change(self.road.before(), after);
        moved(&change, &self.answers, &answers(after, self.keys))
    }

    /// The same of a config; none of one that cannot be built.
    fn would_move(&self, after: Config) -> Option<f64> {
        let after = State::new(String::new(), after).ok()?;
        Some(self.moved_to(&after))
    }

    /// The same of two configs.
    fn between(&self, before: Config, after: Config) -> Result<f64> {
        let (before, after) = (
            State::new(String::new(), before)?,
            State::new(String::new(), after)?,
        );
        let [was, is] = [&before, &after].map(|state| answers(state, self.keys));
        Ok(moved(&change(&before, &after), &was, &is))
    }

    fn is_better(&self, share: f64) -> bool {
        share <= CLEARLY_LESS * self.moved
    }

    /// An advice if it is better.
    fn if_better(&self, what: impl FnOnce() -> String, after: Config) -> Option<Advice> {
        let share = self
            .would_move(after)
            .filter(|&share| self.is_better(share))?;
        Some(self.instead(&what(), share))
    }

    fn instead(&self, what: &str, share: f64) -> Advice {
        let (keys, less, more) = (self.keys.len(), percent(share), percent(self.moved));
        Advice {
            what: format!("{what}; of the first {keys} keys {less} move then instead of {more}."),
            remap_ratio: share,
        }
    }
}

fn answers(state: &State, keys: &Keys) -> Vec<Answer> {
    let numbers = (0..keys.len()).into_par_iter();
    numbers.map(|key| state.pick(keys.get(key))).collect()
}

fn change<'a>(before: &'a State, after: &'a State) -> Change<'a> {
    Change::new(before.snapshot.pool(), after.snapshot.pool())
}

fn moved(change: &Change<'_>, was: &[Answer], is: &[Answer]) -> f64 {
    let answers = was.iter().zip(is).map(|(&was, &is)| (was, is, 1));
    Moves::count(change, answers).moved_share()
}
