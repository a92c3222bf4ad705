//! **Bounded load**: a strategy by key whose backends take no more than their share and a bit.
//!
//! # How it works
//! With m requests in flight, the one to be placed included, a backend of weight w among W in service
//! takes at most ⌈c · m · w / W⌉ of them, where c is the factor. A key goes to the first backend of
//! its order of preference that has room.
//!
//! # Cost
//! That of the strategy inside, a multiplication or two for each backend that is asked for room, and
//! a short lock for each change of a count. Memory: that of the strategy inside and 16 bytes a
//! backend.
//!
//! # Membership change
//! That of the strategy inside; beside it keys move with the load: the larger the factor the fewer.
//!
//! # Weights
//! Those of the strategy inside; the bound is in proportion to them.
//!
//! # Ineligible backends
//! Neither they nor their requests count; nor those of a backend at a cap of its own. The factor is at
//! least 1, so that somebody always has room; only if who has room was tried before, nobody is picked.
//!
//! # Departures from the paper
//! Weights. Where the paper moves placed balls when others leave, a request stays where it is until
//! it ends. Picking and counting are two steps: on t threads the bound may be exceeded by t − 1.
//!
//! # References
//! V. Mirrokni, M. Thorup, M. Zadimoghaddam: Consistent Hashing with Bounded Loads, SODA 2018,
//! section 1.1.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::strategy::bounded_load::Factor;
//! use evenkeel_algorithms::{Ketama, LoadBalancer, Pool, Strategy};
//!
//! let strategy = Strategy::from(Ketama::default()).bounded(Factor::new(1.25)?);
//! let balancer = LoadBalancer::new(strategy, Pool::new(["b1", "b2", "b3"])?)?;
//! let hot: Vec<_> = (0..12).map(|_| balancer.route(Some(b"hot"))).collect::<Result<_, _>>()?;
//! let first = hot.iter().filter(|ticket| ticket.backend() == hot[0].backend());
//! assert_eq!(first.count(), 5); // of 12 requests, 1.25 times a third
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fmt;
use std::sync::atomic::Ordering::Relaxed;

use crate::balancer::{Balancer, Key, Pick, Profile, Step};
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::pool::Pool;
use crate::slot::Slot;
use crate::strategy::Strategy;
use crate::sync::AtomicU64;

/// How far a backend's load may exceed its share: 1 to 1,000, to six decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Factor {
    millionths: u32,
}

/// Those of a whole.
const MILLIONTHS: u128 = 1_000_000;

impl Factor {
    /// Checks a factor.
    ///
    /// # Errors
    /// [`BuildError::BoundedLoad`] outside 1 to 1,000.
    pub fn new(factor: f64) -> Result<Self, BuildError> {
        if (1.0..=1000.0).contains(&factor) {
            let millionths = (factor * MILLIONTHS as f64).round() as u32;
            Ok(Self { millionths })
        } else {
            let factor = factor.to_string();
            Err(BuildError::BoundedLoad { factor })
        }
    }

    /// The factor as a number.
    #[must_use]
    pub fn get(self) -> f64 {
        f64::from(self.millionths) / MILLIONTHS as f64
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.get(), f)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Factor {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::de::number(deserializer, "a number from 1 to 1000", Self::new)
    }
}

/// A strategy by key under a bound; see the [module](self).
#[derive(Debug)]
pub struct BoundedLoad {
    inner: Box<Strategy>,
    factor: Factor,
    members: Box<[Share]>,
    /// The sum over the members.
    total: Share,
}

/// What a member has in flight and its weight; nothing of one that may not be picked.
///
/// One thread at a time writes (see [`Balancer::settle`]).
#[derive(Debug, Default)]
struct Share {
    in_flight: AtomicU64,
    weight: AtomicU64,
}

impl Share {
    /// Replaces the share of one member, and what it adds to the total.
    fn replace(&self, total: &Self, in_flight: u64, weight: u64) {
        for (part, sum, new) in [
            (&self.in_flight, &total.in_flight, in_flight),
            (&self.weight, &total.weight, weight),
        ] {
            let others = sum.load(Relaxed) - part.load(Relaxed);
            part.store(new, Relaxed);
            sum.store(others + new, Relaxed);
        }
    }
}

impl BoundedLoad {
    /// A bound around a strategy; a load balancer builds both for its pool.
    #[must_use]
    pub fn new(inner: Strategy, factor: Factor) -> Self {
        Self {
            inner: Box::new(inner),
            factor,
            members: Box::default(),
            total: Share::default(),
        }
    }

    /// Picks by the strategy inside among those who have room.
    fn among_roomy<T>(&self, pick: &Pick<'_>, inside: impl FnOnce(&Pick<'_>) -> T) -> T {
        let requests = u128::from(self.total.in_flight.load(Relaxed)) + 1;
        let weights = u128::from(self.total.weight.load(Relaxed));
        let factor = u128::from(self.factor.millionths);
        // A whole number is below ⌈x⌉ exactly if it is below x, which needs no division.
        let has_room = |slot: Slot| {
            let in_flight = u128::from(pick.pool().in_flight(slot));
            let weight = u128::from(pick.pool().weight(slot).get());
            in_flight * weights * MILLIONTHS < factor * requests * weight
        };
        inside(&pick.within(&|slot| has_room(slot) && pick.allows(slot)))
    }
}

impl Balancer for BoundedLoad {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.among_roomy(pick, |pick| self.inner.pick(pick))
    }

    fn rebuild(&self, pool: &Pool) -> Result<Strategy, BuildError> {
        if self.inner.profile().key == Key::Unused {
            return Err(BuildError::BoundedLoadWithoutKey);
        }
        let bounded = Self {
            inner: Box::new(self.inner.rebuild(pool)?),
            factor: self.factor,
            members: pool.slots().map(|_| Share::default()).collect(),
            total: Share::default(),
        };
        pool.slots().for_each(|slot| bounded.count(pool, slot));
        Ok(bounded.into())
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text("bounded-load");
        fingerprint.number(self.factor.millionths.into());
        self.inner.describe(fingerprint);
    }

    fn profile(&self) -> Profile {
        Profile {
            in_flight: true,
            minimal: false,
            may_give_up: true,
            ..self.inner.profile()
        }
    }

    fn settle(&self, pool: &Pool, slot: Slot) {
        self.count(pool, slot);
        if self.inner.profile().in_flight {
            self.inner.settle(pool, slot);
        }
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step)) -> Option<Slot> {
        self.among_roomy(pick, |pick| self.inner.trace(pick, steps))
    }

    fn memory(&self) -> usize {
        let inner = size_of_val(&*self.inner) + self.inner.memory();
        inner + size_of_val(&*self.members)
    }
}

impl BoundedLoad {
    fn count(&self, pool: &Pool, slot: Slot) {
        let (in_flight, weight) = if pool.admits(slot) {
            (pool.in_flight(slot), pool.weight(slot).get().into())
        } else {
            (0, 0)
        };
        self.members[slot.index()].replace(&self.total, in_flight, weight);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, Ketama, LoadBalancer, Maglev, Rendezvous, RouteError, Ticket, Weight};
    use proptest::collection;
    use proptest::prelude::{any, prop_assert, prop_assert_eq, proptest};

    #[test]
    fn factors_are_checked() {
        assert_eq!(Factor::new(1.25).unwrap().to_string(), "1.25");
        assert_eq!(Factor::new(1.).unwrap().get(), 1.);
        for wrong in [0.999_999, 1000.1, f64::NAN, f64::INFINITY, -2.] {
            assert!(Factor::new(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_strategy_without_a_key_takes_no_bound() {
        let bounded =
            Strategy::from(crate::RoundRobin::default()).bounded(Factor::new(2.).unwrap());
        let error = LoadBalancer::new(bounded, Pool::new(["a"]).unwrap()).unwrap_err();
        assert_eq!(error, BuildError::BoundedLoadWithoutKey);
    }

    /// Who has room was tried: the bound holds all the same.
    #[test]
    fn a_bound_is_not_broken_for_a_retry() {
        let strategy = Strategy::from(Rendezvous::default()).bounded(Factor::new(1.).unwrap());
        let balancer = LoadBalancer::new(strategy, Pool::new(["a", "b"]).unwrap()).unwrap();
        let first = balancer.route(Some(b"k")).unwrap();
        let second = if first.backend().name() == "a" {
            "b"
        } else {
            "a"
        };
        let error = balancer.retry(Some(b"k"), &[second]).unwrap_err();
        assert_eq!(error, RouteError::NoBackend);
        assert!(
            balancer
                .retry(Some(b"k"), &[first.backend().name()])
                .is_ok()
        );
    }

    /// Who is at a cap of its own is no part of the average that the others are held to.
    #[test]
    fn a_full_backend_does_not_bound_the_others() {
        let capped = Backend::new("a").with_max_in_flight(std::num::NonZeroU32::MIN);
        let backends = [capped, Backend::new("b"), Backend::new("c")];
        let strategy = Strategy::from(Ketama::default()).bounded(Factor::new(1.).unwrap());
        let balancer = LoadBalancer::new(strategy, Pool::new(backends).unwrap()).unwrap();
        let tickets: Vec<_> = (0..31u8).map(|key| balancer.route(Some(&[key]))).collect();
        assert!(tickets.iter().all(Result::is_ok));
        assert_eq!(balancer.in_flight("a"), Some(1));
        assert_eq!(balancer.in_flight("b"), balancer.in_flight("c"));
    }

    /// ⌈c · m · w / W⌉ by the division that the pick avoids.
    fn cap(millionths: u128, requests: u128, weight: u128, weights: u128) -> u128 {
        (millionths * requests * weight).div_ceil(weights * MILLIONTHS)
    }

    proptest! {
        /// A few keys are hot, backends come and go, requests end: each placement is within the
        /// bound, and somebody is always found.
        #[test]
        fn no_placement_exceeds_the_cap(
            weights in collection::vec(1..6u64, 1..9),
            factor in 1_000_000..3_000_000u32,
            events in collection::vec((any::<u8>(), any::<u8>()), 1..300),
            kind in 0..3usize,
        ) {
            let inner = [Ketama::default().into(), Maglev::default().into(), Rendezvous::default().into()];
            let inner: Strategy = inner.into_iter().nth(kind).unwrap();
            let backend = |(index, &weight): (usize, &u64)| {
                Backend::new(index.to_string()).with_weight(Weight::new(weight).unwrap())
            };
            let pool = Pool::new(weights.iter().enumerate().map(backend)).unwrap();
            let factor = Factor { millionths: factor };
            let balancer = LoadBalancer::new(inner.bounded(factor), pool).unwrap();
            let mut open: Vec<Ticket> = Vec::new();
            for (event, detail) in events {
                let detail = usize::from(detail);
                match event % 8 {
                    0 if !open.is_empty() => drop(open.swap_remove(detail % open.len())),
                    1 => {
                        let name = (detail % weights.len()).to_string();
                        balancer.set_eligible(&name, event % 16 == 1);
                    }
                    _ => {}
                }
                let snapshot = balancer.snapshot();
                let pool = snapshot.pool();
                let active = || pool.slots().filter(|&slot| pool.is_active(slot));
                let Ok(ticket) = balancer.route(Some(&[event % 4])) else {
                    prop_assert_eq!(active().count(), 0);
                    continue;
                };
                let requests = active().map(|slot| u128::from(pool.in_flight(slot))).sum();
                let weights = active().map(|slot| u128::from(pool.weight(slot).get())).sum();
                let weight = ticket.backend().weight().get().into();
                let most = cap(factor.millionths.into(), requests, weight, weights);
                prop_assert!(u128::from(pool.in_flight(ticket.slot())) <= most);
                open.push(ticket);
            }
        }
    }
}
