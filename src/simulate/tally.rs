//! How many requests had which outcome, and how much work they were.

/// The numbers of requests without a time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Counts {
    pub(super) rejected: u64,
    pub(super) failed: u64,
    looked_up: u64,
    hits: u64,
}

/// The outcomes of the requests at a station.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Tally {
    pub(super) finished: u64,
    pub(super) counts: Counts,
    /// The work of the requests that were sent to it while it was up, in nanoseconds at speed 1.
    pub(super) offered: u128,
    /// The work that it could have done until the measurement began.
    pub(super) supplied_before: f64,
    /// The work that it could have done from then until the last arrival.
    pub(super) supplied: f64,
}

/// What happens to a request other than its completion.
#[derive(Clone, Copy)]
pub(super) enum Fate {
    Hit,
    Miss,
    Rejected,
    Failed,
}

impl Tally {
    /// Returns the work that was sent to the station as a fraction of what it could have done until the last arrival;
    /// `None` if it could not have done any.
    pub(super) fn offered_load(&self) -> Option<f64> {
        (self.supplied > 0.).then(|| self.offered as f64 / self.supplied)
    }
}

impl Counts {
    pub(super) fn note(&mut self, fate: Fate) {
        match fate {
            Fate::Hit | Fate::Miss => {
                self.looked_up += 1;
                self.hits += u64::from(matches!(fate, Fate::Hit));
            }
            Fate::Rejected => self.rejected += 1,
            Fate::Failed => self.failed += 1,
        }
    }

    /// Returns the share of looked-up keys that were found; `None` if none was looked up.
    pub(super) fn hit_ratio(&self) -> Option<f64> {
        (self.looked_up > 0).then(|| self.hits as f64 / self.looked_up as f64)
    }
}
