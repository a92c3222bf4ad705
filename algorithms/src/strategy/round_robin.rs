//! **Round-robin**: smooth weighted turns, in the order given.
//!
//! # How it works
//! In each turn, every backend gains its weight; the one with the largest total (the first of equals in the order
//! given) takes the turn and pays the sum of all weights. Weights 5, 1, 1 give a a b a c a a. The turns repeat after W
//! of them, where W is the sum of the weights divided by their greatest common divisor, and in such a cycle each
//! backend has exactly its share.
//!
//! # Cost
//! n backends of D distinct weights. A cycle of up to [`MAX_CYCLE`] turns is computed at build time, in O(n + W · D),
//! and stored in 4 bytes per turn; a pick is one atomic increment and one read. A longer cycle is never stored: the
//! same turns are computed one by one behind a short lock, O(D) per pick.
//!
//! # Membership change
//! The cursor is carried over: the next turn goes to the backend that would have been next (of those that remain), at
//! the same of its turns in the cycle. A cycle that is too long to be stored restarts.
//!
//! # Weights
//! Exact proportions in every full cycle.
//!
//! # Ineligible backends
//! A change of eligibility rebuilds the cycle from the backends in service, so that their proportions remain exact. A
//! backend at its cap, or already tried for a request, is skipped.
//!
//! # Departures from the paper
//! There is no paper. nginx restores a failed server's weight step by step; here health decides only eligibility.
//!
//! # References
//! I. Sysoev et al.: nginx, ngx_http_upstream_round_robin, the smooth weighted order of 2012.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{Backend, LoadBalancer, Pool, RoundRobin, Weight};
//!
//! let backends = [("a", 5), ("b", 1), ("c", 1)];
//! let backends = backends.map(|(name, weight)| {
//!     Backend::new(name).with_weight(Weight::new(weight).expect("within the range"))
//! });
//! let balancer = LoadBalancer::new(RoundRobin, Pool::new(backends)?)?;
//! let turns: Vec<_> = (0..7).map(|_| balancer.route(None)).collect::<Result<_, _>>()?;
//! let names: Vec<_> = turns.iter().map(|ticket| ticket.backend().name()).collect();
//! assert_eq!(names, ["a", "a", "b", "a", "c", "a", "a"]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use crate::algorithm::{Algorithm, carried};
use crate::backend::Backend;
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, Order, Origin, ShareVariance};
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::slot::Slot;
use crate::sync::{AtomicU64, Mutex};

/// The card of the algorithm.
pub static CARD: Card = Card {
    aliases: &["weighted-round-robin"],
    summary: "smooth weighted turns, in the order given",
    origin: Origin::Own,
    feedback: Feedback::None,
    shares: ShareVariance::Exact,
    build: Cost::of("n + W·D").with(", D distinct weights"),
    pick: Cost::CONSTANT.or(Order::Of("D"), "if W > 2^20"),
    memory: "4 bytes per turn",
    weights: "turns in exact proportion",
    disruption: "uses no key",
    source: "nginx, 2012",
    ..Card::new("round-robin", Family::Turns, &|_, _| Box::new(RoundRobin))
};

/// The longest cycle that is computed at build time: 2^20 turns (4 MiB).
pub const MAX_CYCLE: u64 = 1 << 20;

/// Smooth weighted round-robin; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct RoundRobin;

impl Algorithm for RoundRobin {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let before = carried::<Built>(before);
        let mut smooth = Smooth::new(pool);
        let turns = if smooth.total > MAX_CYCLE {
            Turns::Worked(Mutex::new(smooth))
        } else {
            let cycle: Box<[_]> = (0..smooth.total).map(|_| smooth.turn()).collect();
            let cursor = before.map_or(0, |before| before.carried_cursor(pool, &cycle));
            let cursor = AtomicU64::new(cursor as u64);
            Turns::Held { cycle, cursor }
        };
        let names = pool.backends().map(Backend::shared_name).collect();
        Ok(Box::new(Built { turns, names }))
    }

    fn profile(&self) -> Profile {
        Profile {
            rebuilt_on_health: true,
            ..Profile::TURNS
        }
    }
}

/// The turns of a pool.
#[derive(Debug)]
pub struct Built {
    turns: Turns,
    /// The names of the pool's slots, to find the next backend again in a changed pool.
    names: Box<[Arc<str>]>,
}

#[derive(Debug)]
enum Turns {
    /// One full cycle and the number of turns taken.
    Held {
        cycle: Box<[Slot]>,
        cursor: AtomicU64,
    },
    /// A cycle that is too long to be stored.
    Worked(Mutex<Smooth>),
}

impl Balancer for Built {
    #[inline]
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        match &self.turns {
            // A rejected request takes no turn.
            Turns::Held { cycle, .. } if !cycle.iter().any(|&slot| pick.allows(slot)) => None,
            Turns::Held { cycle, cursor } => {
                let len = cycle.len();
                let turns = if pick.is_question() {
                    cursor.load(Ordering::Relaxed)
                } else {
                    cursor.fetch_add(1, Ordering::Relaxed)
                };
                let turn = turns.checked_rem(len as u64)? as usize;
                if pick.allows(cycle[turn]) {
                    return Some(cycle[turn]);
                }
                let (before, from) = cycle.split_at(turn);
                let mut next = from.iter().chain(before).copied();
                next.find(|&slot| pick.allows(slot))
            }
            Turns::Worked(smooth) => {
                let mut smooth = smooth.lock().unwrap_or_else(PoisonError::into_inner);
                if !smooth.slots().any(|slot| pick.allows(slot)) {
                    return None;
                }
                let turn = if pick.is_question() {
                    smooth.clone().turn()
                } else {
                    smooth.turn()
                };
                if pick.allows(turn) {
                    Some(turn)
                } else {
                    smooth.most_due(pick)
                }
            }
        }
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
    }

    fn memory(&self) -> usize {
        let turns = match &self.turns {
            Turns::Held { cycle, .. } => size_of_val(&**cycle),
            Turns::Worked(smooth) => {
                let smooth = smooth.lock().unwrap_or_else(PoisonError::into_inner);
                smooth
                    .classes
                    .iter()
                    .map(|class| size_of_val(&*class.slots))
                    .sum()
            }
        };
        turns + size_of_val(&*self.names)
    }
}

impl Built {
    /// Returns where to continue in the cycle of a changed pool: at the same turn of the backend that would have been
    /// next, of those in both cycles.
    fn carried_cursor(&self, pool: &Pool, next: &[Slot]) -> usize {
        let Turns::Held { cycle, cursor } = &self.turns else {
            return 0;
        };
        let Some(turn) = cursor
            .load(Ordering::Relaxed)
            .checked_rem(cycle.len() as u64)
        else {
            return 0;
        };
        let stays = |place: usize| {
            let slot = pool.slot(&self.names[cycle[place].index()])?;
            pool.is_active(slot).then_some((place, slot))
        };
        let mut upcoming = (turn as usize..cycle.len()).chain(0..turn as usize);
        let Some((place, is)) = upcoming.find_map(stays) else {
            return 0;
        };
        let turns = |cycle: &[Slot], slot| cycle.iter().filter(|&&other| other == slot).count();
        let was = cycle[place];
        let taken = turns(&cycle[..place], was) * turns(next, is) / turns(cycle, was);
        let mut places = (0..next.len()).filter(|&place| next[place] == is);
        places.nth(taken).unwrap_or(0)
    }
}

/// The smooth turns, one by one. Backends of one weight gain alike, so they take turns in the order given: only the
/// next backend of each weight can have the next turn.
#[derive(Clone, Debug)]
struct Smooth {
    classes: Vec<Class>,
    /// The number of turns in a cycle: the sum of the weights over their greatest common divisor.
    total: u64,
}

/// The backends of one weight.
#[derive(Clone, Debug)]
struct Class {
    weight: u64,
    slots: Box<[Slot]>,
    /// The member with the class's next turn.
    next: usize,
    /// The total of that member. The members before it have `total` less.
    gained: i64,
}

impl Smooth {
    fn new(pool: &Pool) -> Self {
        let mut slots: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for slot in pool.slots().filter(|&slot| pool.is_active(slot)) {
            slots
                .entry(u64::from(pool.weight(slot).get()))
                .or_default()
                .push(slot);
        }
        let divisor = slots.keys().copied().fold(0, common_divisor);
        let class = |(weight, slots): (u64, Vec<_>)| Class {
            weight: weight / divisor,
            slots: slots.into(),
            next: 0,
            gained: 0,
        };
        let classes: Vec<_> = slots.into_iter().map(class).collect();
        let total = classes
            .iter()
            .map(|class| class.weight * class.slots.len() as u64)
            .sum();
        Self { classes, total }
    }

    fn slots(&self) -> impl Iterator<Item = Slot> {
        self.classes
            .iter()
            .flat_map(|class| class.slots.iter().copied())
    }

    /// Returns the slot of the next turn. There must be a backend.
    fn turn(&mut self) -> Slot {
        for class in &mut self.classes {
            class.gained += class.weight as i64;
        }
        let due = self.classes.iter_mut().max_by_key(|class| class.due());
        let class = due.expect("a cycle with turns has backends");
        let slot = class.slots[class.next];
        class.next += 1;
        if class.next == class.slots.len() {
            class.next = 0;
            class.gained -= self.total as i64;
        }
        slot
    }

    /// Returns the allowed slot with the largest total. It pays nothing: the turns stay unchanged.
    fn most_due(&self, pick: &Pick<'_>) -> Option<Slot> {
        let members = self.classes.iter().flat_map(|class| {
            let gained = |place| {
                class.gained
                    - if place < class.next {
                        self.total as i64
                    } else {
                        0
                    }
            };
            class
                .slots
                .iter()
                .enumerate()
                .map(move |(place, &slot)| (gained(place), Reverse(slot)))
        });
        let due = members
            .filter(|&(_, Reverse(slot))| pick.allows(slot))
            .max();
        due.map(|(_, Reverse(slot))| slot)
    }
}

impl Class {
    /// Returns the order of turns: of equal totals, the first in the order given.
    fn due(&self) -> (i64, Reverse<Slot>) {
        (self.gained, Reverse(self.slots[self.next]))
    }
}

const fn common_divisor(a: u64, b: u64) -> u64 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, LoadBalancer, SlotSet, Weight};

    fn backends(weights: &[u64]) -> Vec<Backend> {
        let backend = |(index, &weight): (usize, &u64)| {
            let name = char::from(b'a' + index as u8).to_string();
            Backend::new(name).with_weight(Weight::new(weight).unwrap())
        };
        weights.iter().enumerate().map(backend).collect()
    }

    fn balancer(weights: &[u64]) -> LoadBalancer {
        LoadBalancer::new(RoundRobin, Pool::new(backends(weights)).unwrap()).unwrap()
    }

    fn turns(balancer: &LoadBalancer, count: usize) -> String {
        let name = |_| balancer.route(None).unwrap().backend().name().to_owned();
        (0..count).map(name).collect()
    }

    /// Implements the rule directly, in O(n) per turn.
    fn naive(weights: &[u64], count: usize) -> String {
        let mut gained = vec![0i64; weights.len()];
        let total: u64 = weights.iter().sum();
        let turn = |_| {
            for (gained, &weight) in gained.iter_mut().zip(weights) {
                *gained += weight as i64;
            }
            let best = (0..weights.len())
                .rev()
                .max_by_key(|&index| gained[index])
                .unwrap();
            gained[best] -= total as i64;
            char::from(b'a' + best as u8)
        };
        (0..count).map(turn).collect()
    }

    #[test]
    fn turns_are_smooth() {
        assert_eq!(turns(&balancer(&[5, 1, 1]), 7), "aabacaa");
        for weights in [
            &[4, 4, 2][..],
            &[10, 3, 1],
            &[1, 1, 1],
            &[7, 2, 7, 2, 1],
            &[6, 4, 2, 4, 6],
        ] {
            assert_eq!(
                turns(&balancer(weights), 60),
                naive(weights, 60),
                "{weights:?}"
            );
        }
    }

    #[test]
    fn a_cycle_too_long_to_be_stored_has_the_same_turns() {
        let weights = [999_983, 999_979, 3, 3];
        let balancer = balancer(&weights);
        let snapshot = balancer.snapshot();
        assert!(snapshot.balancer().memory() < 1_000);
        assert_eq!(turns(&balancer, 2_000), naive(&weights, 2_000));
        let tried = SlotSet::from_iter([Slot(0), Slot(1)]);
        let others = Pick::new(snapshot.pool(), None).excluding(&tried);
        assert_eq!(snapshot.pick(&others), Ok(Slot(2)));
    }

    #[test]
    fn a_change_continues_with_the_backend_that_was_next() {
        let after = |taken, names: &[&str]| {
            let balancer = balancer(&[1, 1, 1]);
            turns(&balancer, taken);
            balancer.update(names.iter().copied()).unwrap();
            turns(&balancer, 4)
        };
        assert_eq!(after(2, &["b", "c"]), "cbcb");
        assert_eq!(after(2, &["a", "b"]), "abab");
        assert_eq!(after(2, &["a", "b", "c", "d"]), "cdab");
        assert_eq!(after(1, &["a", "c"]), "caca");
        assert_eq!(after(2, &["x", "y"]), "xyxy");
    }

    #[test]
    fn a_change_continues_at_the_same_turn_of_a_backend() {
        let balancer = balancer(&[5, 1, 1]);
        assert_eq!(turns(&balancer, 5), "aabac");
        balancer.update(backends(&[5, 1])).unwrap();
        // A cycle is a a a b a a; a has taken three of its five turns.
        assert_eq!(turns(&balancer, 6), "aaaaab");
    }

    #[test]
    fn proportions_are_exact_among_the_eligible() {
        let balancer = balancer(&[3, 2, 1]);
        balancer.set_healthy("b", false).unwrap();
        assert_eq!(turns(&balancer, 8).matches('a').count(), 6);
        balancer.set_healthy("b", true).unwrap();
        assert_eq!(turns(&balancer, 6).matches('b').count(), 2);
    }
}
