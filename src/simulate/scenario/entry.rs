//! One entry of a scenario.

use evenkeel_algorithms::Backend;

use crate::simulate::event::{Edit, Event};

/// An event, with its end if it has one.
#[derive(Clone, Debug)]
pub(in crate::simulate) struct Entry {
    /// Nanoseconds from the start.
    pub(in crate::simulate) at: u64,
    /// Its duration; permanent if not set.
    pub(in crate::simulate) lasts: Option<u64>,
    pub(in crate::simulate) what: What,
    /// The event as text.
    pub(in crate::simulate) label: String,
    /// The delay after which balancers notice that a backend has stopped, in nanoseconds.
    pub(in crate::simulate) noticed_after: u64,
}

/// What happens.
#[derive(Clone, Debug)]
pub(in crate::simulate) enum What {
    /// A single event.
    Once(Event<Edit>),
    /// Backends are taken out one after another, stop, and come back with empty caches.
    Deploy {
        /// The backends; all if empty.
        backends: Vec<String>,
        /// How long each is stopped.
        down: u64,
        /// The time from one backend to the next.
        every: u64,
    },
}

impl Entry {
    /// Returns its end, if it has one.
    pub(in crate::simulate) fn end(&self, backends: usize) -> Option<u64> {
        let lasts = match &self.what {
            What::Deploy {
                backends: named,
                down,
                every,
            } => {
                let count = if named.is_empty() {
                    backends
                } else {
                    named.len()
                };
                Some(every.saturating_mul(count as u64 - 1).saturating_add(*down))
            }
            What::Once(_) => self.lasts,
        };
        lasts.map(|lasts| self.at.saturating_add(lasts))
    }

    /// Returns the backends that it concerns.
    pub(in crate::simulate) fn subjects<'a>(&'a self, all: &'a [Backend]) -> Vec<&'a str> {
        match &self.what {
            What::Once(event) => event.subject().into_iter().collect(),
            What::Deploy { backends, .. } if backends.is_empty() => {
                all.iter().map(Backend::name).collect()
            }
            What::Deploy { backends, .. } => backends.iter().map(String::as_str).collect(),
        }
    }
}
