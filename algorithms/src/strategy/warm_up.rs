//! **Warm-up**: an algorithm by key whose newcomers take their share gradually.
//!
//! # How it works
//! Whatever joins after the first pool is a newcomer from then on. A key whose backend is a
//! newcomer draws a number for it, uniform from 0 to 1; it goes there as soon as that part of the time
//! has passed, and until then where it went before: to the backend of a second balancer, over those that
//! were there when the newcomer joined. So a cache fills up without a burst of misses.
//!
//! # Cost
//! That of the algorithm inside; the keys of newcomers take a reading of the clock and a second pick.
//! Memory and build: once more that of the algorithm inside for each change that brought newcomers that
//! are not warm yet, and 24 bytes a backend.
//!
//! # Membership change
//! That of the algorithm inside, spread over the time: keys move only to the newcomer, each of them once,
//! and in the end it has its whole share.
//!
//! # Weights
//! Those of the algorithm inside.
//!
//! # Ineligible backends
//! As in the algorithm inside. If none but newcomers can be reached, they are.
//!
//! # Departures from the usual
//! Envoy's slow start and HAProxy's `slowstart` grow a weight, which moves keys between the others where
//! weights are normalised, and does nothing for a table that is built once. Here a key has one date. Time
//! is [the caller's](crate::LoadBalancer::with_clock): a clock that counts steps warms up in steps, and
//! without one newcomers are warm at once. A raised weight is taken at once.
//!
//! # References
//! Envoy: documentation of slow start mode, 2021. HAProxy: configuration manual, `slowstart`.
//!
//! # Example
//! ```
//! use std::sync::Arc;
//! use std::sync::atomic::{AtomicU64, Ordering};
//! use std::time::Duration;
//!
//! use evenkeel_algorithms::strategy::warm_up::Options;
//! use evenkeel_algorithms::{LoadBalancer, Pool, Rendezvous, Seed, WarmUp};
//!
//! let step = Arc::new(AtomicU64::new(0));
//! let clock = Arc::clone(&step);
//! let ten_steps = Options::over(Duration::from_secs(10))?;
//! let balancer = LoadBalancer::with_clock(
//!     WarmUp::new(Rendezvous::default(), Seed::DEFAULT, ten_steps),
//!     Pool::new(["b1"])?,
//!     move || Duration::from_secs(clock.load(Ordering::Relaxed)),
//! )?;
//! balancer.update(["b1", "b2"])?;
//! let share = || -> usize {
//!     let to_b2 = |key: u32| balancer.route(Some(&key.to_le_bytes())).unwrap().backend().name() == "b2";
//!     (0..1_000).filter(|&key| to_b2(key)).count()
//! };
//! assert_eq!(share(), 0);
//! step.store(5, Ordering::Relaxed);
//! assert!((200..300).contains(&share())); // half of its half
//! step.store(10, Ordering::Relaxed);
//! assert!((450..550).contains(&share()));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use crate::algorithm::{Algorithm, carried};
use crate::backend::Backend;
use crate::balancer::Balancer;
use crate::error::BuildError;
use crate::hash::{Domain, Fingerprint, Hashing, mix};
use crate::outcome::{Outcome, Report};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::slot::Slot;
use crate::step::Step;
use crate::sync::AtomicBool;

/// How long a newcomer takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    over: Duration,
}

impl Options {
    /// The longest time, 365 days.
    pub const MAX: Duration = Duration::from_secs(365 * 24 * 3600);

    /// Checks a time.
    ///
    /// # Errors
    /// [`BuildError::WarmUp`] for no time at all and for more than [`MAX`](Self::MAX).
    pub fn over(time: Duration) -> Result<Self, BuildError> {
        if time.is_zero() || time > Self::MAX {
            return Err(BuildError::WarmUp {
                time,
                max: Self::MAX,
            });
        }
        Ok(Self { over: time })
    }

    /// The time.
    #[must_use]
    pub const fn time(self) -> Duration {
        self.over
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Options {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Seconds(Options);

        impl<'de> serde::Deserialize<'de> for Seconds {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let expecting = "a number of seconds, from above 0 to 31536000";
                let check = |seconds| {
                    let time = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::ZERO);
                    Options::over(time).map(Self)
                };
                crate::de::number(deserializer, expecting, check)
            }
        }

        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields, expecting = "a map with `seconds`")]
        struct Fields {
            seconds: Seconds,
        }

        Fields::deserialize(deserializer).map(|fields| fields.seconds.0)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Options {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;

        let mut fields = serializer.serialize_struct("Options", 1)?;
        fields.serialize_field("seconds", &self.over.as_secs_f64())?;
        fields.end()
    }
}

/// An algorithm whose newcomers warm up; see the [module](self).
#[derive(Clone, Debug)]
pub struct WarmUp {
    inner: Arc<dyn Algorithm>,
    hashing: Hashing,
    options: Options,
}

impl WarmUp {
    /// An algorithm whose newcomers take their share gradually, by the load balancer's clock. By `hashing`
    /// keys draw when they move: give it the seed of the algorithm inside.
    pub fn new(
        inner: impl Algorithm + 'static,
        hashing: impl Into<Hashing>,
        options: Options,
    ) -> Self {
        Self {
            inner: Arc::new(inner),
            hashing: hashing.into(),
            options,
        }
    }

    /// The backends of a pool that are not warm yet. Without a clock nothing is waited for.
    fn newcomers(
        &self,
        pool: &Pool,
        changes: u64,
        before: Option<&Built>,
    ) -> Box<[Option<Arc<Newcomer>>]> {
        let mut known: Vec<_> = before
            .map(|before| before.names.iter().zip(&before.newcomers))
            .into_iter()
            .flatten()
            .collect();
        known.sort_unstable_by_key(|&(name, _)| name);
        let newcomer = |slot: Slot| {
            let name = pool.backend(slot).name();
            match known.binary_search_by_key(&name, |(known, _)| known) {
                Ok(place) => known[place].1.clone().filter(|newcomer| {
                    let passed = pool.since().map(|now| now.saturating_sub(newcomer.since));
                    !newcomer.is_warm() && passed.is_none_or(|passed| passed < self.options.over)
                }),
                Err(_) if changes == 0 => None,
                Err(_) => pool.since().map(|since| {
                    Arc::new(Newcomer {
                        joined: changes,
                        since,
                        draw: self.hashing.name(Domain::WarmUp, name).0,
                        warm: false.into(),
                    })
                }),
            }
        };
        pool.slots().map(newcomer).collect()
    }
}

impl Algorithm for WarmUp {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let before = carried::<Built>(before);
        if self.inner.profile().key == Key::Unused {
            return Err(BuildError::WarmUpWithoutKey);
        }
        let inner = self
            .inner
            .build(pool, before.map(|before| &*before.inner))?;
        let after_first = before.filter(|before| !before.names.is_empty());
        let changes = after_first.map_or(0, |before| before.changes + 1);
        let newcomers = self.newcomers(pool, changes, before);
        let mut joined: Vec<_> = newcomers
            .iter()
            .flatten()
            .map(|newcomer| newcomer.joined)
            .collect();
        joined.sort_unstable();
        joined.dedup();
        let layer = |change| Layer::new(change, self, before, pool, &newcomers);
        Ok(Box::new(Built {
            layers: joined.into_iter().map(layer).collect::<Result<_, _>>()?,
            inner,
            hashing: self.hashing,
            options: self.options,
            changes,
            names: pool.backends().map(Backend::shared_name).collect(),
            newcomers,
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            // What a layer's pool says of its members follows from their health.
            rebuilt_on_health: true,
            ..self.inner.profile()
        }
    }
}

/// The balancer inside, and the newcomers of a pool.
#[derive(Debug)]
pub struct Built {
    inner: Box<dyn Balancer>,
    hashing: Hashing,
    options: Options,
    /// How often the pool has changed since the first one.
    changes: u64,
    names: Box<[Arc<str>]>,
    newcomers: Box<[Option<Arc<Newcomer>>]>,
    layers: Box<[Layer]>,
}

/// A backend that joined later and is not warm yet.
#[derive(Debug)]
struct Newcomer {
    /// The change with which it joined.
    joined: u64,
    /// When that was.
    since: Duration,
    /// What its name adds to the draws of the keys.
    draw: u64,
    warm: AtomicBool,
}

impl Newcomer {
    fn is_warm(&self) -> bool {
        self.warm.load(Relaxed)
    }

    /// Whether a key may go there by now.
    fn admits(&self, hash: u64, now: Duration, over: Duration) -> bool {
        if self.is_warm() {
            return true;
        }
        let passed = now.saturating_sub(self.since).min(over);
        if passed == over {
            self.warm.store(true, Relaxed);
        }
        // Draws are parts of 2^64; the longest time is below 2^55 nanoseconds.
        passed.as_nanos() << 64 > u128::from(mix(hash ^ self.draw)) * over.as_nanos()
    }
}

/// The balancer over those that were there before a change.
#[derive(Debug)]
struct Layer {
    change: u64,
    balancer: Box<dyn Balancer>,
    pool: Pool,
    /// Where each of them is in the whole pool.
    slots: Box<[Slot]>,
}

impl Layer {
    /// Those that were there before a change, as far as they are left. Their numbering goes on from
    /// before it, or from this layer as it was: a joiner takes no number from them.
    fn new(
        change: u64,
        warm_up: &WarmUp,
        before: Option<&Built>,
        pool: &Pool,
        newcomers: &[Option<Arc<Newcomer>>],
    ) -> Result<Self, BuildError> {
        let joined = |slot: Slot| {
            newcomers[slot.index()]
                .as_ref()
                .map_or(0, |newcomer| newcomer.joined)
        };
        let slots: Box<[_]> = pool.slots().filter(|&slot| joined(slot) < change).collect();
        let mut part = pool.part(&slots);
        if warm_up.inner.profile().history {
            let numbering = match before.and_then(|before| before.layer(change)) {
                Some(layer) => layer.pool.numbering()?,
                None => pool.numbering_before(),
            };
            part = part.with_numbering(numbering.clone());
        }
        let before = before.map(|before| &*before.inner);
        Ok(Self {
            change,
            balancer: warm_up.inner.build(&part, before)?,
            pool: part,
            slots,
        })
    }

    /// Picks among those that were there. Their health is overridden only if that of the
    /// whole pool is.
    fn pick(&self, overrides: bool, pick: &Pick<'_>, inside: &mut Inside<'_>) -> Option<Slot> {
        let outer = |slot: Slot| self.slots[slot.index()];
        let reaches = |slot: Slot| {
            if overrides {
                pick.permits(outer(slot))
            } else {
                pick.allows(outer(slot))
            }
        };
        let part = pick.among(&self.pool).within(&reaches);
        inside(&*self.balancer, &part, &outer).map(outer)
    }
}

/// How a balancer is asked, and which slots its own are in the whole pool.
type Inside<'a> = dyn FnMut(&dyn Balancer, &Pick<'_>, &dyn Fn(Slot) -> Slot) -> Option<Slot> + 'a;

impl Built {
    /// The layer of before a change.
    fn layer(&self, change: u64) -> Option<&Layer> {
        self.layers.iter().find(|layer| layer.change == change)
    }

    /// The backend of a key, or the one that it had before if that does not admit it yet.
    fn choose(&self, pick: &Pick<'_>, inside: &mut Inside<'_>) -> Option<Slot> {
        let last = inside(&*self.inner, pick, &|slot| slot)?;
        let (Some(key), false) = (pick.key(), self.layers.is_empty()) else {
            return Some(last);
        };
        if self.newcomers[last.index()].is_none() {
            return Some(last);
        }
        // Without a clock no time is to be waited for.
        let Some(now) = pick.now() else {
            return Some(last);
        };
        let (mut slot, hash) = (last, self.hashing.key(key));
        while let Some(newcomer) = &self.newcomers[slot.index()] {
            if newcomer.admits(hash, now, self.options.over) {
                break;
            }
            // If nothing but newcomers can be reached, they are.
            let Some(before) = self
                .layer(newcomer.joined)
                .and_then(|layer| layer.pick(self.inner.overrides_health(), pick, inside))
            else {
                return Some(last);
            };
            slot = before;
        }
        Some(slot)
    }
}

#[deny(clippy::missing_trait_methods)]
impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.choose(pick, &mut |balancer, pick, _| balancer.pick(pick))
    }

    fn on_change(&self, pool: &Pool, slot: Slot) {
        self.inner.on_change(pool, slot);
        for layer in &self.layers {
            if let Ok(place) = layer.slots.binary_search(&slot) {
                layer.balancer.on_change(&layer.pool, Slot::new(place));
            }
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
        self.choose(pick, &mut |balancer, pick, outer| {
            balancer.trace(pick, &mut |step| steps(step.renumbered(outer)))
        })
    }

    fn overrides_health(&self) -> bool {
        self.inner.overrides_health()
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.strategy("warm-up", self.hashing);
        fingerprint.number(self.options.over.as_nanos() as u64);
        let newcomers = self.names.iter().zip(&self.newcomers);
        let mut cold: Vec<_> = newcomers
            .filter_map(|(name, who)| Some((name, who.as_ref().filter(|who| !who.is_warm())?)))
            .collect();
        cold.sort_unstable_by_key(|&(name, _)| name);
        fingerprint.number(cold.len() as u64);
        for (name, newcomer) in cold {
            let earlier = |layer: &&Layer| layer.change < newcomer.joined;
            fingerprint.text(name);
            fingerprint.number(self.layers.iter().filter(earlier).count() as u64);
        }
        self.inner.describe(fingerprint);
    }

    fn table(&self) -> Option<Vec<Slot>> {
        None
    }

    fn memory(&self) -> usize {
        let inner = size_of_val(&*self.inner) + self.inner.memory();
        let layer = |layer: &Layer| layer.balancer.memory() + size_of_val(&*layer.slots);
        let layers: usize = self.layers.iter().map(layer).sum();
        inner + layers + size_of_val(&*self.newcomers) + size_of_val(&*self.names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Anchor, Jump, Ketama, LoadBalancer, Maglev, Rendezvous, RoundRobin};
    use std::sync::atomic::{AtomicU64, Ordering};

    const KEYS: u32 = 5_000;

    struct Warming {
        clock: Arc<AtomicU64>,
        balancer: LoadBalancer,
    }

    impl Warming {
        /// Ten steps of a second.
        fn new(inner: impl Algorithm, names: &[&str]) -> Self {
            let clock = Arc::new(AtomicU64::new(100));
            let read = Arc::clone(&clock);
            let options = Options::over(Duration::from_secs(10)).unwrap();
            let balancer = LoadBalancer::with_clock(
                WarmUp::new(inner, Hashing::default(), options),
                Pool::new(names.iter().copied()).unwrap(),
                move || Duration::from_secs(read.load(Ordering::Relaxed)),
            );
            let balancer = balancer.unwrap();
            Self { clock, balancer }
        }

        fn step(&self, by: u64) {
            self.clock.fetch_add(by, Ordering::Relaxed);
        }

        fn owners(&self) -> Vec<String> {
            let owner = |key: u32| {
                let ticket = self.balancer.route(Some(&key.to_le_bytes())).unwrap();
                ticket.backend().name().to_owned()
            };
            (0..KEYS).map(owner).collect()
        }
    }

    fn owned(owners: &[String], name: &str) -> usize {
        owners.iter().filter(|owner| *owner == name).count()
    }

    fn inners() -> [Box<dyn Algorithm>; 4] {
        [
            Box::new(Rendezvous::default()),
            Box::new(Ketama::default()),
            Box::new(Anchor::default()),
            Box::new(Jump::default()),
        ]
    }

    #[test]
    fn keys_move_to_a_newcomer_only_and_each_once_until_it_has_its_share() {
        for (inner, same) in inners().into_iter().zip(inners()) {
            let warming = Warming::new(inner, &["a", "b", "c"]);
            warming.balancer.update(["a", "b", "c", "d"]).unwrap();
            let mut before = warming.owners();
            assert_eq!(owned(&before, "d"), 0);
            let cold = Warming::new(same, &["a", "b", "c"]).owners();
            assert_eq!(before, cold);
            for step in 1..=12 {
                warming.step(1);
                let now = warming.owners();
                let moved = before.iter().zip(&now).filter(|(was, is)| was != is);
                assert!(moved.into_iter().all(|(_, is)| is == "d"));
                let due = KEYS as usize / 4 * step.min(10) / 10;
                let off = owned(&now, "d").abs_diff(due);
                assert!(off < 150, "{step}: {off}");
                before = now;
            }
        }
    }

    #[test]
    fn in_the_end_it_is_as_if_the_newcomer_had_always_been_there() {
        let warming = Warming::new(Rendezvous::default(), &["a", "b", "c"]);
        warming.balancer.update(["a", "b", "c", "d"]).unwrap();
        warming.owners();
        let whole = Warming::new(Rendezvous::default(), &["a", "b", "c", "d"]);
        assert_ne!(warming.balancer.fingerprint(), whole.balancer.fingerprint());
        warming.step(10);
        assert_eq!(warming.owners(), whole.owners());
        assert_eq!(warming.balancer.fingerprint(), whole.balancer.fingerprint());
    }

    /// Two join at once, and a third while they warm up: a key goes to the last of those whose it is in
    /// the end, never first to another of them.
    #[test]
    fn a_key_moves_once_for_each_change() {
        let warming = Warming::new(Rendezvous::default(), &["a", "b"]);
        let mut history = vec![warming.owners()];
        warming.balancer.update(["a", "b", "c", "d"]).unwrap();
        for step in 0..25 {
            history.push(warming.owners());
            warming.step(1);
            if step == 4 {
                warming.balancer.update(["a", "b", "c", "d", "e"]).unwrap();
            }
        }
        for key in 0..KEYS as usize {
            let mut road: Vec<_> = history.iter().map(|owners| &*owners[key]).collect();
            road.dedup();
            let changes = road.windows(2).map(|pair| (pair[0], pair[1]));
            let to_e = changes.clone().filter(|&(_, to)| to == "e").count();
            let to_cd = changes
                .clone()
                .filter(|&(_, to)| to == "c" || to == "d")
                .count();
            assert!(
                to_e <= 1 && to_cd <= 1 && changes.count() == to_e + to_cd,
                "{road:?}"
            );
        }
    }

    #[test]
    fn where_only_newcomers_can_be_reached_they_are() {
        let warming = Warming::new(Maglev::default(), &["a"]);
        warming.balancer.update(["a", "b"]).unwrap();
        assert_eq!(owned(&warming.owners(), "a"), KEYS as usize);
        warming.balancer.set_healthy("a", false).unwrap();
        assert_eq!(owned(&warming.owners(), "b"), KEYS as usize);
        warming.balancer.update(["b"]).unwrap();
        assert_eq!(owned(&warming.owners(), "b"), KEYS as usize);
    }

    /// Whatever leaves while newcomers are cold, only its own keys move: whatever joined has taken no
    /// number from those that were there.
    #[test]
    fn over_numbered_buckets_who_joins_and_who_leaves_moves_no_other_key() {
        for inner in inners() {
            let warming = Warming::new(inner, &["a", "b", "c", "d", "e", "f"]);
            let changes: [&[&str]; 6] = [
                &["b", "c", "d", "e", "f"],
                &["c", "d", "e", "f"],
                &["c", "d", "e", "f", "x", "y"],
                &["c", "d", "e", "x", "y"],
                &["c", "d", "e", "x", "y", "z"],
                &["d", "e", "x", "y", "z"],
            ];
            let mut before = warming.owners();
            for members in changes {
                warming.balancer.update(members.iter().copied()).unwrap();
                let after = warming.owners();
                let moved = before.iter().zip(&after).filter(|(was, is)| was != is);
                for (was, is) in moved {
                    assert!(!members.contains(&&**was), "{was} to {is} at {members:?}");
                }
                before = after;
            }
        }
    }

    /// A question, and a what-if beside it, start no warm-up.
    #[test]
    fn a_newcomer_warms_up_from_its_joining_on() {
        let warming = Warming::new(Rendezvous::default(), &["a", "b"]);
        warming.balancer.update(["a", "b", "c"]).unwrap();
        warming.step(5);
        let copy = LoadBalancer::fork(&warming.balancer.snapshot(), |_| 0).unwrap();
        let half = owned(&warming.owners(), "c");
        assert!((KEYS as usize / 6).abs_diff(half) < 150, "{half}");
        for key in 0..KEYS {
            let owners =
                [&copy, &warming.balancer].map(|balancer| balancer.owners(&key.to_le_bytes(), 3));
            assert_eq!(owners[0], owners[1]);
        }
    }

    /// The newcomer is listed first, so that the others had other slots before.
    #[test]
    fn the_steps_name_backends_of_the_whole_pool() {
        let warming = Warming::new(Ketama::default(), &["b", "c"]);
        warming.balancer.update(["a", "b", "c"]).unwrap();
        for key in (0..100u32).map(u32::to_le_bytes) {
            let mut owners = Vec::new();
            let mut tell = |step: Step<'_>| {
                if let Step::Point { owner, .. } = step {
                    owners.push(owner);
                }
            };
            let answer = warming.balancer.trace(Some(&key), &[], &mut tell).unwrap();
            assert_eq!(owners.pop(), Some(answer.slot()));
            assert!(owners.is_empty() || owners == [Slot(0)]);
        }
    }

    #[test]
    fn without_a_clock_newcomers_are_warm_at_once() {
        let options = Options::over(Options::MAX).unwrap();
        let warm_up = WarmUp::new(Rendezvous::default(), Hashing::default(), options);
        let balancer = LoadBalancer::new(warm_up, Pool::new(["a", "b"]).unwrap()).unwrap();
        balancer.update(["a", "b", "c"]).unwrap();
        let plain = Pool::new(["a", "b", "c"]).unwrap();
        let plain = LoadBalancer::new(Rendezvous::default(), plain).unwrap();
        for key in (0..KEYS).map(u32::to_le_bytes) {
            let owner = |balancer: &LoadBalancer| balancer.owners(&key, 1).unwrap();
            assert_eq!(owner(&balancer), owner(&plain));
        }
    }

    #[test]
    fn times_and_algorithms_without_a_key_are_refused() {
        for time in [Duration::ZERO, Options::MAX + Duration::from_nanos(1)] {
            assert_eq!(
                Options::over(time),
                Err(BuildError::WarmUp {
                    time,
                    max: Options::MAX
                })
            );
        }
        let options = Options::over(Options::MAX).unwrap();
        let warm_up = WarmUp::new(RoundRobin, Hashing::default(), options);
        let error = LoadBalancer::new(warm_up, Pool::new(["a"]).unwrap()).unwrap_err();
        assert_eq!(error, BuildError::WarmUpWithoutKey);
    }
}
