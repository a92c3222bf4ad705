//! **HAProxy `balance leastconn`**: the least loaded server, and of equals the one that has waited longest.
//!
//! # How it works
//! The servers are ordered by load: 0 if no request is in flight, else ⌊(in flight + 1) · 4096 / (16 · weight)⌋. Of
//! equal loads, the server that reached it first comes first; a server moves only when its load changes. The first
//! server gets the request.
//!
//! # Cost
//! n backends. Build O(n log n). Pick O(1) behind a lock, plus one step for each server that may not be picked; each
//! change of a count O(log n). Memory: 40 bytes per backend.
//!
//! # Membership change
//! It uses no key. A changed pool restarts in the order given.
//!
//! # Weights
//! 1 to 256. Loads settle in proportion, but idle servers come first whatever their weight.
//!
//! # Ineligible backends
//! They leave the order, and return behind all servers of equal load. Backups are in it only while no other server is
//! usable, and then only the first of them gets requests.
//!
//! # Departures from the program
//! The queue of a full server is not modelled: a server at its cap is skipped. From 3.2 on, HAProxy chooses between
//! equals at random; this is the earlier order.
//!
//! # References
//! HAProxy 2.6, configuration manual, section 4.2, `balance leastconn`.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::HaproxyLeastconn;
//! use evenkeel_algorithms::{LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(HaproxyLeastconn, Pool::new(["a", "b", "c"])?)?;
//! let first = balancer.route(None)?;
//! first.release(); // a is idle again, behind b and c
//! assert_eq!(balancer.route(None)?.backend().name(), "b");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::collections::BTreeSet;
use std::sync::PoisonError;

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, Origin, Program, ShareVariance};
use crate::dialect::haproxy;
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::slot::Slot;
use crate::step::Step;
use crate::sync::{Mutex, MutexGuard};

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "HAProxy's `balance leastconn`: the least loaded, of equals the one waiting longest",
    origin: Origin::Program(Program::Haproxy),
    feedback: Feedback::InFlight,
    shares: ShareVariance::ByLoad,
    build: Cost::LINEARITHMIC,
    pick: Cost::CONSTANT,
    memory: "40 bytes per backend",
    weights: "1 to 256; in proportion once none is idle",
    disruption: "uses no key",
    source: "HAProxy 2.6",
    ..Card::new("haproxy-leastconn", Family::Fewest, &|_, _| {
        Box::new(HaproxyLeastconn)
    })
};

/// HAProxy's least connections; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct HaproxyLeastconn;

impl Algorithm for HaproxyLeastconn {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        haproxy::check_weights(CARD.name, pool)?;
        let mut order = Order {
            places: pool.slots().map(|_| None).collect(),
            ..Order::default()
        };
        pool.slots().for_each(|slot| order.settle(pool, slot));
        Ok(Box::new(Built {
            order: Mutex::new(order),
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            in_flight: true,
            on_change: true,
            ..Profile::TURNS
        }
    }
}

/// The ordered servers of a pool.
#[derive(Debug)]
pub struct Built {
    order: Mutex<Order>,
}

impl Built {
    fn order(&self) -> MutexGuard<'_, Order> {
        // After a panic, the next change of the count repairs a half-moved server.
        self.order.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        haproxy::active_or_backup(pick, || {
            let order = self.order();
            let mut usable = order.servers.iter().map(|&(_, _, slot)| slot);
            usable.find(|&slot| pick.allows(slot))
        })
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        haproxy::trace_active(pick, steps, |_| ());
        self.pick(pick)
    }

    fn on_change(&self, pool: &Pool, slot: Slot) {
        self.order().settle(pool, slot);
    }

    fn memory(&self) -> usize {
        let order = self.order();
        size_of_val(&*order.places) + order.servers.len() * size_of::<(u64, u64, Slot)>()
    }
}

/// The usable servers by load and, for equal loads, by arrival.
#[derive(Debug, Default)]
struct Order {
    servers: BTreeSet<(u64, u64, Slot)>,
    /// The load and arrival of each server in the order.
    places: Box<[Option<(u64, u64)>]>,
    arrivals: u64,
}

impl Order {
    /// Moves a server to its place, behind its equals, unless its load is unchanged.
    fn settle(&mut self, pool: &Pool, slot: Slot) {
        let load = pool.is_active(slot).then(|| load(pool, slot));
        let place = &mut self.places[slot.index()];
        if place.map(|(load, _)| load) == load {
            return;
        }
        if let Some((load, arrival)) = place.take() {
            self.servers.remove(&(load, arrival, slot));
        }
        if let Some(load) = load {
            self.arrivals += 1;
            *place = Some((load, self.arrivals));
            self.servers.insert((load, self.arrivals, slot));
        }
    }
}

fn load(pool: &Pool, slot: Slot) -> u64 {
    match pool.in_flight(slot) {
        0 => 0,
        in_flight => (in_flight + 1) * haproxy::HEAVIEST / haproxy::effective_weight(pool, slot),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, LoadBalancer, Weight};

    fn name(balancer: &LoadBalancer) -> String {
        let ticket = balancer.route(None).unwrap();
        let name = ticket.backend().name().to_owned();
        ticket.leave_in_flight();
        name
    }

    #[test]
    fn weights_above_haproxys_maximum_are_rejected() {
        let heavy = Backend::new("a").with_weight(Weight::new(257).unwrap());
        let pool = Pool::new([heavy]).unwrap();
        let error = HaproxyLeastconn.build(&pool, None).unwrap_err();
        let expected =
            "backend `a`: weight 257 is too large for haproxy-leastconn; expected 1 to 256";
        assert_eq!(error.to_string(), expected);
    }

    #[test]
    fn a_server_comes_back_behind_its_equals() {
        let pool = Pool::new(["a", "b", "c"]).unwrap();
        let balancer = LoadBalancer::new(HaproxyLeastconn, pool).unwrap();
        balancer.set_healthy("a", false).unwrap();
        balancer.set_healthy("a", true).unwrap();
        let names: Vec<_> = (0..3).map(|_| name(&balancer)).collect();
        assert_eq!(names, ["b", "c", "a"]);
    }

    #[test]
    fn of_the_backups_only_the_first_usable_one_is_used() {
        let backup = |name: &str| Backend::new(name).with_backup(true);
        let backends = [Backend::new("a"), backup("b"), backup("c")];
        let pool = Pool::new(backends).unwrap();
        let balancer = LoadBalancer::new(HaproxyLeastconn, pool).unwrap();
        let mut names = vec![name(&balancer)];
        balancer.set_healthy("a", false).unwrap();
        names.extend([(); 2].map(|()| name(&balancer)));
        balancer.set_healthy("b", false).unwrap();
        names.push(name(&balancer));
        balancer.set_healthy("a", true).unwrap();
        names.push(name(&balancer));
        assert_eq!(names, ["a", "b", "b", "c", "a"]);
    }
}
