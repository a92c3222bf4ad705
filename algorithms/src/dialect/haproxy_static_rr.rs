//! **HAProxy `balance static-rr`**: turns through the [map](super::haproxy_hash_map_based).
//!
//! # How it works
//! Requests take the slots of the map from the first to the last, and start again.
//!
//! # Cost
//! T slots. Build O(T log T). Pick O(1) behind a lock, plus one step for each server that may not be picked. Memory: 4
//! bytes per slot.
//!
//! # Membership change
//! It uses no key. In a changed map the turns continue at the same slot.
//!
//! # Weights
//! 1 to 256. In exact proportion.
//!
//! # Ineligible backends
//! They leave the map. Backups have no slots; if no other server is usable, the first backup gets all requests.
//!
//! # Departures from the program
//! A reload does not restart the turns.
//!
//! # References
//! HAProxy 2.6 to 3.4, configuration manual, `balance static-rr`.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::HaproxyStaticRr;
//! use evenkeel_algorithms::{LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(HaproxyStaticRr, Pool::new(["a", "b"])?)?;
//! let turns = [(); 3].map(|()| balancer.route(None).map(|ticket| ticket.slot().index()));
//! assert_eq!(turns, [Ok(0), Ok(1), Ok(0)]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::algorithm::{Algorithm, carried};
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, Origin, Program, ShareVariance};
use crate::dialect::haproxy;
use crate::dialect::haproxy_map::Map;
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::slot::Slot;
use crate::step::Step;

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "HAProxy's `balance static-rr`: turns through a map of slots",
    origin: Origin::Program(Program::Haproxy),
    feedback: Feedback::None,
    shares: ShareVariance::Exact,
    build: Cost::of("T log T").with(" for T slots"),
    pick: Cost::CONSTANT,
    memory: "4 bytes per slot",
    weights: "1 to 256; exact",
    disruption: "uses no key",
    source: "HAProxy 2.6 to 3.4",
    ..Card::new("haproxy-static-rr", Family::Turns, &|_, _| {
        Box::new(HaproxyStaticRr)
    })
};

/// HAProxy's turns through a map; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct HaproxyStaticRr;

impl Algorithm for HaproxyStaticRr {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        haproxy::check_weights(CARD.name, pool)?;
        let before = carried::<Built>(before).map(|before| &before.map);
        Ok(Box::new(Built {
            map: Map::new(pool, before)?,
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            rebuilt_on_health: true,
            ..Profile::TURNS
        }
    }
}

/// The map of a pool.
#[derive(Debug)]
pub struct Built {
    map: Map,
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        haproxy::active_or_backup(pick, || self.map.turn(pick))
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
    }

    fn table(&self) -> Option<Vec<Slot>> {
        Some(self.map.slots().to_vec())
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        haproxy::trace_active(pick, steps, |_| ());
        self.pick(pick)
    }

    fn memory(&self) -> usize {
        self.map.memory()
    }
}
