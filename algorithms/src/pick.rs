//! A request that a backend is picked for.

use std::fmt::{self, Debug};
use std::time::Duration;

use crate::outcome::Clock;
use crate::pool::Pool;
use crate::slot::{Slot, SlotSet};

/// A request to pick for: its key and the backends that it may reach.
#[derive(Clone, Copy)]
pub struct Pick<'a> {
    pool: &'a Pool,
    key: Option<&'a [u8]>,
    tried: Option<&'a SlotSet>,
    limit: Option<&'a dyn Fn(Slot) -> bool>,
    /// Whether the state of the backends makes no difference.
    regardless: bool,
    question: bool,
    clock: Option<&'a Clock>,
    /// Whether nothing of the above forbids a slot.
    free: bool,
}

impl<'a> Pick<'a> {
    /// Creates a request to any backend that the pool admits.
    #[inline]
    #[must_use]
    pub fn new(pool: &'a Pool, key: Option<&'a [u8]>) -> Self {
        Self {
            pool,
            key,
            tried: None,
            limit: None,
            regardless: false,
            question: false,
            clock: None,
            free: pool.is_unrestricted(),
        }
    }

    /// Returns the same request, which may not reach the slots already tried.
    #[must_use]
    #[inline]
    pub fn excluding(self, tried: &'a SlotSet) -> Self {
        Self {
            tried: Some(tried),
            free: self.free && tried.is_empty(),
            ..self
        }
    }

    /// Returns the same request, which may reach only the slots within a limit as well: how an algorithm around
    /// another one restricts it. A pick has one limit, so the new one has to ask this pick whether it
    /// [permits](Self::permits) the slot.
    #[must_use]
    #[inline]
    pub fn within(self, limit: &'a dyn Fn(Slot) -> bool) -> Self {
        Self {
            limit: Some(limit),
            free: false,
            ..self
        }
    }

    /// Returns the same request, which may reach every backend that was not tried, whatever its state and
    /// whatever the limit: for what-ifs.
    #[must_use]
    #[inline]
    pub fn regardless(self) -> Self {
        Self {
            limit: None,
            regardless: true,
            free: self.tried.is_none_or(SlotSet::is_empty),
            ..self
        }
    }

    /// Returns the same request with another key.
    #[must_use]
    pub(crate) fn with_key<'b>(self, key: &'b [u8]) -> Pick<'b>
    where
        'a: 'b,
    {
        Pick {
            key: Some(key),
            ..self
        }
    }

    /// Returns the same request to some of the backends, as a pool of their own. What this pick does not
    /// [permit](Self::permits) has to be a [limit](Self::within) there.
    #[must_use]
    pub(crate) fn among<'b>(self, pool: &'b Pool) -> Pick<'b>
    where
        'a: 'b,
    {
        Pick {
            pool,
            tried: None,
            limit: None,
            free: self.free && pool.is_unrestricted(),
            ..self
        }
    }

    /// Returns the same request, but only asked about: no balancer takes a turn for it.
    #[must_use]
    #[inline]
    pub fn question(self) -> Self {
        Self {
            question: true,
            ..self
        }
    }

    /// Returns the same request, by this clock.
    #[inline]
    pub(crate) fn by(self, clock: &'a Clock) -> Self {
        Self {
            clock: Some(clock),
            ..self
        }
    }

    /// Returns the time by the clock that the load balancer was [given](crate::LoadBalancer::with_clock);
    /// none without one. It is read when it is asked for.
    #[must_use]
    pub fn now(&self) -> Option<Duration> {
        self.clock.and_then(Clock::now)
    }

    /// Returns whether the request is only asked about, so that whatever turns from request to request has to
    /// stay as it is.
    #[inline]
    #[must_use]
    pub const fn is_question(&self) -> bool {
        self.question
    }

    /// Returns the pool that the slots belong to.
    #[inline]
    #[must_use]
    pub const fn pool(&self) -> &'a Pool {
        self.pool
    }

    /// Returns the request's key.
    #[inline]
    #[must_use]
    pub const fn key(&self) -> Option<&'a [u8]> {
        self.key
    }

    /// Returns whether every slot may be the answer, without a look at any.
    #[inline]
    #[must_use]
    pub const fn is_free(&self) -> bool {
        self.free
    }

    /// Returns whether this slot may be the answer: admitted by the pool, not yet tried and within the limit.
    #[inline]
    #[must_use]
    pub fn allows(&self, slot: Slot) -> bool {
        self.free || self.allows_when_restricted(slot)
    }

    /// Returns whether nothing but the state of the backend keeps this slot from being the answer: not yet tried
    /// and within the limit. A balancer under panic routing, which
    /// [overrides health](crate::Balancer::overrides_health), asks for no more.
    #[inline]
    #[must_use]
    pub fn permits(&self, slot: Slot) -> bool {
        !self.tried.is_some_and(|tried| tried.contains(slot))
            && self.limit.is_none_or(|limit| limit(slot))
    }

    fn allows_when_restricted(&self, slot: Slot) -> bool {
        self.permits(slot) && (self.regardless || self.pool.admits(slot))
    }
}

impl Debug for Pick<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pick")
            .field("pool", &self.pool)
            .field("key", &self.key)
            .field("tried", &self.tried)
            .finish_non_exhaustive()
    }
}
