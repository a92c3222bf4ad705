//! **Bounded load**: an algorithm by key in which each backend takes at most a factor of its share.
//!
//! # How it works
//! With m requests in flight, including the one to be placed, a backend of weight w among W in service takes at most ⌈c
//! · m · w / W⌉ of them, where c is the factor. A key goes to the first backend with room in its order of preference.
//! With [`Overflow::Rehash`] it goes to the backend of the key hashed again, repeatedly, until one has room: then a
//! full backend's keys spread over all others, where a ring of few points would fill the next backend with them, and
//! then the one after it (a cascade).
//!
//! # Cost
//! The cost of the inner algorithm, one or two multiplications for each backend that is checked for room, and a short
//! lock for each change of a count. Memory: that of the inner algorithm and 16 bytes per backend.
//!
//! # Membership change
//! As for the inner algorithm; in addition, keys move with the load: the larger the factor, the fewer.
//!
//! # Weights
//! As for the inner algorithm; the bound is in proportion to weight.
//!
//! # Ineligible backends
//! Neither they nor their requests count, nor do those of a backend at its own cap. The factor is at least 1, so one
//! backend always has room; no backend is picked only if all backends with room were already tried. If the inner
//! balancer [overrides health](Balancer::overrides_health), all backends that it uses count.
//!
//! # Departures from the paper
//! Weights. After 32 hashes without room, the order of preference decides. Where the paper moves placed balls when
//! others leave, a request stays where it is until it ends. Picking and counting are two steps: on t threads the bound
//! may be exceeded by t − 1.
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
use crate::balancer::Balancer;
use crate::error::BuildError;
use crate::failure::Failure;
use crate::hash::{Fingerprint, Hashing, SplitMix};
use crate::outcome::{Outcome, Report};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::slot::{Slot, SlotSet};
use crate::step::Step;
use crate::sync::AtomicU64;

mod bound;
mod options;
#[cfg(test)]
mod tests;

use bound::Bound;

pub use bound::Factor;
pub use options::{Options, Overflow};

/// A bound around an algorithm by key; see the [module](self).
#[derive(Clone, Debug)]
pub struct BoundedLoad {
    inner: Arc<dyn Algorithm>,
    options: Options,
}

impl BoundedLoad {
    /// Creates a bound around an algorithm.
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
            members: pool.slots().map(|_| Counted::default()).collect(),
            total: Counted::default(),
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

/// The inner balancer, and the counts of a pool.
#[derive(Debug)]
pub struct Built {
    inner: Box<dyn Balancer>,
    /// Whether changes are reported to the inner balancer.
    tells_changes: bool,
    /// Whether the inner balancer overrides health.
    overrides_health: bool,
    /// Whether backups were in service when it was built.
    on_backups: bool,
    options: Options,
    members: Box<[Counted]>,
    /// The sum over the members.
    total: Counted,
}

/// The requests in flight and the weight of a member; zero if it may not be picked.
///
/// Written by one thread at a time (see [`Balancer::on_change`]).
#[derive(Debug, Default)]
struct Counted {
    in_flight: AtomicU64,
    weight: AtomicU64,
}

impl Counted {
    /// Replaces the count of one member, and its contribution to the total.
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
    /// Picks by the inner algorithm among the backends with room.
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

    /// While threads count, the sum may lag behind the counts, so that all backends seem to be full. By the counts of
    /// one moment, one has room.
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

    /// Returns the backends of the repeatedly hashed key.
    fn rehashed(&self, key: &[u8], pick: &Pick<'_>) -> impl Iterator<Item = Slot> {
        // The inner algorithm's own hash of the key is not known here.
        let mut keys = SplitMix::new(Hashing::default().key(key));
        let tries = (0..REHASHES).map(move |_| keys.next_number().to_le_bytes());
        tries.filter_map(|key| self.inner.pick(&pick.with_key(&key)))
    }
}

/// How often a key is hashed again before its order of preference decides.
const REHASHES: usize = 32;

#[deny(clippy::missing_trait_methods)]
impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.among_roomy(pick, |pick| self.inner.pick(pick))
    }

    fn pick_each(&self, picks: &[Pick<'_>], slots: &mut Vec<Option<Slot>>) {
        // The eligible backends of the inner balancer depend on the pick, so each is a separate question.
        slots.extend(picks.iter().map(|pick| self.pick(pick)));
    }

    fn overrides_health(&self) -> bool {
        self.overrides_health
    }

    fn follows_weights(&self) -> bool {
        self.inner.follows_weights()
    }

    fn failure(&self) -> Option<Failure> {
        self.inner.failure()
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text("bounded-load");
        fingerprint.number(self.options.factor.millionths().into());
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
        // Before the pick: without a key, the inner balancer may draw a number for each pick.
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
    /// Reports the backends before the answer in the order of preference, and how they were skipped.
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
                steps(Step::Fallback("the key hashed again"));
                return;
            }
        }
    }

    /// Returns whether the inner balancer may pick a member now, so that its load counts.
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
