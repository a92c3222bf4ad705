//! **Bounded load**: an algorithm by key whose backends take no more than their share and a bit.
//!
//! # How it works
//! With m requests in flight, the one to be placed included, a backend of weight w among W in service
//! takes at most ⌈c · m · w / W⌉ of them, where c is the factor. A key goes to the first backend of
//! its order of preference that has room. Or, with [`Overflow::Rehash`], to the backend of the key hashed
//! anew, and again, until one has room: then a full backend's keys spread over all others, where a ring
//! of few points would fill the next one with them, and then the one after it (a cascade).
//!
//! # Cost
//! That of the algorithm inside, a multiplication or two for each backend that is asked for room, and
//! a short lock for each change of a count. Memory: that of the algorithm inside and 16 bytes a
//! backend.
//!
//! # Membership change
//! That of the algorithm inside; beside it keys move with the load: the larger the factor the fewer.
//!
//! # Weights
//! Those of the algorithm inside; the bound is in proportion to them.
//!
//! # Ineligible backends
//! Neither they nor their requests count; nor those of a backend at a cap of its own. The factor is at
//! least 1, so that one always has room; only if what has room was tried before, none is picked. Where
//! the balancer inside [overrides health](Balancer::overrides_health), all that it takes in count.
//!
//! # Departures from the paper
//! Weights. After 32 hashes without room the order of preference decides. Where the paper moves placed balls when others leave, a request stays where it is until
//! it ends. Picking and counting are two steps: on t threads the bound may be exceeded by t − 1.
//!
//! # References
//! V. Mirrokni, M. Thorup, M. Zadimoghaddam: Consistent Hashing with Bounded Loads, SODA 2018,
//! section 1.1. J. Chen, B. Coleman, A. Shrivastava: Revisiting Consistent Hashing with Bounded Loads,
//! AAAI 2021, section 4 (random jumps).
//!
//! # Example
//! ```
//! use evenkeel_algorithms::strategy::bounded_load::{Factor, Options};
//! use evenkeel_algorithms::{BoundedLoad, Ketama, LoadBalancer, Pool};
//!
//! let bound = Options::from(Factor::new(1.25)?);
//! let bounded = BoundedLoad::new(Ketama::default(), bound);
//! let balancer = LoadBalancer::new(bounded, Pool::new(["b1", "b2", "b3"])?)?;
//! let hot: Vec<_> = (0..12).map(|_| balancer.route(Some(b"hot"))).collect::<Result<_, _>>()?;
//! let first = hot.iter().filter(|ticket| ticket.backend() == hot[0].backend());
//! assert_eq!(first.count(), 5); // of 12 requests, 1.25 times a third
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crate::algorithm::{Algorithm, carried};
use crate::backend::Weight;
use crate::balancer::Balancer;
use crate::error::BuildError;
use crate::hash::{Fingerprint, Hashing, SplitMix};
use crate::option::{MILLIONTHS, decimal_option};
use crate::outcome::{Outcome, Report};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::slot::{Slot, SlotSet};
use crate::step::Step;
use crate::sync::AtomicU64;

decimal_option!(
    /// How far a backend's load may exceed its share.
    Factor, "bounded_load": 1 to 1_000
);

/// Where a key goes whose backend has no room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overflow {
    /// To the next backend in its order of preference.
    #[default]
    Walk,
    /// To the backend of the key hashed anew.
    Rehash,
}

/// A bound, and what is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// How far a load may exceed its share.
    pub factor: Factor,
    /// Where a key goes whose backend has no room.
    pub overflow: Overflow,
}

impl From<Factor> for Options {
    fn from(factor: Factor) -> Self {
        let overflow = Overflow::default();
        Self { factor, overflow }
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Options {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;

        if self.overflow == Overflow::Walk {
            return serializer.serialize_f64(self.factor.get());
        }
        let mut fields = serializer.serialize_struct("Options", 2)?;
        fields.serialize_field("factor", &self.factor.get())?;
        fields.serialize_field("overflow", "rehash")?;
        fields.end()
    }
}

#[cfg(feature = "serde")]
mod read {
    use std::fmt;

    use serde::de::value::MapAccessDeserializer;
    use serde::de::{Deserialize, Deserializer, Error, IntoDeserializer, MapAccess, Visitor};

    use super::{Factor, Options, Overflow};

    #[derive(serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Fields {
        factor: Factor,
        #[serde(default)]
        overflow: Overflow,
    }

    impl<'de> Deserialize<'de> for Overflow {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let words = [("walk", Self::Walk), ("rehash", Self::Rehash)];
            crate::de::one_of(deserializer, "`walk` or `rehash`", &words)
        }
    }

    impl<'de> Deserialize<'de> for Options {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_any(FactorOrFields)
        }
    }

    struct FactorOrFields;

    impl<'de> Visitor<'de> for FactorOrFields {
        type Value = Options;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("a number from 1 to 1000, or a map with `factor`")
        }

        fn visit_f64<E: Error>(self, number: f64) -> Result<Options, E> {
            Factor::deserialize(number.into_deserializer()).map(Into::into)
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<Options, E> {
            self.visit_f64(number as f64)
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<Options, E> {
            self.visit_f64(number as f64)
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Options, A::Error> {
            let Fields { factor, overflow } = Fields::deserialize(MapAccessDeserializer::new(map))?;
            Ok(Options { factor, overflow })
        }
    }
}

/// An algorithm by key under a bound; see the [module](self).
#[derive(Clone, Debug)]
pub struct BoundedLoad {
    inner: Arc<dyn Algorithm>,
    options: Options,
}

impl BoundedLoad {
    /// A bound around an algorithm.
    pub fn new(inner: impl Algorithm + 'static, options: impl Into<Options>) -> Self {
        Self {
            inner: Arc::new(inner),
            options: options.into(),
        }
    }

    fn built(&self, pool: &Pool, before: Option<&Built>) -> Result<Built, BuildError> {
        let profile = self.inner.profile();
        if profile.key == Key::Unused {
            return Err(BuildError::BoundedLoadWithoutKey);
        }
        let inner = self
            .inner
            .build(pool, before.map(|before| &*before.inner))?;
        let built = Built {
            tells_changes: profile.on_change,
            overrides_health: inner.overrides_health(),
            inner,
            on_backups: pool.is_on_backups(),
            options: self.options,
            members: pool.slots().map(|_| Share::default()).collect(),
            total: Share::default(),
        };
        pool.slots().for_each(|slot| built.count(pool, slot));
        Ok(built)
    }
}

impl Algorithm for BoundedLoad {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        Ok(Box::new(self.built(pool, carried(before))?))
    }

    fn profile(&self) -> Profile {
        Profile {
            in_flight: true,
            on_change: true,
            minimal: false,
            may_give_up: true,
            ..self.inner.profile()
        }
    }
}

/// The balancer inside, and the counts of a pool.
#[derive(Debug)]
pub struct Built {
    inner: Box<dyn Balancer>,
    /// Whether the balancer inside is told of changes.
    tells_changes: bool,
    /// Whether the balancer inside overrides health.
    overrides_health: bool,
    /// Whether backups were in service when it was built.
    on_backups: bool,
    options: Options,
    members: Box<[Share]>,
    /// The sum over the members.
    total: Share,
}

/// What a member has in flight and its weight; nothing of one that may not be picked.
///
/// One thread at a time writes (see [`Balancer::on_change`]).
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

impl Built {
    /// Picks by the algorithm inside among those that have room.
    fn among_roomy(
        &self,
        pick: &Pick<'_>,
        mut inside: impl FnMut(&Pick<'_>) -> Option<Slot>,
    ) -> Option<Slot> {
        let bound = Bound {
            factor: self.options.factor,
            requests: self.total.in_flight.load(Relaxed) + 1,
            weights: self.total.weight.load(Relaxed),
        };
        let pool = pick.pool();
        let has_room = |slot| bound.leaves_room(pool.in_flight(slot), pool.weight(slot));
        if self.options.overflow == Overflow::Rehash
            && let Some(key) = pick.key()
        {
            let first = inside(pick)?;
            if has_room(first) {
                return Some(first);
            }
            let rehashed = self.rehashed(key, pick).find(|&slot| has_room(slot));
            if rehashed.is_some() {
                return rehashed;
            }
        }
        let roomy = inside(&pick.within(&|slot| has_room(slot) && pick.permits(slot)));
        roomy.or_else(|| self.at_one_moment(pick, inside))
    }

    /// While threads count, the sum may lag behind the counts, so that all seem to be full. By the
    /// counts of one moment one has room.
    #[cold]
    fn at_one_moment(
        &self,
        pick: &Pick<'_>,
        mut inside: impl FnMut(&Pick<'_>) -> Option<Slot>,
    ) -> Option<Slot> {
        let pool = pick.pool();
        let count = |slot| {
            self.is_counted(pool, slot)
                .then(|| (pool.in_flight(slot), pool.weight(slot)))
        };
        let counts: Vec<_> = pool.slots().map(count).collect();
        let counted = || counts.iter().flatten();
        let bound = Bound {
            factor: self.options.factor,
            requests: counted().map(|(in_flight, _)| in_flight).sum::<u64>() + 1,
            weights: counted().map(|(_, weight)| u64::from(weight.get())).sum(),
        };
        let has_room = |slot: Slot| {
            let counted = counts[slot.index()];
            counted.is_some_and(|(in_flight, weight)| bound.leaves_room(in_flight, weight))
        };
        inside(&pick.within(&|slot| has_room(slot) && pick.permits(slot)))
    }

    /// The backends of a key hashed anew, and again.
    fn rehashed(&self, key: &[u8], pick: &Pick<'_>) -> impl Iterator<Item = Slot> {
        // Not the algorithm's own hash of the key, of which nothing is known here.
        let mut keys = SplitMix::new(Hashing::default().key(key));
        let tries = (0..REHASHES).map(move |_| keys.next_number().to_le_bytes());
        tries.filter_map(|key| self.inner.pick(&pick.with_key(&key)))
    }
}

/// The bound that so many requests, the one to be placed included, put on each.
struct Bound {
    factor: Factor,
    requests: u64,
    weights: u64,
}

impl Bound {
    /// Whether so many requests in flight are below ⌈factor · requests · weight / weights⌉: a whole
    /// number is exactly if it is below what is rounded up, which needs no division.
    fn leaves_room(&self, in_flight: u64, weight: Weight) -> bool {
        let factor = u128::from(self.factor.millionths);
        let (requests, weights) = (u128::from(self.requests), u128::from(self.weights));
        let held = u128::from(in_flight) * weights * u128::from(MILLIONTHS);
        held < factor * requests * u128::from(weight.get())
    }
}

/// How often a key is hashed anew before its order of preference decides.
const REHASHES: usize = 32;

#[deny(clippy::missing_trait_methods)]
impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.among_roomy(pick, |pick| self.inner.pick(pick))
    }

    fn overrides_health(&self) -> bool {
        self.overrides_health
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text("bounded-load");
        fingerprint.number(self.options.factor.millionths.into());
        fingerprint.number(self.options.overflow as u64);
        self.inner.describe(fingerprint);
    }

    fn on_change(&self, pool: &Pool, slot: Slot) {
        self.count(pool, slot);
        if self.tells_changes {
            self.inner.on_change(pool, slot);
        }
    }

    fn on_outcome(&self, pool: &Pool, slot: Slot, outcome: Outcome, now: Duration) {
        self.inner.on_outcome(pool, slot, outcome, now);
    }

    fn on_report(&self, pool: &Pool, slot: Slot, report: Report, now: Duration) {
        self.inner.on_report(pool, slot, report, now);
    }

    fn probe(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.inner.probe(pick)
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let question = pick.question();
        self.inner.trace(&question, steps);
        // Before it is picked: without a key the balancer inside may draw a number for each pick.
        if let Some(answer) = self.pick(&question) {
            self.tell_full(&question, answer, steps);
        }
        self.pick(pick)
    }

    fn table(&self) -> Option<Vec<Slot>> {
        self.inner.table()
    }

    fn memory(&self) -> usize {
        let inner = size_of_val(&*self.inner) + self.inner.memory();
        inner + size_of_val(&*self.members)
    }
}

impl Built {
    /// Tells what stands before the answer in the order of preference, and what was done about it.
    fn tell_full(&self, pick: &Pick<'_>, answer: Slot, steps: &mut dyn FnMut(Step<'_>)) {
        let mut seen = SlotSet::new();
        loop {
            let unseen = |slot| !seen.contains(slot) && pick.permits(slot);
            let next = self.inner.pick(&pick.within(&unseen));
            match next {
                Some(slot) if slot != answer && seen.insert(slot) => steps(Step::Full(slot)),
                _ => return,
            }
            if self.options.overflow == Overflow::Rehash {
                steps(Step::Fallback("the key hashed anew"));
                return;
            }
        }
    }

    /// Whether the balancer inside may pick a member now, so that its load is a part of the whole.
    fn is_counted(&self, pool: &Pool, slot: Slot) -> bool {
        if self.overrides_health {
            pool.backend(slot).is_backup() == self.on_backups && pool.has_room(slot)
        } else {
            pool.admits(slot)
        }
    }

    fn count(&self, pool: &Pool, slot: Slot) {
        let (in_flight, weight) = if self.is_counted(pool, slot) {
            (pool.in_flight(slot), pool.weight(slot).get().into())
        } else {
            (0, 0)
        };
        self.members[slot.index()].replace(&self.total, in_flight, weight);
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::strategy::ketama;
    use crate::{Backend, Ketama, LoadBalancer, Maglev, Rendezvous, RouteError, Ticket};
    use proptest::collection;
    use proptest::prelude::{Just, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

    /// The counts are ahead of their sum, as when threads have counted and not yet told: one has
    /// room all the same.
    #[test]
    fn a_sum_that_lags_behind_refuses_nobody() {
        for overflow in [Overflow::Walk, Overflow::Rehash] {
            let pool = Pool::new(["a", "b"]).unwrap();
            let factor = Factor::new(1.).unwrap();
            let bounded = BoundedLoad::new(Rendezvous::default(), Options { factor, overflow });
            let bounded = bounded.built(&pool, None).unwrap();
            let raised = [Slot(0), Slot(1), Slot(1)];
            assert!(raised.iter().all(|&slot| pool.member(slot).raise()));
            for key in 0..100u8 {
                assert_eq!(bounded.pick(&Pick::new(&pool, Some(&[key]))), Some(Slot(0)));
            }
        }
    }

    #[test]
    fn an_algorithm_without_a_key_takes_no_bound() {
        let bounded = BoundedLoad::new(crate::RoundRobin, Factor::new(2.).unwrap());
        let error = LoadBalancer::new(bounded, Pool::new(["a"]).unwrap()).unwrap_err();
        assert_eq!(error, BuildError::BoundedLoadWithoutKey);
    }

    /// What has room was tried: the bound holds all the same.
    #[test]
    fn a_bound_is_not_broken_for_a_retry() {
        let bounded = BoundedLoad::new(Rendezvous::default(), Factor::new(1.).unwrap());
        let balancer = LoadBalancer::new(bounded, Pool::new(["a", "b"]).unwrap()).unwrap();
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

    /// What is at a cap of its own is no part of the average that the others are held to.
    #[test]
    fn a_full_backend_does_not_bound_the_others() {
        let capped = Backend::new("a").with_max_in_flight(std::num::NonZeroU32::MIN);
        let backends = [capped, Backend::new("b"), Backend::new("c")];
        let bounded = BoundedLoad::new(Ketama::default(), Factor::new(1.).unwrap());
        let balancer = LoadBalancer::new(bounded, Pool::new(backends).unwrap()).unwrap();
        let tickets: Vec<_> = (0..31u8).map(|key| balancer.route(Some(&[key]))).collect();
        assert!(tickets.iter().all(Result::is_ok));
        assert_eq!(balancer.in_flight("a"), Some(1));
        assert_eq!(balancer.in_flight("b"), balancer.in_flight("c"));
    }

    /// How many backends get requests when all keys belong to the same one of twenty on a ring of one
    /// point each.
    fn reached_by_overflow(overflow: Overflow) -> usize {
        let points = ketama::PointsPerWeight::new(1).unwrap();
        let ring = Ketama::new(
            Hashing::default(),
            ketama::Options {
                points_per_weight: points,
            },
        );
        let factor = Factor::new(3.).unwrap();
        let bounded = BoundedLoad::new(ring, Options { factor, overflow });
        let pool = Pool::new((0..20).map(|name| name.to_string())).unwrap();
        let balancer = LoadBalancer::new(bounded, pool).unwrap();
        let owner = |key: &u32| balancer.owners(&key.to_le_bytes(), 1).unwrap()[0].clone();
        let hot = owner(&0);
        // While nothing is in flight yet.
        let keys: Vec<u32> = (0..).filter(|key| owner(key) == hot).take(500).collect();
        let route = |key: u32| balancer.route(Some(&key.to_le_bytes())).unwrap();
        let open: Vec<Ticket> = keys.into_iter().map(route).collect();
        let names = open.iter().map(|ticket| ticket.backend().name().to_owned());
        names.collect::<BTreeSet<_>>().len()
    }

    /// A walk fills one backend after the other to the bound, 3/20 of the requests.
    #[test]
    fn rehashing_spreads_what_a_walk_piles_up() {
        assert_eq!(reached_by_overflow(Overflow::Walk), 7);
        assert!(reached_by_overflow(Overflow::Rehash) > 15);
    }

    /// ⌈c · m · w / W⌉ by the division that the pick avoids.
    fn cap(millionths: u128, requests: u128, weight: u128, weights: u128) -> u128 {
        (millionths * requests * weight).div_ceil(weights * u128::from(MILLIONTHS))
    }

    proptest! {
        /// A few keys are hot, backends come and go, requests end: each placement is within the
        /// bound, and one is always found.
        #[test]
        fn no_placement_exceeds_the_cap(
            weights in collection::vec(1..6u64, 1..9),
            factor in 1_000_000..3_000_000u32,
            events in collection::vec((any::<u8>(), any::<u8>()), 1..300),
            kind in 0..3usize,
            overflow in prop_oneof![Just(Overflow::Walk), Just(Overflow::Rehash)],
        ) {
            let inner: [Box<dyn Algorithm>; 3] = [
                Box::new(Ketama::default()),
                Box::new(Maglev::default()),
                Box::new(Rendezvous::default()),
            ];
            let inner = inner.into_iter().nth(kind).unwrap();
            let backend = |(index, &weight): (usize, &u64)| {
                Backend::new(index.to_string()).with_weight(Weight::new(weight).unwrap())
            };
            let pool = Pool::new(weights.iter().enumerate().map(backend)).unwrap();
            let factor = Factor { millionths: factor };
            let balancer = LoadBalancer::new(BoundedLoad::new(inner, Options { factor, overflow }), pool).unwrap();
            let mut open: Vec<Ticket> = Vec::new();
            for (event, detail) in events {
                let detail = usize::from(detail);
                match event % 8 {
                    0 if !open.is_empty() => drop(open.swap_remove(detail % open.len())),
                    1 => {
                        let name = (detail % weights.len()).to_string();
                        balancer.set_healthy(&name, event % 16 == 1).unwrap();
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
