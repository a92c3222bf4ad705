//! A backend as a model: its servers, and the requests there.

use serde::Serialize;

use super::cache::{Cache, CacheModel};
use super::in_turn::InTurn;
use super::shared::Shared;
use super::visit::Visit;

/// What all backends have in common.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// Requests that a backend serves at its full speed at once.
    pub servers: u32,
    /// Requests that may be at a backend beside those; more are rejected. None is no limit.
    pub queue_limit: Option<u64>,
    /// Which requests are served when.
    pub discipline: Discipline,
    /// What each remembers, if that is asked for.
    pub cache: Option<CacheModel>,
}

/// Which requests are served when.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Discipline {
    /// First come, first served: the others wait.
    #[default]
    Fcfs,
    /// Processor sharing: all are served at once, the slower the more there are.
    Ps,
}

/// A backend.
pub(super) struct Station {
    servers: usize,
    /// The most requests that may be there.
    most: usize,
    /// Its speed when nothing happens to it.
    speed: f64,
    is_up: bool,
    queue: Queue,
    cache: Option<Cache>,
    last_time: u64,
    occupancy: Occupancy,
}

/// The requests that are there, by discipline.
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
    requests: u128,
    /// Nanoseconds times busy servers.
    servers: u128,
}

impl Station {
    pub(super) fn new(model: Model, speed: f64) -> Self {
        let servers = model.servers as usize;
        let limit = model.queue_limit.map_or(usize::MAX, |limit| limit as usize);
        Self {
            servers,
            most: servers.saturating_add(limit),
            speed,
            is_up: true,
            queue: match model.discipline {
                Discipline::Fcfs => Queue::InTurn(InTurn::new(servers, speed)),
                Discipline::Ps => Queue::Shared(Shared::new(servers, speed)),
            },
            cache: model.cache.map(Cache::new),
            last_time: 0,
            occupancy: Occupancy::default(),
        }
    }

    pub(super) const fn is_up(&self) -> bool {
        self.is_up
    }

    /// Stops, and loses all that is there.
    pub(super) fn stop(&mut self, now: u64) -> Vec<Visit> {
        self.pass(now);
        self.is_up = false;
        match &mut self.queue {
            Queue::InTurn(queue) => queue.clear().collect(),
            Queue::Shared(queue) => queue.clear().collect(),
        }
    }

    /// Is up, with an empty cache.
    pub(super) fn start(&mut self) {
        self.is_up = true;
        self.cache.iter_mut().for_each(Cache::clear);
    }

    /// Goes on so many times as fast as when nothing happens to it.
    pub(super) fn set_speed(&mut self, now: u64, factor: f64) {
        let speed = self.speed * factor;
        match &mut self.queue {
            Queue::InTurn(queue) => queue.set_speed(now, speed),
            Queue::Shared(queue) => queue.set_speed(now, speed),
        }
    }

    /// Returns whether another request finds room.
    pub(super) fn has_room(&self) -> bool {
        self.len() < self.most
    }

    /// Looks a key up in the cache, if there is one: how many nanoseconds a request takes then that takes
    /// so many without, and whether it was there; nothing of that without a cache.
    pub(super) fn look_up(&mut self, key: Option<&[u8]>, service: u64) -> (u64, Option<bool>) {
        let Some((cache, key)) = self.cache.as_mut().zip(key) else {
            return (service, None);
        };
        let is_hit = cache.ask(key);
        (cache.cost(service, is_hit), Some(is_hit))
    }

    /// Takes a request in that takes so many nanoseconds at speed 1.
    pub(super) fn arrive(&mut self, visit: Visit, service: u64) {
        self.pass(visit.arrival);
        match &mut self.queue {
            Queue::InTurn(queue) => queue.arrive(visit, service),
            Queue::Shared(queue) => queue.arrive(visit, service),
        }
    }

    /// Returns when the next request is finished.
    pub(super) fn next_end(&self) -> Option<u64> {
        match &self.queue {
            Queue::InTurn(queue) => queue.next_end(),
            Queue::Shared(queue) => queue.next_end(),
        }
    }

    /// Finishes the next request.
    pub(super) fn depart(&mut self) -> Option<Visit> {
        let now = self.next_end()?;
        self.pass(now);
        let visit = match &mut self.queue {
            Queue::InTurn(queue) => queue.depart(),
            Queue::Shared(queue) => queue.depart(),
        }?;
        self.last_time = now - visit.arrival;
        Some(visit)
    }

    /// Returns how long the last request took that was finished; 0 before any was.
    pub(super) const fn last_time(&self) -> u64 {
        self.last_time
    }

    /// Returns how many were there until a moment.
    pub(super) fn occupancy(&mut self, now: u64) -> Occupancy {
        self.pass(now);
        self.occupancy
    }

    /// Returns how many are there.
    pub(super) fn len(&self) -> usize {
        match &self.queue {
            Queue::InTurn(queue) => queue.len(),
            Queue::Shared(queue) => queue.len(),
        }
    }

    fn pass(&mut self, now: u64) {
        let requests = self.len();
        let servers = requests.min(self.servers);
        self.occupancy.pass(now, servers, requests);
    }
}

impl Occupancy {
    /// Returns how much it grew since another was taken, on average: busy servers and requests.
    pub(super) fn mean_since(&self, before: &Self) -> (f64, f64) {
        let time = (self.since - before.since) as f64;
        let mean = |amount: u128| if time > 0. { amount as f64 / time } else { 0. };
        (
            mean(self.servers - before.servers),
            mean(self.requests - before.requests),
        )
    }

    fn pass(&mut self, now: u64, servers: usize, requests: usize) {
        let time = u128::from(now - self.since);
        self.requests += time * requests as u128;
        self.servers += time * servers as u128;
        self.since = now;
    }
}
