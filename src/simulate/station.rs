//! The model of a backend: its servers and its requests.

use serde::Serialize;

use super::cache::{Cache, CacheModel};
use super::in_turn::InTurn;
use super::shared::Shared;
use super::supply::Supply;
use super::visit::Visit;

/// The common model of all backends.
#[derive(Clone, Copy, Debug)]
pub struct Model {
    /// The number of requests that a backend serves at full speed at once.
    pub servers: u32,
    /// The maximum number of further requests at a backend; more are rejected. Unlimited if not set.
    pub queue_limit: Option<u64>,
    /// The service discipline.
    pub discipline: Discipline,
    /// The cache of each backend, if there is one.
    pub cache: Option<CacheModel>,
}

/// The service discipline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Discipline {
    /// First come, first served: other requests wait.
    #[default]
    Fcfs,
    /// Processor sharing: all requests are in service at once, and slow each other down.
    Ps,
}

/// A backend.
pub(super) struct Station {
    servers: usize,
    /// The maximum number of requests.
    most: usize,
    /// Its speed without events.
    speed: f64,
    /// The multiple of that at which it runs now.
    factor: f64,
    is_up: bool,
    /// Whether load balancers may send it new requests.
    takes_requests: bool,
    supply: Supply,
    queue: Queue,
    cache: Option<Cache>,
    occupancy: Occupancy,
}

/// The requests at the station, by discipline.
enum Queue {
    InTurn(InTurn),
    Shared(Shared),
}

/// The number of requests at the station, integrated over time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Occupancy {
    /// The time of the last change.
    since: u64,
    /// Nanoseconds times requests.
    requests: u128,
    /// Nanoseconds times busy servers.
    servers: u128,
}

impl Station {
    /// Creates a backend that is up, and gets no requests yet.
    pub(super) fn new(model: Model, speed: f64) -> Self {
        let servers = model.servers as usize;
        let limit = model.queue_limit.map_or(usize::MAX, |limit| limit as usize);
        Self {
            servers,
            most: servers.saturating_add(limit),
            speed,
            factor: 1.,
            is_up: true,
            takes_requests: false,
            supply: Supply::default(),
            queue: match model.discipline {
                Discipline::Fcfs => Queue::InTurn(InTurn::new(servers, speed)),
                Discipline::Ps => Queue::Shared(Shared::new(servers, speed)),
            },
            cache: model.cache.map(Cache::new),
            occupancy: Occupancy::default(),
        }
    }

    pub(super) const fn is_up(&self) -> bool {
        self.is_up
    }

    /// Stops, and loses all its requests.
    pub(super) fn stop(&mut self, now: u64) -> Vec<Visit> {
        self.pass(now);
        self.is_up = false;
        self.resupply(now);
        match &mut self.queue {
            Queue::InTurn(queue) => queue.clear().collect(),
            Queue::Shared(queue) => queue.clear().collect(),
        }
    }

    /// Starts, with an empty cache.
    pub(super) fn start(&mut self, now: u64) {
        self.is_up = true;
        self.resupply(now);
        self.cache.iter_mut().for_each(Cache::clear);
    }

    /// Continues at a multiple of its own speed.
    pub(super) fn set_speed(&mut self, now: u64, factor: f64) {
        self.factor = factor;
        self.resupply(now);
        let speed = self.speed * factor;
        match &mut self.queue {
            Queue::InTurn(queue) => queue.set_speed(now, speed),
            Queue::Shared(queue) => queue.set_speed(now, speed),
        }
    }

    /// Becomes another machine, with a speed and a cache of its own.
    pub(super) fn renew(&mut self, now: u64, speed: f64, cache: Option<CacheModel>) {
        self.speed = speed;
        self.cache = cache.map(Cache::new);
        self.set_speed(now, self.factor);
    }

    /// Gets new requests from now on, or no longer.
    pub(super) fn set_takes_requests(&mut self, now: u64, takes_requests: bool) {
        self.takes_requests = takes_requests;
        self.resupply(now);
    }

    /// Returns the work that it could have done up to a moment while it was up and got requests, in nanoseconds of
    /// service at speed 1.
    pub(super) fn supplied(&self, now: u64) -> f64 {
        self.supply.until(now)
    }

    fn resupply(&mut self, now: u64) {
        let rate = match self.is_up && self.takes_requests {
            true => self.servers as f64 * self.speed * self.factor,
            false => 0.,
        };
        self.supply.set_rate(now, rate);
    }

    /// Returns whether there is room for another request.
    pub(super) fn has_room(&self) -> bool {
        self.len() < self.most
    }

    /// Looks a key up in the cache, if there is one: returns the resulting service time in nanoseconds, and whether it
    /// was a hit; `None` without a cache.
    pub(super) fn look_up(&mut self, key: Option<&[u8]>, service: u64) -> (u64, Option<bool>) {
        let Some((cache, key)) = self.cache.as_mut().zip(key) else {
            return (service, None);
        };
        let is_hit = cache.ask(key);
        (cache.cost(service, is_hit), Some(is_hit))
    }

    /// Accepts a request that takes this many nanoseconds at speed 1.
    pub(super) fn arrive(&mut self, visit: Visit, service: u64) {
        self.pass(visit.arrival);
        match &mut self.queue {
            Queue::InTurn(queue) => queue.arrive(visit, service),
            Queue::Shared(queue) => queue.arrive(visit, service),
        }
    }

    /// Returns the time of the next completion.
    pub(super) fn next_end(&self) -> Option<u64> {
        match &self.queue {
            Queue::InTurn(queue) => queue.next_end(),
            Queue::Shared(queue) => queue.next_end(),
        }
    }

    /// Completes the next request.
    pub(super) fn depart(&mut self) -> Option<Visit> {
        let now = self.next_end()?;
        self.pass(now);
        match &mut self.queue {
            Queue::InTurn(queue) => queue.depart(),
            Queue::Shared(queue) => queue.depart(),
        }
    }

    /// Returns the occupancy up to a moment.
    pub(super) fn occupancy(&mut self, now: u64) -> Occupancy {
        self.pass(now);
        self.occupancy
    }

    /// Returns the number of requests at the station.
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
    /// Returns the mean busy servers and requests since an earlier occupancy.
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
