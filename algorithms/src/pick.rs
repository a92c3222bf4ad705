//! A request for which a backend is picked.

use std::fmt::{self, Debug};
use std::time::Duration;

use crate::outcome::Clock;
use crate::pool::Pool;
use crate::slot::{Slot, SlotSet};

/// A request for which a backend is picked: its key and the backends that it may reach.
#[derive(Clone, Copy)]
pub struct Pick<'a> {
    pool: &'a Pool,
    key: Option<&'a [u8]>,
    tried: Option<&'a SlotSet>,
    limit: Option<&'a dyn Fn(Slot) -> bool>,
    /// Whether the state of the backends is ignored.
    regardless: bool,
    question: bool,
    clock: Option<&'a Clock>,
    /// Whether none of the above forbids a slot.
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

    /// Returns the same request, excluding the slots already tried.
    #[must_use]
    #[inline]
    pub fn excluding(self, tried: &'a SlotSet) -> Self {
        Self {
            tried: Some(tried),
            free: self.free && tried.is_empty(),
            ..self
        }
    }

    /// Returns the same request, restricted to the slots within a limit: how a wrapper restricts the inner algorithm. A
    /// pick has one limit, so the new one has to ask this pick whether it [permits](Self::permits) the slot.
    #[must_use]
    #[inline]
    pub fn within(self, limit: &'a dyn Fn(Slot) -> bool) -> Self {
        Self {
            limit: Some(limit),
            free: false,
            ..self
        }
    }

    /// Returns the same request, which may reach every untried backend, whatever its state and limit: for what-ifs.
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

    /// Returns the same request to a part of the backends, as a separate pool. A [limit](Self::within) there must
    /// exclude what this pick does not [permit](Self::permits).
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

    /// Returns the same request as a dry run: no balancer advances any state for it.
    #[must_use]
    #[inline]
    pub fn question(self) -> Self {
        Self {
            question: true,
            ..self
        }
    }

    /// Returns the same request with this clock.
    #[inline]
    pub(crate) fn by(self, clock: &'a Clock) -> Self {
        Self {
            clock: Some(clock),
            ..self
        }
    }

    /// Returns the time of the clock that the load balancer was [given](crate::LoadBalancer::with_clock), or `None`
    /// without one. The clock is read by this call.
    #[must_use]
    pub fn now(&self) -> Option<Duration> {
        self.clock.and_then(Clock::now)
    }

    /// Returns whether this is a dry run that must not advance any state.
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

    /// Returns whether every slot may be the answer, without checking any.
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

    /// Returns whether this slot is untried and within the limit, so that only the state of the backend may exclude it.
    /// A balancer in panic routing, which [overrides health](crate::Balancer::overrides_health), requires no more.
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
