//! Processor sharing: all requests are in service at once, and share the servers evenly.

use std::cmp::{Ordering, Reverse};
use std::collections::BinaryHeap;

use super::agenda::LATEST;
use super::visit::Visit;

/// Servers that all requests share; one request uses at most one server.
pub(super) struct Shared {
    servers: usize,
    speed: f64,
    /// The nanoseconds of service at speed 1 that a request present from the start would have received.
    served: f64,
    /// The time of that value.
    since: u64,
    present: BinaryHeap<Reverse<Sharer>>,
}

/// A request, and the value of `served` at its completion: all requests get the same service, so their order does not
/// change.
struct Sharer {
    until: f64,
    visit: Visit,
}

impl Shared {
    pub(super) fn new(servers: usize, speed: f64) -> Self {
        Self {
            servers,
            speed,
            served: 0.,
            since: 0,
            present: BinaryHeap::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.present.len()
    }

    pub(super) fn arrive(&mut self, visit: Visit, service: u64) {
        self.pass(visit.arrival);
        let until = self.served + service as f64;
        self.present.push(Reverse(Sharer { until, visit }));
    }

    /// Returns the time of the next completion if no request arrives before, rounded up to whole nanoseconds.
    pub(super) fn next_end(&self) -> Option<u64> {
        let Reverse(next) = self.present.peek()?;
        let left = (next.until - self.served).max(0.) / self.rate();
        Some(self.since.saturating_add(left.ceil() as u64).min(LATEST))
    }

    /// Completes the next request.
    pub(super) fn depart(&mut self) -> Option<Visit> {
        self.pass(self.next_end()?);
        let Reverse(done) = self.present.pop()?;
        Some(done.visit)
    }

    /// Continues at another speed.
    pub(super) fn set_speed(&mut self, now: u64, speed: f64) {
        self.pass(now);
        self.speed = speed;
    }

    /// Removes all requests.
    pub(super) fn clear(&mut self) -> impl Iterator<Item = Visit> + use<> {
        let present = std::mem::take(&mut self.present).into_iter();
        present.map(|Reverse(sharer)| sharer.visit)
    }

    /// Returns the nanoseconds of service that each request gets per nanosecond.
    fn rate(&self) -> f64 {
        let each = self.servers as f64 / self.present.len() as f64;
        each.min(1.) * self.speed
    }

    fn pass(&mut self, now: u64) {
        if self.present.is_empty() {
            // Small numbers are more precise.
            self.served = 0.;
        } else {
            self.served += self.rate() * (now - self.since) as f64;
        }
        self.since = now;
    }
}

impl Ord for Sharer {
    /// By completion; of equal ones, the first to arrive is the first to leave.
    fn cmp(&self, other: &Self) -> Ordering {
        let by_end = self.until.total_cmp(&other.until);
        by_end.then(self.visit.number.cmp(&other.visit.number))
    }
}

impl PartialOrd for Sharer {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Sharer {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Sharer {}
