//! **Warm-up**: an algorithm by key in which newcomers take their share gradually.
//!
//! # How it works
//! A backend that joins after the first pool is a newcomer. A key of a newcomer draws a number for it,
//! uniform between 0 and 1; it goes there once that fraction of the warm-up time has passed, and until then where it
//! went before: to the backend of a second balancer, over the backends from before the newcomer joined. So a cache
//! fills up without a burst of misses.
//!
//! # Cost
//! The cost of the inner algorithm; the keys of newcomers also read the clock and pick a second time. Memory and build:
//! once more that of the inner algorithm for each change with newcomers that are not warm yet, and 24 bytes per backend.
//!
//! # Membership change
//! As for the inner algorithm, spread over time: keys move only to the newcomer, each of them once, until it has its
//! whole share.
//!
//! # Weights
//! As for the inner algorithm.
//!
//! # Ineligible backends
//! As for the inner algorithm. If only newcomers may be picked, they are picked.
//!
//! # Departures from the usual
//! Envoy's slow start and HAProxy's `slowstart` increase a weight gradually, which moves keys between the other
//! backends if weights are normalised, and has no effect on a table that is built once. Here each key moves at a fixed
//! time. Time is [the caller's](crate::LoadBalancer::with_clock): a clock that counts steps warms up in steps, and
//! without a clock newcomers are warm at once. A raised weight takes effect at once.
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
use std::time::Duration;

use crate::algorithm::{Algorithm, carried};
use crate::backend::Backend;
use crate::balancer::Balancer;
use crate::error::BuildError;
use crate::failure::Failure;
use crate::hash::{Domain, Fingerprint, Hashing};
use crate::outcome::{Outcome, Report};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::slot::Slot;
use crate::step::Step;

mod newcomer;
mod options;
#[cfg(test)]
mod tests;

use newcomer::Newcomer;

pub use options::Options;

/// An algorithm in which newcomers warm up; see the [module](self).
#[derive(Clone, Debug)]
pub struct WarmUp {
    inner: Arc<dyn Algorithm>,
    hashing: Hashing,
    options: Options,
}

impl WarmUp {
    /// Creates an algorithm in which newcomers take their share gradually, by the load balancer's clock. `hashing` draws
    /// when keys move: give it the seed of the inner algorithm.
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

    /// Returns the backends of a pool that are not warm yet. Without a clock there are none.
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
                    !newcomer.is_warm() && passed.is_none_or(|passed| passed < self.options.time())
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
            // The figures of a layer's pool follow from the health of its members.
            rebuilt_on_health: true,
            ..self.inner.profile()
        }
    }
}

/// The inner balancer, and the newcomers of a pool.
#[derive(Debug)]
pub struct Built {
    inner: Box<dyn Balancer>,
    hashing: Hashing,
    options: Options,
    /// The number of changes of the pool since the first one.
    changes: u64,
    names: Box<[Arc<str>]>,
    newcomers: Box<[Option<Arc<Newcomer>>]>,
    layers: Box<[Layer]>,
}

/// The balancer over the backends from before a change.
#[derive(Debug)]
struct Layer {
    change: u64,
    balancer: Box<dyn Balancer>,
    pool: Pool,
    /// The slot of each of them in the whole pool.
    slots: Box<[Slot]>,
}

impl Layer {
    /// Creates the layer of the remaining backends from before a change. Their numbering continues from before it, or
    /// from the previous layer: a newcomer takes no number from them.
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
        // The state of the layer, or of the whole pool if that was all.
        let before = before.map(|before| {
            let layer = before.layer(change);
            layer.map_or(&*before.inner, |layer| &*layer.balancer)
        });
        Ok(Self {
            change,
            balancer: warm_up.inner.build(&part, before)?,
            pool: part,
            slots,
        })
    }

    /// Returns the layer's slot of a slot of the whole pool, if the backend is in the layer.
    fn slot_of(&self, outer: Slot) -> Option<Slot> {
        self.slots.binary_search(&outer).ok().map(Slot::new)
    }

    /// Picks among the backends of the layer. Their health is overridden only if that of the whole pool is.
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

/// How a balancer is asked, and how its slots map to the whole pool.
type Inside<'a> = dyn FnMut(&dyn Balancer, &Pick<'_>, &dyn Fn(Slot) -> Slot) -> Option<Slot> + 'a;

impl Built {
    /// Returns the layer from before a change.
    fn layer(&self, change: u64) -> Option<&Layer> {
        self.layers.iter().find(|layer| layer.change == change)
    }

    /// Returns the layers that contain a backend, with its slot in each.
    fn layers_with(&self, slot: Slot) -> impl Iterator<Item = (&Layer, Slot)> {
        let layers = self.layers.iter();
        layers.filter_map(move |layer| Some((layer, layer.slot_of(slot)?)))
    }

    /// Returns the backend of a key, or the previous backend if that one does not admit the key yet.
    fn choose(&self, pick: &Pick<'_>, inside: &mut Inside<'_>) -> Option<Slot> {
        let last = inside(&*self.inner, pick, &|slot| slot)?;
        let (Some(key), false) = (pick.key(), self.layers.is_empty()) else {
            return Some(last);
        };
        if self.newcomers[last.index()].is_none() {
            return Some(last);
        }
        // Without a clock there is no time to wait for.
        let Some(now) = pick.now() else {
            return Some(last);
        };
        let (mut slot, hash) = (last, self.hashing.key(key));
        while let Some(newcomer) = &self.newcomers[slot.index()] {
            if newcomer.admits(hash, now, self.options.time()) {
                break;
            }
            // If only newcomers may be picked, they are picked.
            let Some(before) = self
                .layer(newcomer.joined)
                .and_then(|layer| layer.pick(self.inner.overrides_health(), pick, inside))
            else {
                return self.failure().is_none().then_some(last);
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

    fn pick_each(&self, picks: &[Pick<'_>], slots: &mut Vec<Option<Slot>>) {
        // The eligible backends of the inner balancer depend on the pick, so each is a separate question.
        slots.extend(picks.iter().map(|pick| self.pick(pick)));
    }

    fn on_change(&self, pool: &Pool, slot: Slot) {
        self.inner.on_change(pool, slot);
        for (layer, slot) in self.layers_with(slot) {
            layer.balancer.on_change(&layer.pool, slot);
        }
    }

    fn on_outcome(&self, pool: &Pool, slot: Slot, outcome: Outcome, now: Duration) {
        self.inner.on_outcome(pool, slot, outcome, now);
        for (layer, slot) in self.layers_with(slot) {
            layer.balancer.on_outcome(&layer.pool, slot, outcome, now);
        }
    }

    fn on_report(&self, pool: &Pool, slot: Slot, report: Report, now: Duration) {
        self.inner.on_report(pool, slot, report, now);
        for (layer, slot) in self.layers_with(slot) {
            layer.balancer.on_report(&layer.pool, slot, report, now);
        }
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

    fn follows_weights(&self) -> bool {
        self.inner.follows_weights()
    }

    fn failure(&self) -> Option<Failure> {
        let layers = self.layers.iter().map(|layer| &layer.balancer);
        let mut all = [&self.inner].into_iter().chain(layers);
        all.find_map(Balancer::failure)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.strategy("warm-up", self.hashing);
        fingerprint.number(self.options.time().as_nanos() as u64);
        let newcomers = self.names.iter().zip(&self.newcomers);
        let mut cold: Vec<_> = newcomers
            .filter_map(|(name, backend)| {
                Some((name, backend.as_ref().filter(|backend| !backend.is_warm())?))
            })
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
