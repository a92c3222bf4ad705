//! One entry of a scenario.

use evenkeel_algorithms::Backend;

use crate::simulate::event::{Edit, Event};

/// Something that happens, and ends again if it does.
#[derive(Clone, Debug)]
pub(in crate::simulate) struct Entry {
    /// Nanoseconds from the start.
    pub(in crate::simulate) at: u64,
    /// How long it lasts; for good if that is not said.
    pub(in crate::simulate) lasts: Option<u64>,
    pub(in crate::simulate) what: What,
    /// That in words.
    pub(in crate::simulate) label: String,
    /// When balancers notice that a backend has stopped, in nanoseconds from then.
    pub(in crate::simulate) noticed_after: u64,
}

/// What happens.
#[derive(Clone, Debug)]
pub(in crate::simulate) enum What {
    /// One event.
    Once(Event<Edit>),
    /// One backend after the other is taken out, stops and comes back with an empty cache.
    Deploy {
        /// Which backends; all if none is named.
        backends: Vec<String>,
        /// How long each is away.
        down: u64,
        /// From one to the next.
        every: u64,
    },
}

impl Entry {
    /// Returns when it ends, if it does.
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

    /// Returns the backends that it is about.
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
