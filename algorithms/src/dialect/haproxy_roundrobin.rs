//! **HAProxy `balance roundrobin`**: weighted turns, scheduled by position.
//!
//! # How it works
//! Weights count in sixteenths; N is their sum. The position advances by one with every request. After a turn, a
//! server's next turn is N / weight positions later; remainders accumulate. Servers with a turn by now are first,
//! ordered by position and then by the remainder of their weight; then those that had no turn in this cycle, the
//! heaviest first; then the others. A turn that lies two cycles ahead waits for the next cycle, which begins when no
//! turn is left.
//!
//! # Cost
//! n backends. Build O(n log n). Pick O(log n) behind a lock, plus one step for each server that may not be picked.
//! Memory: 32 bytes per backend.
//!
//! # Membership change
//! It uses no key. A changed pool restarts the cycle.
//!
//! # Weights
//! 1 to 256. In proportion.
//!
//! # Ineligible backends
//! They take no turns, and their weights do not count. Backups take turns only if no other server is usable, and then
//! the first of them gets all requests.
//!
//! # Departures from the program
//! A change of health restarts the cycle. A server that is skipped, because it is at its cap or was already tried,
//! keeps its place. One state for all thread groups.
//!
//! # References
//! HAProxy 2.6 to 3.4, configuration manual, `balance roundrobin`.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::HaproxyRoundrobin;
//! use evenkeel_algorithms::{Backend, LoadBalancer, Pool, Weight};
//!
//! let weights = (1..=5).map(Weight::new).collect::<Result<Vec<_>, _>>()?;
//! let backend = |weight: Weight| Backend::new(weight.to_string()).with_weight(weight);
//! let pool = Pool::new(weights.into_iter().map(backend))?;
//! let balancer = LoadBalancer::new(HaproxyRoundrobin, pool)?;
//! let turn = |_| balancer.route(None).map(|ticket| ticket.backend().name().to_owned());
//! let turns = (0..15).map(turn).collect::<Result<String, _>>()?;
//! assert_eq!(turns, "543542534515342");
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
    summary: "HAProxy's `balance roundrobin`: weighted turns, scheduled by position",
    origin: Origin::Program(Program::Haproxy),
    feedback: Feedback::None,
    shares: ShareVariance::Exact,
    build: Cost::LINEARITHMIC,
    pick: Cost::LOGARITHMIC,
    memory: "32 bytes per backend",
    weights: "1 to 256; in proportion",
    disruption: "uses no key",
    source: "HAProxy 2.6 to 3.4",
    ..Card::new("haproxy-roundrobin", Family::Turns, &|_, _| {
        Box::new(HaproxyRoundrobin)
    })
};

/// HAProxy's turns; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct HaproxyRoundrobin;

impl Algorithm for HaproxyRoundrobin {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        haproxy::check_weights(CARD.name, pool)?;
        Ok(Box::new(Built {
            cycle: Mutex::new(Cycle::new(pool)),
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            rebuilt_on_health: true,
            ..Profile::TURNS
        }
    }
}

/// The cycle of a pool.
#[derive(Debug)]
pub struct Built {
    cycle: Mutex<Cycle>,
}

impl Built {
    fn cycle(&self) -> MutexGuard<'_, Cycle> {
        // A panic during a turn loses a server its turns until the next build.
        self.cycle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        haproxy::active_or_backup(pick, || {
            let mut cycle = self.cycle();
            let (stage, turn) = cycle.next(pick)?;
            if !pick.is_question() {
                cycle.take(stage, turn, pick.pool());
            }
            Some(turn.slot)
        })
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        haproxy::trace_active(pick, steps, |_| ());
        self.pick(pick)
    }

    fn memory(&self) -> usize {
        self.cycle().len() * size_of::<Turn>()
    }
}

/// A server in a queue; of equal places the first to arrive comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Turn {
    /// The position of its next turn, in 256ths; without one, how far its weight is below the largest.
    place: u64,
    arrival: u64,
    slot: Slot,
    /// The accumulated remainders of N divided by its weight.
    rest: u64,
}

impl Turn {
    const fn position(&self) -> u64 {
        self.place / 256
    }
}

/// The queue of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Current,
    Unserved,
    Next,
}

/// The servers of the current cycle and of the next.
#[derive(Debug, Default)]
struct Cycle {
    /// Servers that had a turn in this cycle.
    current: BTreeSet<Turn>,
    /// Servers that had no turn yet.
    unserved: BTreeSet<Turn>,
    /// Servers that wait for the next cycle.
    next: BTreeSet<Turn>,
    /// The sum of the weights.
    total: u64,
    position: u64,
    arrivals: u64,
}

impl Cycle {
    fn new(pool: &Pool) -> Self {
        let mut cycle = Self::default();
        for slot in pool.slots() {
            if pool.is_active(slot) && !pool.backend(slot).is_backup() {
                let weight = haproxy::effective_weight(pool, slot);
                let turn = cycle.unserved_turn(slot, weight);
                cycle.unserved.insert(turn);
                cycle.total += weight;
            }
        }
        cycle.position = cycle.total;
        cycle
    }

    fn len(&self) -> usize {
        self.current.len() + self.unserved.len() + self.next.len()
    }

    /// Returns the first turn of a server that may be picked.
    fn next(&self, pick: &Pick<'_>) -> Option<(Stage, Turn)> {
        let current = || self.current.iter().map(|&turn| (Stage::Current, turn));
        let due = current().take_while(|(_, turn)| turn.position() <= self.position);
        let unserved = self.unserved.iter().map(|&turn| (Stage::Unserved, turn));
        let next = self.next.iter().map(|&turn| (Stage::Next, turn));
        let mut turns = due.chain(unserved).chain(current()).chain(next);
        turns.find(|(_, turn)| pick.allows(turn.slot))
    }

    /// Gives a server its turn and schedules its next one.
    fn take(&mut self, stage: Stage, turn: Turn, pool: &Pool) {
        if stage == Stage::Next {
            std::mem::swap(&mut self.unserved, &mut self.next);
            self.position = self.total;
        }
        let (position, rest) = if stage == Stage::Current {
            self.current.remove(&turn);
            (turn.position(), turn.rest)
        } else {
            self.unserved.remove(&turn);
            (self.position, 0)
        };
        let weight = haproxy::effective_weight(pool, turn.slot);
        let rest = rest + self.total % weight;
        let position = position + self.total / weight + rest / weight;
        self.position += 1;
        if position >= 2 * self.total {
            let turn = self.unserved_turn(turn.slot, weight);
            self.next.insert(turn);
        } else {
            let rest = rest % weight;
            let place = 256 * position + (haproxy::HEAVIEST + rest - weight) / 16;
            let turn = self.turn(turn.slot, place, rest);
            self.current.insert(turn);
        }
    }

    fn unserved_turn(&mut self, slot: Slot, weight: u64) -> Turn {
        self.turn(slot, haproxy::HEAVIEST - weight, 0)
    }

    fn turn(&mut self, slot: Slot, place: u64, rest: u64) -> Turn {
        self.arrivals += 1;
        Turn {
            place,
            arrival: self.arrivals,
            slot,
            rest,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, LoadBalancer};

    #[test]
    fn a_skipped_server_keeps_its_place() {
        let pool = Pool::new(["a", "b", "c"]).unwrap();
        let balancer = LoadBalancer::new(HaproxyRoundrobin, pool).unwrap();
        let mut went = vec![balancer.retry(None, &["a"]).unwrap().slot().index()];
        went.extend([(); 5].map(|()| balancer.route(None).unwrap().slot().index()));
        assert_eq!(went, [1, 0, 2, 1, 0, 2]);
    }

    /// Even if only servers are left that wait for the next cycle.
    #[test]
    fn an_allowed_server_is_found_in_every_stage_of_a_cycle() {
        let heavy = Backend::new("a").with_weight(crate::Weight::new(256).unwrap());
        let pool = Pool::new([heavy, "b".into(), "c".into()]).unwrap();
        let balancer = LoadBalancer::new(HaproxyRoundrobin, pool).unwrap();
        for tried in ["a", "b", "c"].into_iter().cycle().take(3_000) {
            let went = balancer.retry(None, &[tried]).unwrap();
            assert_ne!(went.backend().name(), tried);
        }
    }
}
