//! **nginx's default**: smooth weighted turns.
//!
//! # How it works
//! At each request every peer that may be reached gains its weight; what has gained most, of equals the
//! first listed, takes it and pays what all have gained together.
//!
//! # Cost
//! n backends. Build O(n). Pick: O(n) behind a lock. Memory: 8 bytes a backend.
//!
//! # Membership change
//! It uses no key. A reload starts the turns again.
//!
//! # Weights
//! In exact proportion, spread as evenly as can be.
//!
//! # Ineligible backends
//! They gain nothing and keep what they had gained.
//!
//! # Departures from the program
//! One state for all workers, as with a `zone`. Failed attempts do not lower a weight for a while.
//! Backups come into service when no other backend is eligible, not already when all are at their caps.
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

/// What is to be known of the algorithm before choosing it.
pub static CARD: Card = Card {
    summary: "nginx's default: smooth weighted turns",
    origin: Origin::Program(Program::Nginx),
    feedback: Feedback::None,
    shares: ShareVariance::Exact,
    build: Cost::LINEAR,
    pick: Cost::LINEAR,
    memory: "8 bytes a backend",
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
