//! One pool with one balancer at one moment.

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::built::Built;
use crate::error::{BuildError, RouteError, UnknownBackend};
use crate::hash::Fingerprint;
use crate::outcome::Clock;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::slot::{Slot, SlotSet};
use crate::step::Step;
use crate::sync::Arc;
use crate::ticket::Ticket;

/// The maximum number of requests for which a balancer is asked at once.
const ASKED_AT_ONCE: usize = 1 << 10;

/// One pool with the balancer built for it. Slots are read only with the pool that they belong to.
///
/// It is meant for one request or one what-if: a snapshot from before an update may still pick a backend that has
/// become ineligible since.
#[derive(Debug)]
pub struct Snapshot {
    pub(crate) pool: Arc<Pool>,
    pub(crate) algorithm: std::sync::Arc<dyn Algorithm>,
    pub(crate) balancer: Built,
    profile: Profile,
    pub(crate) generation: u64,
    pub(crate) clock: Clock,
}

impl Snapshot {
    /// Returns the snapshot before the first pool and after the last.
    pub(crate) fn empty() -> Self {
        Self {
            pool: Arc::new(Pool::empty()),
            algorithm: std::sync::Arc::new(Nothing),
            profile: Nothing.profile(),
            balancer: Built::of(Box::new(Nothing)),
            generation: 0,
            clock: Clock::default(),
        }
    }

    /// Returns the first snapshot of a load balancer. The state of the balancer `before` is carried over.
    pub(crate) fn first(
        algorithm: std::sync::Arc<dyn Algorithm>,
        pool: Pool,
        clock: Clock,
        before: Option<&dyn Balancer>,
    ) -> Result<Self, BuildError> {
        Ok(Self {
            balancer: Built::of(algorithm.build(&pool, before)?),
            profile: algorithm.profile(),
            algorithm,
            pool: Arc::new(pool),
            generation: 1,
            clock,
        })
    }

    /// Returns the next snapshot, for other backends.
    pub(crate) fn with_pool(&self, pool: Pool) -> Result<Self, BuildError> {
        Ok(Self {
            balancer: Built::of(self.algorithm.build(&pool, Some(self.balancer()))?),
            profile: self.profile,
            algorithm: std::sync::Arc::clone(&self.algorithm),
            pool: Arc::new(pool),
            generation: self.generation + 1,
            clock: self.clock.clone(),
        })
    }

    /// Returns the next snapshot, for another algorithm or, if the balancer `before` is carried over, for other health.
    pub(crate) fn with_algorithm(
        &self,
        algorithm: std::sync::Arc<dyn Algorithm>,
        before: Option<&dyn Balancer>,
    ) -> Result<Self, BuildError> {
        Ok(Self {
            balancer: Built::of(algorithm.build(&self.pool, before)?),
            profile: algorithm.profile(),
            algorithm,
            pool: Arc::clone(&self.pool),
            generation: self.generation,
            clock: self.clock.clone(),
        })
    }

    /// Returns the pool.
    #[must_use]
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// Returns the algorithm that the balancer is built from.
    #[must_use]
    pub fn algorithm(&self) -> &dyn Algorithm {
        &*self.algorithm
    }

    /// Returns the balancer, built for the pool.
    #[must_use]
    pub fn balancer(&self) -> &dyn Balancer {
        self.balancer.as_dyn()
    }

    /// Returns what the balancer needs and promises.
    #[must_use]
    pub const fn profile(&self) -> Profile {
        self.profile
    }

    /// Returns whether the weights of the backends decide how the load is shared. Otherwise every backend is expected
    /// to get the same, whatever its weight.
    #[must_use]
    pub fn follows_weights(&self) -> bool {
        self.profile.weighted && self.balancer.follows_weights()
    }

    /// Returns the number of pools that the load balancer has had, including this one.
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// Returns a digest of all that decides where requests go: the algorithm with its settings, the backends' names,
    /// weights, caps and eligibility, and, if they matter, their order and their [numbering](Pool::numbering). Two
    /// processes with equal fingerprints route alike (up to 64-bit collisions), apart from state that each has built up
    /// by itself: requests in flight, turns, outcomes of requests, and the progress of warm-ups. Different fingerprints
    /// do not imply different answers: two algorithms may happen to agree. The fingerprint changes with
    /// [`HASH_VERSION`](crate::HASH_VERSION).
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut fingerprint = Fingerprint::new();
        self.balancer.describe(&mut fingerprint);
        self.pool.describe(self.profile(), &mut fingerprint);
        fingerprint.finish()
    }

    /// Returns a slot for the request, without counting the request.
    ///
    /// # Errors
    /// As for [`LoadBalancer::route`](crate::LoadBalancer::route).
    #[inline]
    pub fn pick(&self, pick: &Pick<'_>) -> Result<Slot, RouteError> {
        let slot = self.balancer.pick(&pick.by(&self.clock));
        slot.ok_or_else(|| self.why_none(pick.key()))
    }

    /// Picks like [`pick`](Self::pick) for several requests in order: `answered` gets the answers in this order. A
    /// balancer that has to wait for its answers is asked for many at once.
    #[inline]
    pub fn pick_each<'a>(
        &'a self,
        picks: impl IntoIterator<Item = Pick<'a>>,
        mut answered: impl FnMut(Result<Slot, RouteError>),
    ) {
        let picks = picks.into_iter();
        match &self.balancer {
            Built::Custom(custom) => self.pick_many(&**custom, picks, answered),
            // None of our own balancers waits.
            _ => picks.for_each(|pick| answered(self.pick(&pick))),
        }
    }

    fn pick_many<'a>(
        &'a self,
        balancer: &dyn Balancer,
        mut picks: impl Iterator<Item = Pick<'a>>,
        mut answered: impl FnMut(Result<Slot, RouteError>),
    ) {
        let (mut asked, mut slots) = (Vec::new(), Vec::new());
        loop {
            let some = picks.by_ref().take(ASKED_AT_ONCE);
            asked.extend(some.map(|pick| pick.by(&self.clock)));
            if asked.is_empty() {
                return;
            }
            balancer.pick_each(&asked, &mut slots);
            for (pick, slot) in asked.drain(..).zip(slots.drain(..)) {
                answered(slot.ok_or_else(|| self.why_none(pick.key())));
            }
        }
    }

    /// Picks like [`pick`](Self::pick), and reports the steps that led to the answer.
    ///
    /// # Errors
    /// As for [`LoadBalancer::route`](crate::LoadBalancer::route).
    pub fn trace(
        &self,
        pick: &Pick<'_>,
        steps: &mut dyn FnMut(Step<'_>),
    ) -> Result<Slot, RouteError> {
        let slot = self.balancer.trace(&pick.by(&self.clock), steps);
        slot.ok_or_else(|| self.why_none(pick.key()))
    }

    /// Picks and counts. A request that loses the last place under a cap to another thread continues as if it had tried
    /// that backend.
    #[inline]
    pub(crate) fn place(
        &self,
        key: Option<&[u8]>,
        mut tried: SlotSet,
        mut choose: impl FnMut(&Self, &Pick<'_>) -> Result<Slot, RouteError>,
    ) -> Result<Ticket, RouteError> {
        loop {
            let slot = choose(self, &Pick::new(&self.pool, key).excluding(&tried))?;
            if let Some(ticket) = Ticket::open(self.pool.member(slot), slot, self.generation) {
                return Ok(ticket);
            }
            if !tried.insert(slot) {
                return Err(RouteError::NoBackend);
            }
        }
    }

    /// Returns the slot of a backend by name.
    pub(crate) fn slot_named(&self, name: &str) -> Result<Slot, UnknownBackend> {
        let unknown = || UnknownBackend {
            name: name.to_owned(),
        };
        self.pool.slot(name).ok_or_else(unknown)
    }

    /// Returns the slots of the names that are in the pool.
    pub(crate) fn slots_of(&self, names: &[&str]) -> SlotSet {
        let slots = names.iter().filter_map(|name| self.pool.slot(name));
        slots.collect()
    }

    /// Returns the slots of a key's owners; see [`LoadBalancer::owners`](crate::LoadBalancer::owners).
    ///
    /// # Errors
    /// [`RouteError::KeyUnused`] if the algorithm uses no key; [`RouteError::Failed`].
    pub fn owners(&self, key: &[u8], count: usize) -> Result<Vec<Slot>, RouteError> {
        if self.profile().key == Key::Unused {
            return Err(RouteError::KeyUnused);
        }
        let (mut tried, mut owners) = (SlotSet::new(), Vec::new());
        while owners.len() < count {
            let pick = Pick::new(&self.pool, Some(key)).by(&self.clock);
            let pick = pick.excluding(&tried).question();
            let Some(slot) = self.balancer.pick(&pick) else {
                let failure = self.balancer.failure();
                return failure.map_or(Ok(owners), |failure| Err(RouteError::Failed(failure)));
            };
            // A custom balancer that repeats a backend would never end.
            if !tried.insert(slot) {
                break;
            }
            owners.push(slot);
        }
        Ok(owners)
    }

    /// Returns why there is no answer. Only the key is passed: keeping more of a request would slow the pick.
    #[cold]
    fn why_none(&self, key: Option<&[u8]>) -> RouteError {
        match self.profile().key {
            Key::Required if key.is_none() => RouteError::KeyRequired,
            _ => {
                let failure = self.balancer.failure();
                failure.map_or(RouteError::NoBackend, RouteError::Failed)
            }
        }
    }

    pub(crate) fn report_all(&self) {
        let slots = self.pool.slots();
        slots.for_each(|slot| self.balancer.on_change(&self.pool, slot));
    }

    /// Returns the current slot of a backend that had `slot` in the pool of `generation`.
    pub(crate) fn locate(&self, name: &str, slot: Slot, generation: u64) -> Option<Slot> {
        if generation == self.generation {
            Some(slot)
        } else {
            self.pool.slot(name)
        }
    }
}

/// Picks nothing, from no backends.
#[derive(Clone, Copy, Debug)]
struct Nothing;

impl Algorithm for Nothing {
    fn build(&self, _: &Pool, _: Option<&dyn Balancer>) -> Result<Box<dyn Balancer>, BuildError> {
        Ok(Box::new(*self))
    }

    fn profile(&self) -> Profile {
        Profile::TURNS
    }
}

impl Balancer for Nothing {
    fn pick(&self, _: &Pick<'_>) -> Option<Slot> {
        None
    }

    fn describe(&self, _: &mut Fingerprint) {}
}
