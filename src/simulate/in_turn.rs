//! First come, first served.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, VecDeque};

use super::agenda::LATEST;
use super::visit::Visit;

/// Servers that serve one request each, and the waiting requests.
pub(super) struct InTurn {
    servers: usize,
    speed: f64,
    served: BinaryHeap<Reverse<Served>>,
    /// The waiting requests, with their service times at speed 1 in nanoseconds.
    waiting: VecDeque<(Visit, u64)>,
}

struct Served {
    end: u64,
    visit: Visit,
}

impl InTurn {
    pub(super) fn new(servers: usize, speed: f64) -> Self {
        Self {
            servers,
            speed,
            served: BinaryHeap::new(),
            waiting: VecDeque::new(),
        }
    }

    pub(super) fn len(&self) -> usize {
        self.served.len() + self.waiting.len()
    }

    pub(super) fn arrive(&mut self, visit: Visit, service: u64) {
        if self.served.len() < self.servers {
            let now = visit.arrival;
            self.serve(visit, now, service);
        } else {
            self.waiting.push_back((visit, service));
        }
    }

    /// Returns the time of the next completion.
    pub(super) fn next_end(&self) -> Option<u64> {
        self.served.peek().map(|Reverse(next)| next.end)
    }

    /// Completes the next request, and starts a waiting one.
    pub(super) fn depart(&mut self) -> Option<Visit> {
        let Reverse(done) = self.served.pop()?;
        if let Some((visit, service)) = self.waiting.pop_front() {
            self.serve(visit, done.end, service);
        }
        Some(done.visit)
    }

    /// Continues at another speed, which scales the remaining time of requests in service.
    pub(super) fn set_speed(&mut self, now: u64, speed: f64) {
        let slower = self.speed / speed;
        let served = std::mem::take(&mut self.served).into_iter();
        let scaled = served.map(|Reverse(served)| {
            let left = (served.end - now) as f64 * slower;
            Reverse(Served {
                end: now.saturating_add(left.round() as u64).min(LATEST),
                ..served
            })
        });
        self.served = scaled.collect();
        self.speed = speed;
    }

    /// Removes all requests.
    pub(super) fn clear(&mut self) -> impl Iterator<Item = Visit> + use<> {
        let served = std::mem::take(&mut self.served).into_iter();
        let waiting = std::mem::take(&mut self.waiting).into_iter();
        let served = served.map(|Reverse(served)| served.visit);
        served.chain(waiting.map(|(visit, _)| visit))
    }

    fn serve(&mut self, visit: Visit, now: u64, service: u64) {
        let end = now.saturating_add(self.at_speed(service)).min(LATEST);
        self.served.push(Reverse(Served { end, visit }));
    }

    /// Whole nanoseconds are unchanged at speed 1.
    fn at_speed(&self, service: u64) -> u64 {
        if self.speed == 1. {
            service
        } else {
            (service as f64 / self.speed).round() as u64
        }
    }
}

impl Ord for Served {
    /// By completion time; of equal times, the first to arrive is the first to leave.
    fn cmp(&self, other: &Self) -> Ordering {
        let key = |served: &Self| (served.end, served.visit.number);
        key(self).cmp(&key(other))
    }
}

impl PartialOrd for Served {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Served {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Served {}
