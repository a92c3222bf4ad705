//! A plan, and alternatives that would move fewer keys.

use anyhow::Result;
use evenkeel_algorithms::RouteError;
use evenkeel_algorithms::analysis::{Change, Moves};
use evenkeel_config::Config;
use rayon::prelude::*;
use serde::Serialize;

use crate::plan::figures::Figures;
use crate::plan::measure::Measured;
use crate::plan::road::Road;
use crate::plan::state::State;
use crate::plan::tally::Destination;
use crate::text::{percent, thousands};
use crate::workload::Keys;

/// The factor below which an alternative moves clearly less than the plan.
pub(super) const CLEARLY_LESS: f64 = 0.8;

/// The number of keys that are asked for at once.
const BLOCK: usize = 1 << 10;

/// An alternative, and the share of keys that it moves.
#[derive(Debug, Serialize)]
pub struct Advice {
    /// What to do, as a sentence.
    pub what: String,
    /// The share of the keys that it moves.
    pub remap_ratio: f64,
}

/// A plan, measured on its first keys.
pub(super) struct Case<'a> {
    pub(super) road: &'a Road,
    pub(super) whole: &'a Figures,
    pub(super) keys: &'a Keys,
    /// The backends of the keys before the plan.
    pub(super) answers: Vec<Destination>,
    /// The number of distinct keys of the plan; only the first ones are measured here.
    total: u64,
    /// The share of the keys that the plan moves.
    pub(super) moved: f64,
}

impl<'a> Case<'a> {
    /// Measures a plan on some keys.
    ///
    /// # Errors
    /// If something that an algorithm depends on fails.
    pub(super) fn of(
        road: &'a Road,
        measured: &'a Measured,
        whole: &'a Figures,
    ) -> Result<Self, RouteError> {
        let keys = &measured.first;
        let mut case = Self {
            road,
            whole,
            keys,
            total: measured.keys().total,
            answers: answers(road.before(), keys)?,
            moved: 0.,
        };
        case.moved = case.moved_to(road.last())?;
        Ok(case)
    }

    pub(super) fn before(&self) -> &'a Config {
        &self.road.before().config
    }

    pub(super) fn after(&self) -> &'a Config {
        &self.road.last().config
    }

    /// Returns the share of keys that move with another final state.
    pub(super) fn moved_to(&self, after: &State) -> Result<f64, RouteError> {
        let change = change(self.road.before(), after);
        let after = answers(after, self.keys)?;
        Ok(moved(&change, &self.answers, &after))
    }

    /// Returns the share for another final config; `None` if it cannot be built or asked.
    pub(super) fn would_move(&self, after: Config) -> Option<f64> {
        let after = State::new(String::new(), after).ok()?;
        self.moved_to(&after).ok()
    }

    /// Returns the share between two configs.
    pub(super) fn between(&self, before: Config, after: Config) -> Result<f64> {
        let (before, after) = (
            State::new(String::new(), before)?,
            State::new(String::new(), after)?,
        );
        let (was, is) = (answers(&before, self.keys)?, answers(&after, self.keys)?);
        Ok(moved(&change(&before, &after), &was, &is))
    }

    pub(super) fn is_better(&self, share: f64) -> bool {
        share <= CLEARLY_LESS * self.moved
    }

    /// Returns an advice, if it is better.
    pub(super) fn if_better(&self, what: impl FnOnce() -> String, after: Config) -> Option<Advice> {
        let share = self
            .would_move(after)
            .filter(|&share| self.is_better(share))?;
        Some(self.instead(&what(), share))
    }

    pub(super) fn instead(&self, what: &str, share: f64) -> Advice {
        let (less, more) = (percent(share), percent(self.moved));
        Advice {
            what: format!(
                "{what}: {less} of keys move instead of {more}{}.",
                self.sample()
            ),
            remap_ratio: share,
        }
    }

    /// Returns a note on the number of keys, if not all were measured.
    pub(super) fn sample(&self) -> String {
        match self.keys.len() as u64 {
            all if all == self.total => String::new(),
            some => format!(" (of the first {} keys)", thousands(some)),
        }
    }
}

/// Returns the backends of the keys in a state.
///
/// # Errors
/// If something that its algorithm depends on fails.
pub(super) fn answers(state: &State, keys: &Keys) -> Result<Vec<Destination>, RouteError> {
    let some = |numbers: Vec<usize>| {
        let mut went = Vec::with_capacity(numbers.len());
        let keys = numbers.into_iter().map(|number| keys.get(number));
        state.pick_each(keys, |slot| went.push(slot))?;
        Ok(went)
    };
    let numbers = (0..keys.len()).into_par_iter().chunks(BLOCK);
    let parts = numbers.map(some).collect::<Result<Vec<_>, _>>()?;
    Ok(parts.concat())
}

fn change<'a>(before: &'a State, after: &'a State) -> Change<'a> {
    Change::of(&before.snapshot, &after.snapshot)
}

pub(super) fn moved(change: &Change<'_>, was: &[Destination], is: &[Destination]) -> f64 {
    let answers = was.iter().zip(is).map(|(&was, &is)| (was, is, 1));
    Moves::count(change, answers).moved_share()
}
