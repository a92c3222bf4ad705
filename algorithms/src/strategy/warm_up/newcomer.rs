//! A newcomer, and the keys that it admits.

use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crate::hash::mix;
use crate::sync::AtomicBool;

/// A backend that joined later and is not warm yet.
#[derive(Debug)]
pub(super) struct Newcomer {
    /// The change with which it joined.
    pub(super) joined: u64,
    /// The time when it joined.
    pub(super) since: Duration,
    /// The contribution of its name to the draws of the keys.
    pub(super) draw: u64,
    pub(super) warm: AtomicBool,
}

impl Newcomer {
    pub(super) fn is_warm(&self) -> bool {
        self.warm.load(Relaxed)
    }

    /// Returns whether a key may go there by now.
    pub(super) fn admits(&self, hash: u64, now: Duration, over: Duration) -> bool {
        if self.is_warm() {
            return true;
        }
        let passed = now.saturating_sub(self.since).min(over);
        if passed == over {
            self.warm.store(true, Relaxed);
        }
        // Draws are fractions of 2^64; the longest time is below 2^55 nanoseconds.
        passed.as_nanos() << 64 > u128::from(mix(hash ^ self.draw)) * over.as_nanos()
    }
}
