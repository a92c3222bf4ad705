//! The latest reports: which one to use, and which one to drop for another.

use std::time::Duration;

use crate::pick::Pick;
use crate::pool::Pool;
use crate::slot::Slot;
use crate::strategy::prequal::options::{Quantile, Reuse};

/// The latest reports, the oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Reports {
    pub(super) entries: Vec<Entry>,
    /// Whether the next report to be dropped is the worst, not the oldest.
    worst_next: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) slot: Slot,
    /// The reported requests, and those sent by this report since.
    pub(super) in_flight: u64,
    pub(super) latency: Duration,
    pub(super) at: Duration,
    pub(super) uses: u32,
}

impl Entry {
    /// Returns the comparison value: requests in flight divided by weight. These are quotients of whole numbers; their
    /// order is that of their doubles.
    fn load(&self, pool: &Pool) -> f64 {
        self.in_flight as f64 / f64::from(pool.weight(self.slot).get())
    }
}

impl Reports {
    pub(super) fn forget_older_than(&mut self, age: Duration, now: Duration) {
        self.entries
            .retain(|entry| now.saturating_sub(entry.at) <= age);
    }

    /// Returns the load above which a report is hot.
    fn limit(&self, pool: &Pool, quantile: Quantile) -> f64 {
        let mut loads: Vec<_> = self.entries.iter().map(|entry| entry.load(pool)).collect();
        loads.sort_unstable_by(f64::total_cmp);
        let limit = loads.get(quantile.place(loads.len()));
        limit.copied().unwrap_or_default()
    }

    /// Returns the index of the report to use, if there are at least two usable ones.
    pub(super) fn best(&self, pick: &Pick<'_>, quantile: Quantile) -> Option<usize> {
        let pool = pick.pool();
        let allowed = |place: &usize| pick.allows(self.entries[*place].slot);
        let allowed: Vec<_> = (0..self.entries.len()).filter(allowed).collect();
        if allowed.len() < 2 {
            return None;
        }
        let limit = self.limit(pool, quantile);
        let load = |place: usize| self.entries[place].load(pool);
        let cold = allowed
            .iter()
            .copied()
            .filter(|&place| load(place) <= limit);
        let coldest = cold.min_by_key(|&place| self.entries[place].latency);
        coldest.or_else(|| {
            let hot = allowed.into_iter();
            hot.min_by(|&a, &b| load(a).total_cmp(&load(b)))
        })
    }

    /// Returns the index of the worst report: the hot one with the highest load or, if none is hot, the one with the
    /// highest latency.
    fn worst(&self, pool: &Pool, quantile: Quantile) -> Option<usize> {
        let limit = self.limit(pool, quantile);
        let load = |place: usize| self.entries[place].load(pool);
        let places = 0..self.entries.len();
        let hot = places.clone().filter(|&place| load(place) > limit);
        let hottest = hot.max_by(|&a, &b| load(a).total_cmp(&load(b)));
        hottest.or_else(|| places.max_by_key(|&place| self.entries[place].latency))
    }

    /// Makes room for one more report.
    pub(super) fn make_room(&mut self, pool: &Pool, quantile: Quantile) {
        let worst = self.worst(pool, quantile).filter(|_| self.worst_next);
        self.entries.remove(worst.unwrap_or_default());
        self.worst_next = !self.worst_next;
    }

    /// Counts a request that uses a report.
    pub(super) fn count_use(&mut self, place: usize, reuse: Reuse) {
        let entry = &mut self.entries[place];
        entry.in_flight += 1;
        entry.uses += 1;
        if entry.uses >= reuse.get() {
            self.entries.remove(place);
        }
    }
}
