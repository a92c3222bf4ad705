//! **nginx's default**: smooth weighted turns.
//!
//! # How it works
//! At each request, every peer that may be picked gains its weight; the peer with the largest total (of equals the
//! first in the list) takes the turn and pays what all have gained.
//!
//! # Cost
//! n backends. Build O(n). Pick: O(n) behind a lock. Memory: 8 bytes per backend.
//!
//! # Membership change
//! It uses no key. A reload restarts the turns.
//!
//! # Weights
//! In exact proportion, spread as evenly as possible.
//!
//! # Ineligible backends
//! They gain nothing and keep their totals.
//!
//! # Departures from the program
//! One state for all workers, as with a `zone`. Failed attempts do not lower a weight for a while. Backups are used
//! only when no other backend is eligible, not already when all others are at their caps.
//!
//! # References
//! nginx 1.22 to 1.31, ngx_http_upstream_round_robin.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::NginxRoundRobin;
//! use evenkeel_algorithms::{Backend, LoadBalancer, Pool, Weight};
//!
//! let heavy = Backend::new("a:80").with_weight(Weight::new(2)?);
//! let balancer = LoadBalancer::new(NginxRoundRobin, Pool::new([heavy, "b:80".into()])?)?;
//! let turns = [(); 3].map(|()| balancer.route(None).map(|ticket| ticket.slot().index()));
//! assert_eq!(turns, [Ok(0), Ok(1), Ok(0)]);
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
    summary: "nginx's default: smooth weighted turns",
    origin: Origin::Program(Program::Nginx),
    feedback: Feedback::None,
    shares: ShareVariance::Exact,
    build: Cost::LINEAR,
    pick: Cost::LINEAR,
    memory: "8 bytes per backend",
    weights: "exact",
    disruption: "no key",
    source: "nginx 1.22 to 1.31",
    ..Card::new("nginx-round-robin", Family::Turns, &|_, _| {
        Box::new(NginxRoundRobin)
    })
};

/// nginx's turns; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct NginxRoundRobin;

impl Algorithm for NginxRoundRobin {
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
        Profile::TURNS
    }
}

/// The turns of a pool.
#[derive(Debug)]
pub struct Built {
    turns: SmoothTurns,
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.turns.turn(pick)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
    }

    fn memory(&self) -> usize {
        self.turns.memory()
    }
}
