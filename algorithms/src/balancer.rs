//! The trait of all strategies, what a strategy promises, and the request that it picks for.

use std::fmt::{self, Debug};
use std::time::Duration;

use enum_dispatch::enum_dispatch;

use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::outcome::{Clock, Outcome, Report};
use crate::pool::Pool;
use crate::slot::{Slot, SlotSet};
use crate::strategy::Strategy;

/// A way to pick a backend for a request.
///
/// A balancer is immutable to those who route: a changed pool gets a successor, built by
/// [`rebuild`](Self::rebuild). What must change from request to request (a cursor, an index over
/// the counts) is held inside, safe for many threads.
///
/// It walks its own order of preference and returns the first slot that
/// [`Pick::allows`]; so retries, owners and ineligible backends need no code of their own.
#[enum_dispatch]
pub trait Balancer: Debug + Send + Sync {
    /// One backend for this request, or none if none is allowed. The slot must be one of the pick's
    /// pool; whoever routes by a strategy that breaks this panics.
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot>;

    /// The successor of `self` for a changed pool; it may carry state over.
    ///
    /// # Errors
    /// [`BuildError`] if the pool does not fit the options.
    fn rebuild(&self, pool: &Pool) -> Result<Strategy, BuildError>;

    /// What the strategy needs and promises.
    fn profile(&self) -> Profile;

    /// A member's count or eligibility changed: a strategy with an index over them reads them again
    /// here. Called only where [`Profile::settles`] is set, by one thread at a time, and while
    /// others pick. It must not route.
    fn settle(&self, pool: &Pool, slot: Slot) {
        let _ = (pool, slot);
    }

    /// A request that this load balancer routed to a member has ended so, at this time (zero without
    /// a clock). Called only
    /// where [`Profile::outcomes`] is set, by any number of threads at a time.
    fn observe(&self, pool: &Pool, slot: Slot, outcome: Outcome, now: Duration) {
        let _ = (pool, slot, outcome, now);
    }

    /// A member was probed and says this of itself, at this time (zero without a clock). Called by any
    /// number of threads at a time.
    fn report(&self, pool: &Pool, slot: Slot, report: Report, now: Duration) {
        let _ = (pool, slot, report, now);
    }

    /// Whom to probe next of those that the pick allows; nobody, if reports make no difference.
    fn probe(&self, pick: &Pick<'_>) -> Option<Slot> {
        let _ = pick;
        None
    }

    /// The table that keys are looked up in, entry by entry, or the owners of a ring's points in their
    /// order; none of a strategy that has neither.
    fn table(&self) -> Option<Vec<Slot>> {
        None
    }

    /// [`pick`](Self::pick), telling the steps that led to it.
    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let _ = steps;
        self.pick(pick)
    }

    /// Takes in what, beside the pool, decides its answers: its name and settings, but not what turns
    /// from request to request. Two strategies of one fingerprint over equal pools must pick alike.
    fn describe(&self, fingerprint: &mut Fingerprint);

    /// Bytes held beside the value itself.
    fn memory(&self) -> usize {
        0
    }
}

/// Whether a strategy picks by the request's key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    /// The key makes no difference.
    Unused,
    /// It picks by the key if there is one, and without one in another way.
    Optional,
    /// Without a key nothing is picked.
    Required,
}

/// What a strategy needs and promises. The laws that every strategy is tested against and the front
/// ends read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Whether the strategy picks by key.
    pub key: Key,
    /// Whether its picks depend on the requests in flight.
    pub in_flight: bool,
    /// Whether it keeps an index over the requests in flight and over who is eligible, and so is told
    /// of every change of them by [`Balancer::settle`]. That costs each request a short lock.
    pub settles: bool,
    /// Whether its picks depend on how requests went, and so it is told by [`Balancer::observe`].
    pub outcomes: bool,
    /// Whether a change of eligibility has a successor built. Otherwise the ineligible are walked
    /// past.
    pub rebuild_on_eligibility: bool,
    /// Whether the answers are the same in every order of the backends.
    pub order_free: bool,
    /// Whether a change moves a key only to a joiner, only from a leaver, only towards raised or
    /// away from lowered weight: exactly zero other keys.
    pub minimal: bool,
    /// Whether the answers depend on the changes that the pool went through: on its
    /// [numbering](Pool::numbering).
    pub history: bool,
    /// Whether loads follow the weights. Otherwise a weight makes no difference.
    pub weighted: bool,
    /// Whether it may pick nobody although some backend is eligible, untried and below its cap.
    pub may_give_up: bool,
    /// Whether it may pick backends that are not eligible, when too few are: panic routing.
    pub panics: bool,
}

impl Profile {
    /// A strategy by key that is free of the order given and moves no key needlessly.
    pub const MINIMAL: Self = Self {
        key: Key::Required,
        in_flight: false,
        settles: false,
        outcomes: false,
        rebuild_on_eligibility: false,
        order_free: true,
        minimal: true,
        history: false,
        weighted: true,
        may_give_up: false,
        panics: false,
    };

    /// A strategy that takes turns in the order given, without a key.
    pub const TURNS: Self = Self {
        key: Key::Unused,
        in_flight: false,
        settles: false,
        outcomes: false,
        rebuild_on_eligibility: false,
        order_free: false,
        minimal: false,
        history: false,
        weighted: true,
        may_give_up: false,
        panics: false,
    };
}

/// One step on the way to an answer, told by [`Balancer::trace`] in the order taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step<'a> {
    /// What is hashed, if that is not the whole key.
    Bytes(&'a [u8]),
    /// The hash of the key, a number of so many bits.
    Hash {
        /// The number.
        hash: u128,
        /// How many bits it has at most.
        bits: u32,
    },
    /// The point of a ring that the hash finds.
    Point {
        /// The point, of as many bits as the hash.
        point: u128,
        /// Whose it is.
        owner: Slot,
    },
    /// The entry of a table, or of a list, that the hash finds.
    Entry {
        /// Its place, from 0.
        index: u64,
        /// How many entries there are.
        len: u64,
        /// Whose it is; none of a number that is vacant.
        owner: Option<Slot>,
    },
    /// The backend that comes first by the hash, whether or not it may be picked.
    First(Slot),
    /// A backend that was passed over because it is above its bound.
    Full(Slot),
    /// What decides because the way by the key led nowhere.
    Fallback(&'static str),
}

impl Step<'_> {
    /// A hash of 64 bits.
    pub(crate) fn of_hash(hash: u64) -> Self {
        let (hash, bits) = (hash.into(), u64::BITS);
        Self::Hash { hash, bits }
    }

    /// An entry of a table or list.
    pub(crate) fn entry(index: usize, len: usize, owner: impl Into<Option<Slot>>) -> Self {
        let (index, len, owner) = (index as u64, len as u64, owner.into());
        Self::Entry { index, len, owner }
    }

    /// The same step in a pool whose slots are others.
    #[must_use]
    pub(crate) fn renumbered(self, slot: impl Fn(Slot) -> Slot) -> Self {
        match self {
            Self::Point { point, owner } => Self::Point {
                point,
                owner: slot(owner),
            },
            Self::Entry { index, len, owner } => Self::Entry {
                index,
                len,
                owner: owner.map(slot),
            },
            Self::First(first) => Self::First(slot(first)),
            Self::Full(full) => Self::Full(slot(full)),
            Self::Bytes(_) | Self::Hash { .. } | Self::Fallback(_) => self,
        }
    }
}

/// [`Balancer::trace`] of a strategy that goes by a hash of 64 bits.
pub(crate) fn trace_by_hash(
    strategy: &impl Balancer,
    hash: u64,
    pick: &Pick<'_>,
    steps: &mut dyn FnMut(Step<'_>),
) -> Option<Slot> {
    steps(Step::of_hash(hash));
    let first = strategy.pick(&pick.question().within(&|_| true));
    first.map(Step::First).into_iter().for_each(&mut *steps);
    strategy.pick(pick)
}

/// A request to pick for: its key and the backends that it may reach.
#[derive(Clone, Copy)]
pub struct Pick<'a> {
    pool: &'a Pool,
    key: Option<&'a [u8]>,
    tried: Option<&'a SlotSet>,
    limit: Option<&'a dyn Fn(Slot) -> bool>,
    question: bool,
    clock: Option<&'a Clock>,
    /// Whether nothing of the above forbids a slot.
    free: bool,
}

impl<'a> Pick<'a> {
    /// A request to any backend that the pool admits.
    #[inline]
    #[must_use]
    pub fn new(pool: &'a Pool, key: Option<&'a [u8]>) -> Self {
        Self {
            pool,
            key,
            tried: None,
            limit: None,
            question: false,
            clock: None,
            free: pool.is_unrestricted(),
        }
    }

    /// The same request, which may not reach the slots already tried.
    #[must_use]
    #[inline]
    pub fn excluding(self, tried: &'a SlotSet) -> Self {
        Self {
            tried: Some(tried),
            free: self.free && tried.is_empty(),
            ..self
        }
    }

    /// The same request, which may reach only the slots within a limit: how a strategy around
    /// another one restricts it. The limit alone decides, and so has to ask this pick whether it
    /// [`allows`](Self::allows) the slot as well; one that does not is for what-ifs.
    #[must_use]
    #[inline]
    pub fn within(self, limit: &'a dyn Fn(Slot) -> bool) -> Self {
        Self {
            limit: Some(limit),
            free: false,
            ..self
        }
    }

    /// The same request with another key.
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

    /// The same request to some of the backends, as a pool of their own. What forbids a slot here has
    /// to be asked for there [as a limit](Self::within).
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

    /// The same request, but only asked about: no strategy takes a turn for it.
    #[must_use]
    #[inline]
    pub fn question(self) -> Self {
        Self {
            question: true,
            ..self
        }
    }

    /// The same request, by this clock.
    #[inline]
    pub(crate) fn by(self, clock: &'a Clock) -> Self {
        Self {
            clock: Some(clock),
            ..self
        }
    }

    /// The time by the clock that the load balancer was [given](crate::LoadBalancer::with_clock);
    /// none without one. It is read when it is asked for.
    #[must_use]
    pub fn now(&self) -> Option<Duration> {
        self.clock.and_then(Clock::now)
    }

    /// Whether the request is only asked about, so that whatever turns from request to request has to
    /// stay as it is.
    #[inline]
    #[must_use]
    pub const fn is_question(&self) -> bool {
        self.question
    }

    /// The pool that the slots belong to.
    #[inline]
    #[must_use]
    pub const fn pool(&self) -> &'a Pool {
        self.pool
    }

    /// The request's key.
    #[inline]
    #[must_use]
    pub const fn key(&self) -> Option<&'a [u8]> {
        self.key
    }

    /// Whether this slot may be the answer: admitted by the pool, not yet tried and within the limit.
    #[inline]
    #[must_use]
    pub fn allows(&self, slot: Slot) -> bool {
        self.free || self.allows_when_restricted(slot)
    }

    /// Whether this slot may be the answer of a strategy that takes in those who are not eligible
    /// ([`Profile::panics`]): not yet tried and within the limit, a backup or not.
    #[inline]
    #[must_use]
    pub fn allows_in_panic(&self, slot: Slot) -> bool {
        !self.tried.is_some_and(|tried| tried.contains(slot))
            && self.limit.is_none_or(|limit| limit(slot))
    }

    fn allows_when_restricted(&self, slot: Slot) -> bool {
        !self.tried.is_some_and(|tried| tried.contains(slot))
            && match self.limit {
                Some(limit) => limit(slot),
                None => self.pool.admits(slot),
            }
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
