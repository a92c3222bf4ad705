//! A backend as a model: servers, those who are served, and those who wait.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, VecDeque};

use evenkeel_algorithms::Ticket;

use super::agenda::LATEST;

/// What all backends have in common.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// Requests that a backend serves at once.
    pub servers: u32,
    /// Requests that may wait at a backend; more are rejected. None is no limit.
    pub queue_limit: Option<u64>,
}

/// A request at a backend.
pub(super) struct Visit {
    /// Where it stands in the order of all requests.
    pub(super) number: u64,
    /// When it arrived, in nanoseconds.
    pub(super) arrival: u64,
    pub(super) ticket: Ticket,
}

/// A backend: first come, first served.
pub(super) struct Station {
    model: Model,
    speed: f64,
    /// Those who are served.
    served: BinaryHeap<Reverse<Served>>,
    /// Those who wait, with the nanoseconds that each will take.
    waiting: VecDeque<(Visit, u64)>,
    occupancy: Occupancy,
}

struct Served {
    end: u64,
    visit: Visit,
}

/// How many requests were there, over time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Occupancy {
    /// Since when the present ones are there.
    since: u64,
    /// Nanoseconds times requests.
    pub(super) requests: u128,
    /// Nanoseconds times busy servers.
    pub(super) servers: u128,
}

impl Station {
    pub(super) fn new(model: Model, speed: f64) -> Self {
        Self {
            model,
            speed,
            served: BinaryHeap::new(),
            waiting: VecDeque::new(),
            occupancy: Occupancy::default(),
        }
    }

    /// Whether another request finds room.
    pub(super) fn has_room(&self) -> bool {
        let waiting = self.waiting.len() as u64;
        let free = self.served.len() < self.model.servers as usize;
        free || self.model.queue_limit.is_none_or(|limit| waiting < limit)
    }

    /// Takes a request in that costs so many nanoseconds at speed 1.
    pub(super) fn arrive(&mut self, visit: Visit, service: u64) {
        let now = visit.arrival;
        self.pass(now);
        let service = self.at_speed(service);
        if self.served.len() < self.model.servers as usize {
            self.serve(visit, now, service);
        } else {
            self.waiting.push_back((visit, service));
        }
    }

    /// When the next request is finished.
    pub(super) fn next_end(&self) -> Option<u64> {
        self.served.peek().map(|Reverse(next)| next.end)
    }

    /// Finishes the next request.
    pub(super) fn depart(&mut self) -> Option<Visit> {
        let end = self.next_end()?;
        self.pass(end);
        let Reverse(done) = self.served.pop()?;
        if let Some((visit, service)) = self.waiting.pop_front() {
            self.serve(visit, end, service);
        }
        Some(done.visit)
    }

    /// Forgets what was before a moment.
    pub(super) fn restart(&mut self, now: u64) {
        self.occupancy = Occupancy {
            since: now,
            ..Occupancy::default()
        };
    }

    /// How many were there until a moment.
    pub(super) fn occupancy(&mut self, now: u64) -> Occupancy {
        self.pass(now);
        self.occupancy
    }

    fn serve(&mut self, visit: Visit, now: u64, service: u64) {
        let end = now.saturating_add(service).min(LATEST);
        self.served.push(Reverse(Served { end, visit }));
    }

    /// Whole nanoseconds stay what they are at speed 1.
    fn at_speed(&self, service: u64) -> u64 {
        if self.speed == 1. {
            service
        } else {
            (service as f64 / self.speed).round() as u64
        }
    }

    fn pass(&mut self, now: u64) {
        let (served, waiting) = (self.served.len(), self.waiting.len());
        self.occupancy.pass(now, served, served + waiting);
    }
}

impl Occupancy {
    fn pass(&mut self, now: u64, servers: usize, requests: usize) {
        let time = u128::from(now.saturating_sub(self.since));
        self.requests += time * requests as u128;
        self.servers += time * servers as u128;
        self.since = now;
    }
}

impl Ord for Served {
    /// By the end; of equal ends the first to come is the first to go.
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
