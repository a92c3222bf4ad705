//! **HAProxy `balance first`**: the server with the lowest id that has room.
//!
//! # How it works
//! The servers are ordered by their ids: `attributes.id`, or else a number by position in the list. The first server
//! below its cap (`max_in_flight`) gets the request; no request passes a server without a cap.
//!
//! # Cost
//! n backends. Build O(n log n). Pick: O(1), plus one step for each full server. Memory: 4 bytes per backend.
//!
//! # Membership change
//! It uses no key.
//!
//! # Weights
//! Weights are ignored.
//!
//! # Ineligible backends
//! They are skipped. If no other server is usable, the first backup in the list gets all requests.
//!
//! # Departures from the program
//! Where HAProxy queues because all servers are full, no backend is picked.
//!
//! # References
//! HAProxy 2.6, configuration manual, `balance first`.
//!
//! # Example
//! ```
//! use std::num::NonZeroU32;
//! use evenkeel_algorithms::dialect::HaproxyFirst;
//! use evenkeel_algorithms::{Backend, LoadBalancer, Pool};
//!
//! let capped = Backend::new("a").with_max_in_flight(NonZeroU32::new(2));
//! let balancer = LoadBalancer::new(HaproxyFirst, Pool::new([capped, "b".into()])?)?;
//! let held = [balancer.route(None)?, balancer.route(None)?, balancer.route(None)?];
//! assert_eq!(held.map(|ticket| ticket.slot().index()), [0, 0, 1]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, Order, Origin, Program, ShareVariance};
use crate::dialect::haproxy;
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::slot::Slot;
use crate::step::Step;

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "HAProxy's `balance first`: the lowest id with room",
    origin: Origin::Program(Program::Haproxy),
    feedback: Feedback::InFlight,
    shares: ShareVariance::ByLoad,
    build: Cost::LINEARITHMIC,
    pick: Cost::CONSTANT.or(Order::Linear, "past the full"),
    memory: "4 bytes per backend",
    weights: "none",
    disruption: "uses no key",
    source: "HAProxy 2.6",
    ..Card::new("haproxy-first", Family::FirstFit, &|_, _| {
        Box::new(HaproxyFirst)
    })
};

/// HAProxy's first; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct HaproxyFirst;

impl Algorithm for HaproxyFirst {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        haproxy::check_weights(CARD.name, pool)?;
        let ids = haproxy::ids(CARD.name, pool)?;
        let mut order: Box<[_]> = pool.slots().collect();
        order.sort_by_key(|slot| ids[slot.index()]);
        Ok(Box::new(Built { order }))
    }

    fn profile(&self) -> Profile {
        Profile {
            in_flight: true,
            weighted: false,
            ..Profile::TURNS
        }
    }
}

/// The servers of a pool.
#[derive(Debug)]
pub struct Built {
    /// The servers by id.
    order: Box<[Slot]>,
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let mut order = self.order.iter().copied();
        haproxy::active_or_backup(pick, || order.find(|&slot| pick.allows(slot)))
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
        for slot in &self.order {
            fingerprint.number(slot.index() as u64);
        }
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        haproxy::trace_active(pick, steps, |_| ());
        self.pick(pick)
    }

    fn memory(&self) -> usize {
        size_of_val(&*self.order)
    }
}

#[cfg(test)]
mod tests {
    use super::super::haproxy::tests::with_ids;
    use super::*;
    use crate::LoadBalancer;

    #[test]
    fn the_lowest_id_comes_first_at_any_position() {
        let pool = with_ids(&[Some(7), None, Some(2), None]);
        let balancer = LoadBalancer::new(HaproxyFirst, pool).unwrap();
        let routed = || balancer.route(None).unwrap().slot().index();
        let mut went = vec![routed()];
        for name in ["127.0.0.1:9003", "127.0.0.1:9002", "127.0.0.1:9004"] {
            balancer.set_healthy(name, false).unwrap();
            went.push(routed());
        }
        assert_eq!(went, [2, 1, 3, 0]);
    }
}
