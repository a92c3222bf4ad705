//! How much a backend could have served.

/// The work that a backend could have done so far, in nanoseconds of service at speed 1.
#[derive(Default)]
pub(super) struct Supply {
    /// The time of the last change.
    since: u64,
    total: f64,
    /// The work per nanosecond: servers times speed, or 0 while the backend is down or takes no requests.
    rate: f64,
}

impl Supply {
    /// Continues at another rate.
    pub(super) fn set_rate(&mut self, now: u64, rate: f64) {
        self.total = self.until(now);
        self.since = now;
        self.rate = rate;
    }

    /// Returns the total up to a moment.
    pub(super) fn until(&self, now: u64) -> f64 {
        self.total + self.rate * (now - self.since) as f64
    }
}
