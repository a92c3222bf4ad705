//! **nginx `least_conn`**: the fewest requests in flight relative to weight, ties by smooth turns.
//!
//! # How it works
//! Peers are compared by requests in flight over weight. If one peer has strictly the least, it gets the request
//! without a turn; several equal peers take a smooth weighted turn among themselves.
//!
//! # Cost
//! n backends. Build O(n). Pick: O(n), behind a lock if there is a tie. Memory: 8 bytes per backend.
//!
//! # Membership change
//! It uses no key. A reload restarts the turns; remaining backends keep their counts.
//!
//! # Weights
//! Loads settle in proportion.
//!
//! # Ineligible backends
//! They are skipped.
//!
//! # Departures from the program
//! Those of [`nginx_round_robin`](super::nginx_round_robin).
//!
//! # References
//! nginx 1.22 to 1.31, ngx_http_upstream_least_conn_module.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::NginxLeastConn;
//! use evenkeel_algorithms::{LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(NginxLeastConn, Pool::new(["a:80", "b:80"])?)?;
//! let (first, second) = (balancer.route(None)?, balancer.route(None)?);
//! assert_ne!(first.backend(), second.backend());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, Origin, Program, ShareVariance};
use crate::dialect::smooth::SmoothTurns;
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::slot::Slot;

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "nginx's `least_conn`: the fewest in flight relative to weight, ties by smooth turns",
    origin: Origin::Program(Program::Nginx),
    feedback: Feedback::InFlight,
    shares: ShareVariance::ByLoad,
    build: Cost::LINEAR,
    pick: Cost::LINEAR,
    memory: "8 bytes per backend",
    weights: "loads in proportion",
    disruption: "no key",
    source: "nginx 1.22 to 1.31",
    ..Card::new("nginx-least-conn", Family::Fewest, &|_, _| {
        Box::new(NginxLeastConn)
    })
};

/// nginx's least connections; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct NginxLeastConn;

impl Algorithm for NginxLeastConn {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        Ok(Box::new(Built {
            turns: SmoothTurns::new(pool),
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            in_flight: true,
            ..Profile::TURNS
        }
    }
}

/// The turns of a pool.
#[derive(Debug)]
pub struct Built {
    turns: SmoothTurns,
}

/// Requests in flight, and the weight of the peer.
#[derive(Clone, Copy)]
struct Load {
    in_flight: u64,
    weight: u32,
}

impl Load {
    fn of(pool: &Pool, slot: Slot) -> Self {
        Self {
            in_flight: pool.in_flight(slot),
            weight: pool.weight(slot).get(),
        }
    }

    /// Compares without dividing.
    fn cmp(self, other: Self) -> std::cmp::Ordering {
        if self.weight == other.weight {
            return self.in_flight.cmp(&other.in_flight);
        }
        let times = |load: Self, weight: u32| u128::from(load.in_flight) * u128::from(weight);
        times(self, other.weight).cmp(&times(other, self.weight))
    }
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let load = |slot| Load::of(pick.pool(), slot);
        let mut allowed = pick.pool().slots().filter(|&slot| pick.allows(slot));
        let first = allowed.next()?;
        let (mut best, mut tied) = ((load(first), first), false);
        for slot in allowed {
            let load = load(slot);
            match load.cmp(best.0) {
                std::cmp::Ordering::Less => (best, tied) = ((load, slot), false),
                std::cmp::Ordering::Equal => tied = true,
                std::cmp::Ordering::Greater => {}
            }
        }
        if !tied {
            return Some(best.1);
        }
        let is_tied = |slot| load(slot).cmp(best.0).is_eq();
        // The request of another thread may have ended the tie.
        self.turns.turn_among(pick, is_tied).or(Some(best.1))
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
    }

    fn memory(&self) -> usize {
        self.turns.memory()
    }
}
