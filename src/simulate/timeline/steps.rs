//! The steps and their times.

use anyhow::{Context, Result};
use evenkeel_algorithms::{Backend, Weight};
use evenkeel_config::suggesting_nearest;
use indexmap::IndexMap;

use super::turns::Turn;
use crate::simulate::event::{Event, Members};

/// The steps of a scenario, and all backends that ever exist.
#[derive(Debug, Default)]
pub struct Timeline {
    /// The backends' names with their weights at first: those of the config, then those that are added.
    pub(in crate::simulate) stations: IndexMap<String, Weight>,
    /// The steps, in the order of time.
    pub(in crate::simulate) steps: Vec<Step>,
    /// The times that separate phases, each with what begins or ends.
    pub(in crate::simulate) turns: Vec<Turn>,
}

/// A step at a time.
#[derive(Debug)]
pub(in crate::simulate) struct Step {
    pub(in crate::simulate) at: u64,
    pub(in crate::simulate) event: Event<Members>,
}

impl Timeline {
    /// Returns a timeline without events.
    #[must_use]
    pub fn quiet(backends: &[Backend]) -> Self {
        Self {
            stations: backends
                .iter()
                .map(|backend| (backend.name().to_owned(), backend.weight()))
                .collect(),
            ..Self::default()
        }
    }

    pub(in crate::simulate) const fn has_steps(&self) -> bool {
        !self.steps.is_empty()
    }

    /// Returns the lowest relative speed of any backend at any time.
    pub(in crate::simulate) fn slowest(&self) -> f64 {
        let factors = self.steps.iter().map(|step| match step.event {
            Event::Speed { factor, .. } => factor,
            _ => 1.,
        });
        factors.fold(1., f64::min)
    }

    /// Returns the same times without events.
    pub(in crate::simulate) fn undisturbed(&self) -> Self {
        Self {
            stations: self.stations.clone(),
            steps: Vec::new(),
            turns: self.turns.clone(),
        }
    }

    /// Returns the index of a backend among all that ever exist.
    ///
    /// # Errors
    /// If there is never a backend of this name; the message has the nearest name.
    pub fn station(&self, backend: &str) -> Result<usize> {
        let known = self.stations.get_index_of(backend);
        known.with_context(|| {
            let message = format!("there is no backend `{backend}`");
            let names = self.stations.keys().map(String::as_str);
            suggesting_nearest(&message, backend, names)
        })
    }
}
