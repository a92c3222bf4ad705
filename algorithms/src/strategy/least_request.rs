//! **Least request**: weighted turns in which a backend counts less when it has more requests in flight.
//!
//! # How it works
//! A backend's effective weight is weight / (in flight + 1)^bias. Each backend has a deadline; the earliest gets the
//! request (of equals the first in the order given), and its next deadline is later by 1 / its current effective
//! weight. With bias 1, weight 2 and 4 requests in flight, it is 2.5 later; with bias 0, requests in flight make no
//! difference.
//!
//! # Cost
//! n backends. Build O(n). Pick: O(log n) behind a short lock; each skipped backend costs the same again. Memory: about
//! 70 bytes per backend.
//!
//! # Membership change
//! It uses no key, so no key moves. A remaining backend keeps its deadline, but waits no longer than a new backend of
//! its weight: a new deadline is 1 / effective weight from now.
//!
//! # Weights
//! While nothing is in flight, turns are in proportion, exact in every full cycle from the start. Under load, a
//! backend's share follows its effective weight.
//!
//! # Ineligible backends
//! They have no deadlines: a change of eligibility rebuilds the schedule, and a returning backend starts like a new
//! one. A backend at its cap, or already tried for a request, keeps its deadline and is skipped; missed turns are not
//! made up for.
//!
//! # Departures from Envoy
//! If all weights are equal, Envoy draws two backends and uses the less busy one, as
//! [power-of-two-choices](super::power_of_two_choices) does; here deadlines always decide. Envoy draws the start of its
//! first round and stores times as doubles; here the first is the first in the order given, and times are whole
//! multiples of 2^-64, so that the answers are the same on every machine.
//!
//! # References
//! Envoy's documentation, Supported load balancers, "Weighted least request". Its scheduler is J. Nagle
//! and others' fair queueing: A. Demers, S. Keshav, S. Shenker: Analysis and Simulation of a Fair
//! Queueing Algorithm, SIGCOMM 1989.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{LeastRequest, LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(LeastRequest::default(), Pool::new(["a", "b"])?)?;
//! let busy: Vec<_> = (0..9).map(|_| balancer.hold("a")).collect();
//! let turn = |_| balancer.route(None).map(|ticket| ticket.backend().name().to_owned());
//! let turns: Vec<_> = (0..22).map(turn).collect::<Result<_, _>>()?;
//! let to_busy = turns.iter().filter(|&name| name == "a").count();
//! assert!(to_busy <= 3); // one in eleven, after its first
//! # drop(busy);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::sync::{Arc, PoisonError};

use crate::algorithm::{Algorithm, carried};
use crate::backend::Backend;
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, OptionHelp, Origin, ShareVariance};
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::option::{MILLIONTHS, decimal_option};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::Slot;
use crate::sync::{Mutex, MutexGuard};

/// The section of its options.
pub const SECTION: SectionKey<Options> = SectionKey::new("least-request");

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "weighted turns in which a backend counts less when it has more requests in flight",
    section: SectionType::of(SECTION),
    options: &[OptionHelp {
        name: "bias",
        help: "how strongly requests in flight count, 0 (not at all) to 10",
        value: |options| options.get(SECTION).bias.to_string(),
    }],
    origin: Origin::Own,
    feedback: Feedback::InFlight,
    shares: ShareVariance::ByLoad,
    build: Cost::LINEAR,
    pick: Cost::LOGARITHMIC,
    memory: "70 bytes per backend",
    weights: "turns in exact proportion while idle",
    disruption: "uses no key",
    source: "Envoy, 2016",
    ..Card::new(SECTION.algorithm(), Family::Deadlines, &|_, options| {
        Box::new(LeastRequest::new(options.get(SECTION)))
    })
};

/// The options of [`LeastRequest`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Options {
    /// How strongly requests in flight count.
    pub bias: Bias,
}

decimal_option!(
    /// The exponent of the requests in flight.
    Bias, "bias": 0 to 10,
    /// A backend with one request in flight counts for half, with two for a third.
    default 1.0
);

/// A time of the schedule, in units of 2^-64 of one turn of a backend of weight 1.
type Time = u128;

/// The maximum distance of a deadline: 2^100 units, so that sums fit into the type for longer than any process runs.
const LONGEST: Time = 1 << 100;

/// Weighted turns by requests in flight; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct LeastRequest {
    options: Options,
}

impl LeastRequest {
    /// Returns the algorithm with its options.
    #[must_use]
    pub const fn new(options: Options) -> Self {
        Self { options }
    }
}

impl Algorithm for LeastRequest {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let mut built = Built {
            options: self.options,
            schedule: Mutex::default(),
            names: pool.backends().map(Backend::shared_name).collect(),
        };
        let carried = carried::<Built>(before).map(|before| before.carried(pool));
        let active = pool.slots().filter(|&slot| pool.is_active(slot));
        let deadline = |slot: Slot| {
            let turn = built.turn_of(pool, slot);
            let ahead = carried.as_ref().and_then(|carried| carried[slot.index()]);
            Reverse((ahead.map_or(turn, |ahead| ahead.min(turn)), slot))
        };
        let schedule = Schedule {
            deadlines: active.map(deadline).collect(),
            now: 0,
        };
        built.schedule = Mutex::new(schedule);
        Ok(Box::new(built))
    }

    fn profile(&self) -> Profile {
        Profile {
            in_flight: true,
            rebuilt_on_health: true,
            ..Profile::TURNS
        }
    }
}

/// The schedule of a pool.
#[derive(Debug)]
pub struct Built {
    options: Options,
    schedule: Mutex<Schedule>,
    /// The names of the pool's slots, to find the deadlines again in a changed pool.
    names: Box<[Arc<str>]>,
}

#[derive(Debug, Default)]
struct Schedule {
    /// The earliest is the next; of equals the first in the order given.
    deadlines: BinaryHeap<Reverse<(Time, Slot)>>,
    now: Time,
}

impl Built {
    /// Returns the length of a turn of a backend with this number of requests in flight: 1 / effective weight.
    fn turn(&self, in_flight: u64, weight: u32) -> Time {
        let one = 1 << 64;
        let turn = match self.options.bias.millionths {
            0 => one / Time::from(weight),
            MILLIONTHS => (Time::from(in_flight) + 1).min(1 << 40) * one / Time::from(weight),
            _ => {
                let requests = libm::pow(in_flight as f64 + 1., self.options.bias.get());
                // A float that is too large becomes the largest number.
                (requests / f64::from(weight) * one as f64) as Time
            }
        };
        turn.min(LONGEST)
    }

    fn turn_of(&self, pool: &Pool, slot: Slot) -> Time {
        self.turn(pool.in_flight(slot), pool.weight(slot).get())
    }

    fn schedule(&self) -> MutexGuard<'_, Schedule> {
        // Nothing panics under this lock.
        self.schedule.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns how far ahead the deadlines of the slots are that are also in `pool`, by slot in `pool`.
    fn carried(&self, pool: &Pool) -> Vec<Option<Time>> {
        let mut carried = vec![None; pool.len()];
        let schedule = self.schedule();
        for &Reverse((deadline, slot)) in &schedule.deadlines {
            if let Some(slot) = pool.slot(&self.names[slot.index()]) {
                carried[slot.index()] = Some(deadline.saturating_sub(schedule.now));
            }
        }
        carried
    }
}

impl Schedule {
    /// Removes and returns the earliest turn of an allowed slot. Skipped turns stay.
    fn take(&mut self, pick: &Pick<'_>) -> Option<(Time, Slot)> {
        let mut passed = Vec::new();
        let found = loop {
            match self.deadlines.pop() {
                Some(next) if !pick.allows(next.0.1) => passed.push(next),
                found => break found,
            }
        };
        self.deadlines.extend(passed);
        found.map(|Reverse(found)| found)
    }
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let mut schedule = self.schedule();
        let (deadline, slot) = schedule.take(pick)?;
        let mut next = deadline;
        if !pick.is_question() {
            schedule.now = schedule.now.max(deadline);
            next = schedule.now + self.turn_of(pick.pool(), slot);
        }
        schedule.deadlines.push(Reverse((next, slot)));
        Some(slot)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
        fingerprint.number(self.options.bias.millionths.into());
    }

    fn memory(&self) -> usize {
        let entries = self.schedule().deadlines.capacity();
        entries * size_of::<(Time, Slot)>() + size_of_val(&*self.names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, LoadBalancer, SlotSet, Ticket, Weight, algorithm};
    use proptest::collection;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    fn backends(weights: &[u64]) -> Vec<Backend> {
        let backend = |(index, &weight): (usize, &u64)| {
            let name = char::from(b'a' + index as u8).to_string();
            Backend::new(name).with_weight(Weight::new(weight).unwrap())
        };
        weights.iter().enumerate().map(backend).collect()
    }

    fn algorithm(bias: f64) -> LeastRequest {
        let bias = Bias::new(bias).unwrap();
        LeastRequest::new(Options { bias })
    }

    /// Returns the length of a backend's turn.
    fn turn(bias: f64, in_flight: u64, weight: u32) -> Time {
        let built: Built = algorithm::built(&algorithm(bias), &Pool::empty());
        built.turn(in_flight, weight)
    }

    fn balancer(weights: &[u64], bias: f64) -> LoadBalancer {
        LoadBalancer::new(algorithm(bias), Pool::new(backends(weights)).unwrap()).unwrap()
    }

    fn turns(balancer: &LoadBalancer, count: usize) -> String {
        let name = |_| balancer.route(None).unwrap().backend().name().to_owned();
        (0..count).map(name).collect()
    }

    /// An example from Envoy's documentation: weight 2, 4 requests in flight, bias 1: effective weight 0.4.
    #[test]
    fn effective_weights_equal_envoys() {
        let effective =
            |bias, in_flight, weight| (1u128 << 64) as f64 / turn(bias, in_flight, weight) as f64;
        for (bias, in_flight, weight, expected) in [
            (1., 4, 2, 0.4),
            (0., 4, 2, 2.),
            (2., 4, 2, 0.08),
            (0.5, 3, 6, 3.),
        ] {
            let off = effective(bias, in_flight, weight) - expected;
            assert!(off.abs() < 1e-12, "{off} off {expected}");
        }
        assert_eq!(turn(10., u64::MAX, 1), LONGEST);
        assert_eq!(turn(1., u64::MAX, 1), LONGEST);
    }

    #[test]
    fn idle_turns_are_exact_in_every_full_cycle() {
        assert_eq!(turns(&balancer(&[2, 1], 1.), 6), "aabaab");
        for (bias, weights) in [
            (1., &[5, 1, 1][..]),
            (0., &[7, 2, 7, 2, 1]),
            (0.3, &[3, 3, 3]),
            (2., &[11, 6, 13]),
        ] {
            let balancer = balancer(weights, bias);
            let cycle: u64 = weights.iter().sum();
            for _ in 0..20 {
                let turns = turns(&balancer, cycle as usize);
                for (backend, &weight) in backends(weights).iter().zip(weights) {
                    let had = turns.matches(backend.name()).count() as u64;
                    assert_eq!(had, weight, "{weights:?}: {turns}");
                }
            }
        }
    }

    #[test]
    fn a_change_keeps_deadlines_and_joiners_wait_a_turn() {
        let balancer = balancer(&[1, 1, 1], 1.);
        assert_eq!(turns(&balancer, 2), "ab");
        balancer.update(["d", "c", "a", "b"]).unwrap();
        // c had the next turn; then all have the same deadline.
        assert_eq!(turns(&balancer, 5), "cdcab");
        balancer.set_healthy("b", false).unwrap();
        assert_eq!(turns(&balancer, 3), "dca");
        balancer.set_healthy("b", true).unwrap();
        assert_eq!(turns(&balancer, 4), "dcab");
    }

    #[test]
    fn a_question_takes_no_turn() {
        let balancer = balancer(&[1, 3], 1.);
        let snapshot = balancer.snapshot();
        let question = Pick::new(snapshot.pool(), None).question();
        for _ in 0..40 {
            let asked = snapshot.pick(&question);
            assert_eq!(snapshot.pick(&question), asked);
            assert_eq!(Ok(balancer.route(None).unwrap().slot()), asked);
        }
    }

    proptest! {
        /// A direct implementation of the rule: a scan over a list of deadlines.
        #[test]
        fn every_pick_equals_that_of_a_scan(
            weights in collection::vec(1..7u64, 1..7),
            events in collection::vec((any::<u8>(), any::<u8>()), 1..200),
            bias in 0..4u8,
        ) {
            let bias = f64::from(bias) / 2.;
            let balancer = balancer(&weights, bias);
            let mut deadlines: Vec<_> =
                weights.iter().map(|&weight| turn(bias, 0, weight as u32)).collect();
            let mut open: Vec<Ticket> = Vec::new();
            let mut now = 0;
            for (event, detail) in events {
                if event % 3 == 0 && !open.is_empty() {
                    drop(open.swap_remove(usize::from(detail) % open.len()));
                }
                let names = ["a", "b", "c", "d", "e", "f"];
                let tried = &names[..usize::from(event / 16) % 3];
                let slots: SlotSet = (0..tried.len()).map(Slot::new).collect();
                let allowed = (0..weights.len()).filter(|&slot| !slots.contains(Slot::new(slot)));
                let expected = allowed.min_by_key(|&slot| deadlines[slot]);
                if let Some(slot) = expected {
                    let name = backends(&weights)[slot].name().to_owned();
                    let in_flight = balancer.in_flight(&name).unwrap();
                    now = deadlines[slot].max(now);
                    deadlines[slot] = now + turn(bias, in_flight, weights[slot] as u32);
                }
                let ticket = balancer.retry(None, tried).ok();
                prop_assert_eq!(ticket.as_ref().map(|ticket| ticket.slot().index()), expected);
                open.extend(ticket);
            }
        }
    }
}
