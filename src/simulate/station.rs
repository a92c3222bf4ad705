//! A backend as a model: its servers, and who is there.

use clap::ValueEnum;
use evenkeel_algorithms::Ticket;
use serde::Serialize;

use super::in_turn::InTurn;
use super::shared::Shared;

/// What all backends have in common.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// Requests that a backend serves at its full speed at once.
    pub servers: u32,
    /// Requests that may be at a backend beside those; more are rejected. None is no limit.
    pub queue_limit: Option<u64>,
    /// Who is served when.
    pub discipline: Discipline,
}

/// Who is served when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Discipline {
    /// First come, first served: the others wait.
    #[default]
    Fcfs,
    /// Processor sharing: all are served at once, the slower the more there are.
    Ps,
}

/// A request at a backend.
pub(super) struct Visit {
    /// Where it stands in the order of all requests.
    pub(super) number: u64,
    /// When it arrived, in nanoseconds.
    pub(super) arrival: u64,
    pub(super) ticket: Ticket,
}

/// A backend.
pub(super) struct Station {
    servers: usize,
    /// The most requests that may be there.
    most: usize,
    speed: f64,
    queue: Queue,
    occupancy: Occupancy,
}

/// Who is there, by discipline.
enum Queue {
    InTurn(InTurn),
    Shared(Shared),
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
        let servers = model.servers as usize;
        let limit = model.queue_limit.map_or(usize::MAX, |limit| limit as usize);
        Self {
            servers,
            most: servers.saturating_add(limit),
            speed,
            queue: match model.discipline {
                Discipline::Fcfs => Queue::InTurn(InTurn::new(servers)),
                Discipline::Ps => Queue::Shared(Shared::new(servers)),
            },
            occupancy: Occupancy::default(),
        }
    }

    /// Whether another request finds room.
    pub(super) fn has_room(&self) -> bool {
        self.len() < self.most
    }

    /// Takes a request in that costs so many nanoseconds at speed 1.
    pub(super) fn arrive(&mut self, visit: Visit, service: u64) {
        self.pass(visit.arrival);
        let service = self.at_speed(service);
        match &mut self.queue {
            Queue::InTurn(queue) => queue.arrive(visit, service),
            Queue::Shared(queue) => queue.arrive(visit, service),
        }
    }

    /// When the next request is finished.
    pub(super) fn next_end(&self) -> Option<u64> {
        match &self.queue {
            Queue::InTurn(queue) => queue.next_end(),
            Queue::Shared(queue) => queue.next_end(),
        }
    }

    /// Finishes the next request.
    pub(super) fn depart(&mut self) -> Option<Visit> {
        self.pass(self.next_end()?);
        match &mut self.queue {
            Queue::InTurn(queue) => queue.depart(),
            Queue::Shared(queue) => queue.depart(),
        }
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

    fn len(&self) -> usize {
        match &self.queue {
            Queue::InTurn(queue) => queue.len(),
            Queue::Shared(queue) => queue.len(),
        }
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
        let requests = self.len();
        let servers = requests.min(self.servers);
        self.occupancy.pass(now, servers, requests);
    }
}

impl Occupancy {
    fn pass(&mut self, now: u64, servers: usize, requests: usize) {
        let time = u128::from(now - self.since);
        self.requests += time * requests as u128;
        self.servers += time * servers as u128;
        self.since = now;
    }
}
