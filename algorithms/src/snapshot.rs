//! One pool with one strategy, as they are at a moment.

use crate::balancer::{Balancer, Key, Pick, Step};
use crate::error::{BuildError, RouteError};
use crate::hash::Fingerprint;
use crate::load_balancer::LoadBalancer;
use crate::outcome::Clock;
use crate::pool::Pool;
use crate::slot::{Slot, SlotSet};
use crate::strategy::{RoundRobin, Strategy};
use crate::sync::Arc;
use crate::ticket::Ticket;

/// One pool with the strategy built for it. Slots are read only with the pool they belong to.
///
/// It is meant for one request or one what-if: a backend that becomes ineligible later may still be
/// picked from a snapshot that is older than an update.
#[derive(Debug)]
pub struct Snapshot {
    pub(crate) pool: Arc<Pool>,
    pub(crate) strategy: Strategy,
    pub(crate) generation: u64,
    pub(crate) clock: Clock,
}

impl Snapshot {
    /// What stands before the first pool and after the last.
    pub(crate) fn empty() -> Self {
        let strategy = RoundRobin::default().into();
        Self {
            pool: Arc::new(Pool::empty()),
            strategy,
            generation: 0,
            clock: Clock::default(),
        }
    }

    /// The pool.
    #[must_use]
    pub fn pool(&self) -> &Pool {
        &self.pool
    }

    /// The strategy, built for the pool.
    #[must_use]
    pub const fn strategy(&self) -> &Strategy {
        &self.strategy
    }

    /// How many pools the load balancer has had, this one included.
    #[must_use]
    pub const fn generation(&self) -> u64 {
        self.generation
    }

    /// A load balancer of its own for a what-if: the same strategy by the same clock, over
    /// [a copy](Pool::fork) of the pool with these counts.
    ///
    /// # Errors
    /// [`BuildError`] if a custom strategy cannot be built again.
    pub fn fork(&self, connections: impl Fn(Slot) -> u64) -> Result<LoadBalancer, BuildError> {
        let pool = self.pool.fork(connections);
        LoadBalancer::build(&self.strategy, pool, self.clock.clone())
    }

    /// A digest of all that decides where requests go: the strategy with its settings, the backends'
    /// names, weights, caps and eligibility, and where they matter their order and their
    /// [numbering](Pool::numbering). Two processes in which it is equal (as far as 64 bits tell) route
    /// alike, apart from what they have learnt by themselves: what is in flight, whose turn it is, how
    /// requests went, and how far a newcomer has warmed up. Other fingerprints do not mean other answers:
    /// two algorithms may happen to agree. It changes with [`HASH_VERSION`](crate::HASH_VERSION).
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        let mut fingerprint = Fingerprint::new();
        self.strategy.describe(&mut fingerprint);
        self.pool
            .describe(self.strategy.profile(), &mut fingerprint);
        fingerprint.finish()
    }

    /// A slot for the request, which is not counted.
    ///
    /// # Errors
    /// As [`LoadBalancer::route`](crate::LoadBalancer::route).
    #[inline]
    pub fn pick(&self, pick: &Pick<'_>) -> Result<Slot, RouteError> {
        let slot = self.strategy.pick(&pick.by(&self.clock));
        slot.ok_or_else(|| self.why_none(pick))
    }

    /// [`pick`](Self::pick), telling the steps that led to the answer.
    ///
    /// # Errors
    /// As [`LoadBalancer::route`](crate::LoadBalancer::route).
    pub fn trace(
        &self,
        pick: &Pick<'_>,
        steps: &mut dyn FnMut(Step<'_>),
    ) -> Result<Slot, RouteError> {
        let slot = self.strategy.trace(&pick.by(&self.clock), steps);
        slot.ok_or_else(|| self.why_none(pick))
    }

    /// Picks and counts. Who loses the last place under a cap to another thread goes on as if it had
    /// tried that backend.
    #[inline]
    pub(crate) fn place(
        &self,
        key: Option<&[u8]>,
        mut tried: SlotSet,
        mut choose: impl FnMut(&Self, &Pick<'_>) -> Result<Slot, RouteError>,
    ) -> Result<Ticket, RouteError> {
        loop {
            let slot = choose(self, &Pick::new(&self.pool, key).excluding(&tried))?;
            if let Some(ticket) = Ticket::open(self, slot) {
                return Ok(ticket);
            }
            if !tried.insert(slot) {
                return Err(RouteError::NoBackend);
            }
        }
    }

    /// The slots of those names that are in the pool.
    pub(crate) fn slots_of(&self, names: &[&str]) -> SlotSet {
        let slots = names.iter().filter_map(|name| self.pool.slot(name));
        slots.collect()
    }

    /// The slots of a key's owners; see [`LoadBalancer::owners`](crate::LoadBalancer::owners).
    ///
    /// # Errors
    /// [`RouteError::KeyUnused`] under a strategy that uses no key.
    pub fn owners(&self, key: &[u8], count: usize) -> Result<Vec<Slot>, RouteError> {
        if self.strategy.profile().key == Key::Unused {
            return Err(RouteError::KeyUnused);
        }
        let mut tried = SlotSet::new();
        let next = || {
            let slot = self.strategy.pick(
                &Pick::new(&self.pool, Some(key))
                    .by(&self.clock)
                    .excluding(&tried)
                    .question(),
            )?;
            // A custom strategy that names one twice would have no end.
            tried.insert(slot).then_some(slot)
        };
        Ok(std::iter::from_fn(next).take(count).collect())
    }

    fn why_none(&self, pick: &Pick<'_>) -> RouteError {
        match self.strategy.profile().key {
            Key::Required if pick.key().is_none() => RouteError::KeyRequired,
            _ => RouteError::NoBackend,
        }
    }

    pub(crate) fn settle_all(&self) {
        let slots = self.pool.slots();
        slots.for_each(|slot| self.strategy.settle(&self.pool, slot));
    }

    /// The slot of a backend that had `slot` in the pool of `generation`.
    pub(crate) fn locate(&self, name: &str, slot: Slot, generation: u64) -> Option<Slot> {
        if generation == self.generation {
            Some(slot)
        } else {
            self.pool.slot(name)
        }
    }
}
