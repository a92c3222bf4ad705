//! The set of backends and the state of each while requests are in flight.

use std::num::NonZeroU32;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::backend::{Backend, Weight};
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::limits::MAX_BACKENDS;
use crate::member::{Home, Listener, Member, State};
use crate::numbering::{Members, Numbering};
use crate::profile::Profile;
use crate::slot::Slot;
use crate::sync::{Arc, AtomicUsize};

/// An ordered set of backends with distinct names, with each member's requests in flight and eligibility. The
/// membership never changes: [`LoadBalancer::update`](crate::LoadBalancer::update) makes a successor in which remaining
/// backends keep their counts.
#[derive(Debug)]
pub struct Pool {
    members: Box<[Arc<Member>]>,
    by_name: Box<[Slot]>,
    /// The number of slots that a pick must check: ineligible backends, backups, and backends with a cap.
    restricted: AtomicUsize,
    /// The number of eligible backends that are not backups.
    primaries: AtomicUsize,
    backups: bool,
    capped: bool,
    /// The last numbering that an earlier pool computed.
    before: Arc<Numbering>,
    /// The numbering of this pool, computed on demand.
    numbering: OnceLock<Arc<Numbering>>,
    /// The time since which it is in force, if there is a clock.
    since: Option<Duration>,
}

impl Pool {
    /// Creates a pool in the order given. An empty pool is allowed: it routes nothing.
    ///
    /// # Errors
    /// [`BuildError`] for an empty, unprintable or repeated name and for more than
    /// [`MAX_BACKENDS`] backends.
    pub fn new<B: Into<Backend>>(
        backends: impl IntoIterator<Item = B>,
    ) -> Result<Self, BuildError> {
        Self::with_states(backends, |backend| State::new(backend.connections().into()))
    }

    pub(crate) fn empty() -> Self {
        Self {
            members: Box::default(),
            by_name: Box::default(),
            restricted: AtomicUsize::new(0),
            primaries: AtomicUsize::new(0),
            backups: false,
            capped: false,
            before: Arc::default(),
            numbering: OnceLock::new(),
            since: None,
        }
    }

    /// Returns the pool that follows this one at some time: remaining backends keep their counts and health.
    pub(crate) fn successor<B: Into<Backend>>(
        &self,
        backends: impl IntoIterator<Item = B>,
        since: Option<Duration>,
    ) -> Result<Self, BuildError> {
        let mut pool = Self::with_states(backends, |backend| match self.slot(backend.name()) {
            Some(slot) => Arc::clone(&self.member(slot).state),
            None => State::new(backend.connections().into()),
        })?;
        pool.before = Arc::clone(self.numbering.get().unwrap_or(&self.before));
        pool.since = since;
        Ok(pool)
    }

    fn with_states<B: Into<Backend>>(
        backends: impl IntoIterator<Item = B>,
        state: impl Fn(&Backend) -> Arc<State>,
    ) -> Result<Self, BuildError> {
        let members: Box<[_]> = backends
            .into_iter()
            .map(Into::into)
            .map(|backend: Backend| {
                Arc::new(Member {
                    state: state(&backend),
                    backend,
                })
            })
            .collect();
        if members.len() > MAX_BACKENDS {
            return Err(BuildError::TooManyBackends {
                backends: members.len(),
            });
        }
        members
            .iter()
            .try_for_each(|member| Backend::check_name(member.backend.name()))?;
        let name = |slot: Slot| members[slot.index()].backend.name();
        let mut by_name: Box<[_]> = (0..members.len()).map(Slot::new).collect();
        by_name.sort_unstable_by_key(|&slot| name(slot));
        if let Some(pair) = by_name
            .windows(2)
            .find(|pair| name(pair[0]) == name(pair[1]))
        {
            return Err(BuildError::DuplicateName {
                name: name(pair[0]).to_owned(),
            });
        }
        Ok(Self::of_members(members, by_name))
    }

    fn of_members(members: Box<[Arc<Member>]>, by_name: Box<[Slot]>) -> Self {
        let count = |counts: fn(&Member) -> bool| {
            let counted = members.iter().filter(|member| counts(member));
            AtomicUsize::new(counted.count())
        };
        Self {
            restricted: count(Member::is_restricted),
            primaries: count(Member::is_primary),
            backups: members.iter().any(|member| member.backend.is_backup()),
            capped: members.iter().any(|member| member.is_capped()),
            members,
            by_name,
            before: Arc::default(),
            numbering: OnceLock::new(),
            since: None,
        }
    }

    /// Takes over the buckets of an earlier pool: that of another process, or of this one before a restart. Backends
    /// that are not in it take buckets as new backends do.
    #[must_use]
    pub fn with_numbering(self, numbering: Numbering) -> Self {
        Self {
            before: Arc::new(numbering),
            numbering: OnceLock::new(),
            ..self
        }
    }

    /// Returns the buckets, numbered on first use, for balancers with [`Profile::history`]. They follow from the last
    /// numbering that an earlier pool computed.
    ///
    /// # Errors
    /// [`BuildError::TooManyBuckets`] if the sum of the weights exceeds [`MAX_BUCKETS`](crate::MAX_BUCKETS).
    pub fn numbering(&self) -> Result<&Numbering, BuildError> {
        if self.numbering.get().is_none() {
            let numbering = Arc::new(self.numbered_after(&self.before)?);
            return Ok(self.numbering.get_or_init(|| numbering));
        }
        Ok(self.numbering.get_or_init(Arc::default))
    }

    /// Returns the numbering of its backends that follows from an earlier one.
    pub(crate) fn numbered_after(&self, before: &Numbering) -> Result<Numbering, BuildError> {
        before.successor(&Members {
            backends: self.backends().collect(),
            slot: &|name| self.slot(name),
        })
    }

    /// Returns the last numbering that an earlier pool computed.
    pub(crate) fn numbering_before(&self) -> &Numbering {
        &self.before
    }

    /// Returns the time since which the pool is in force; `None` without a clock and for the first pool.
    pub(crate) const fn since(&self) -> Option<Duration> {
        self.since
    }

    /// Returns how many backends there are, eligible or not.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.members.len()
    }

    /// Returns whether there is no backend.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Returns the slots in the order given.
    pub fn slots(&self) -> impl ExactSizeIterator<Item = Slot> + Clone + use<> {
        (0..self.len() as u32).map(Slot)
    }

    /// Returns the slots in the order of their names, byte by byte: for algorithms with answers that must not depend on the
    /// order given.
    #[must_use]
    pub fn slots_by_name(&self) -> &[Slot] {
        &self.by_name
    }

    /// Returns the backends in the order given.
    pub fn backends(&self) -> impl ExactSizeIterator<Item = &Backend> {
        self.members.iter().map(|member| &member.backend)
    }

    /// Returns the backend in a slot.
    ///
    /// # Panics
    /// If the slot belongs to another, larger pool.
    #[must_use]
    pub fn backend(&self, slot: Slot) -> &Backend {
        &self.member(slot).backend
    }

    /// Returns the weight of the backend in a slot.
    #[must_use]
    pub fn weight(&self, slot: Slot) -> Weight {
        self.backend(slot).weight()
    }

    /// Returns the slot of a name, by binary search.
    #[must_use]
    pub fn slot(&self, name: &str) -> Option<Slot> {
        let found = self
            .by_name
            .binary_search_by_key(&name, |&slot| self.backend(slot).name());
        found.ok().map(|position| self.by_name[position])
    }

    /// Returns the requests in flight on the backend in a slot.
    #[must_use]
    pub fn in_flight(&self, slot: Slot) -> u64 {
        self.member(slot).in_flight()
    }

    /// Returns whether the backend in a slot may get requests, regardless of its cap: healthy, not draining and not
    /// down.
    #[inline]
    #[must_use]
    pub fn is_eligible(&self, slot: Slot) -> bool {
        self.member(slot).is_eligible()
    }

    /// Returns whether the backend in a slot is in service: eligible, and not a backup while another backend is
    /// eligible.
    #[inline]
    #[must_use]
    pub fn is_active(&self, slot: Slot) -> bool {
        let member = self.member(slot);
        member.is_eligible()
            && (!member.backend.is_backup() || self.primaries.load(Ordering::Relaxed) == 0)
    }

    /// Returns whether the backend in a slot may be picked now: in service and below its cap.
    #[inline]
    #[must_use]
    pub fn admits(&self, slot: Slot) -> bool {
        self.is_active(slot) && self.has_room(slot)
    }

    /// Returns whether the backend in a slot is below its cap.
    #[inline]
    pub(crate) fn has_room(&self, slot: Slot) -> bool {
        self.member(slot).has_room()
    }

    /// Returns whether every backend may be picked without a check: all are eligible, and none is a backup or has a
    /// cap.
    #[inline]
    #[must_use]
    pub fn is_unrestricted(&self) -> bool {
        self.restricted.load(Ordering::Relaxed) == 0
    }

    /// Returns whether any backend has a cap on its requests in flight.
    #[must_use]
    pub const fn is_capped(&self) -> bool {
        self.capped
    }

    /// Returns whether there is a backup, which the health of another backend may bring into or out of service.
    pub(crate) const fn has_backups(&self) -> bool {
        self.backups
    }

    /// Returns whether backups are in service: one of them is eligible, and no other backend is.
    pub(crate) fn is_on_backups(&self) -> bool {
        let serves = |slot| self.backend(slot).is_backup() && self.is_active(slot);
        self.backups && self.slots().any(serves)
    }

    /// Returns some of the backends, in the order given, as a separate pool that shares their counts and health.
    /// Figures about the whole pool are fixed at this moment.
    pub(crate) fn part(&self, slots: &[Slot]) -> Self {
        let members = slots.iter().map(|&slot| Arc::clone(self.member(slot)));
        let mut by_name: Box<[_]> = (0..slots.len()).map(Slot::new).collect();
        let name = |slot: &Slot| self.backend(slots[slot.index()]).name();
        by_name.sort_unstable_by(|a, b| name(a).cmp(name(b)));
        Self {
            since: self.since,
            ..Self::of_members(members.collect(), by_name)
        }
    }

    /// Returns a copy for a what-if, with the same health and the counts from `connections`. It shares nothing with
    /// this pool.
    #[must_use]
    pub fn fork(&self, connections: impl Fn(Slot) -> u64) -> Self {
        let fork = |slot| {
            let original = self.member(slot);
            let state = State::new(connections(slot));
            state.healthy.store(
                original.state.healthy.load(Ordering::Relaxed),
                Ordering::Relaxed,
            );
            Arc::new(Member {
                backend: original.backend.clone(),
                state,
            })
        };
        let fork = Self::of_members(self.slots().map(fork).collect(), self.by_name.clone());
        Self {
            before: Arc::clone(&self.before),
            numbering: self.numbering.clone(),
            since: self.since,
            ..fork
        }
    }

    /// Adds what decides where a balancer of this profile sends requests.
    pub(crate) fn describe(&self, profile: Profile, fingerprint: &mut Fingerprint) {
        let given: Vec<_> = self.slots().collect();
        let order = if profile.order_free {
            self.slots_by_name()
        } else {
            &given
        };
        fingerprint.number(order.len() as u64);
        for &slot in order {
            let backend = self.backend(slot);
            fingerprint.text(backend.name());
            if profile.weighted {
                fingerprint.number(backend.weight().get().into());
            }
            fingerprint.number(self.is_eligible(slot).into());
            fingerprint.number(backend.is_backup().into());
            fingerprint.number(backend.max_in_flight().map_or(0, NonZeroU32::get).into());
        }
        if profile.history
            && let Ok(numbering) = self.numbering()
        {
            numbering.describe(fingerprint);
        }
    }

    pub(crate) fn member(&self, slot: Slot) -> &Arc<Member> {
        &self.members[slot.index()]
    }

    /// Sets the health of a member and updates the figures that depend on it. One writer at a time. Returns whether the
    /// state changed.
    pub(crate) fn set_healthy(&self, slot: Slot, healthy: bool) -> bool {
        let member = self.member(slot);
        let before = (member.is_restricted(), member.is_primary());
        if member.state.healthy.swap(healthy, Ordering::Relaxed) == healthy {
            return false;
        }
        let after = (member.is_restricted(), member.is_primary());
        // The numbers wrap around zero and back.
        let adjust = |number: &AtomicUsize, before: bool, after: bool| {
            let by = usize::from(after).wrapping_sub(usize::from(before));
            number.fetch_add(by, Ordering::Relaxed);
        };
        adjust(&self.primaries, before.1, after.1);
        adjust(&self.restricted, before.0, after.0);
        true
    }

    /// Makes the members count for one load balancer. The first one keeps them.
    pub(crate) fn settle_in(&self, home: &std::sync::Arc<Home<dyn Listener>>) {
        for member in &self.members {
            member
                .state
                .home
                .get_or_init(|| std::sync::Arc::clone(home));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_checked() {
        let error = |names: &[&str]| Pool::new(names.iter().copied()).unwrap_err();
        assert_eq!(error(&["a", ""]), BuildError::EmptyName);
        assert_eq!(
            error(&["a", "b", "a"]),
            BuildError::DuplicateName { name: "a".into() }
        );
        assert_eq!(
            error(&["a\tb"]),
            BuildError::UnprintableName {
                name: "a\tb".into()
            }
        );
        let many = (0..=MAX_BACKENDS).map(|number| number.to_string());
        let backends = MAX_BACKENDS + 1;
        assert_eq!(
            Pool::new(many).unwrap_err(),
            BuildError::TooManyBackends { backends }
        );
    }

    #[test]
    fn slots_follow_the_order_given_and_names_are_found() {
        let pool = Pool::new(["c", "a", "b"]).unwrap();
        let names: Vec<_> = pool.backends().map(Backend::name).collect();
        assert_eq!(names, ["c", "a", "b"]);
        assert_eq!(pool.slots_by_name(), [Slot(1), Slot(2), Slot(0)]);
        assert_eq!(pool.slot("b"), Some(Slot(2)));
        assert_eq!(pool.slot("d"), None);
    }

    #[test]
    fn a_successor_keeps_health_and_counts_and_a_fork_shares_nothing() {
        let pool = Pool::new(["a", "b"]).unwrap();
        pool.set_healthy(Slot(1), false);
        pool.member(Slot(1))
            .state
            .in_flight
            .store(3, Ordering::SeqCst);
        let next = pool.successor(["b", "c"], None).unwrap();
        assert!(!next.is_unrestricted() && !next.is_eligible(Slot(0)) && next.is_eligible(Slot(1)));
        assert_eq!((next.in_flight(Slot(0)), next.in_flight(Slot(1))), (3, 0));
        let fork = next.fork(|slot| next.in_flight(slot) + 1);
        assert_eq!((fork.in_flight(Slot(0)), next.in_flight(Slot(0))), (4, 3));
        assert!(!fork.is_eligible(Slot(0)));
    }

    #[test]
    fn backups_stand_by_while_another_is_eligible() {
        let backends = [
            Backend::new("a"),
            Backend::new("b").with_backup(true),
            Backend::new("c").with_backup(true).with_down(true),
        ];
        let pool = Pool::new(backends).unwrap();
        let active = || -> Vec<_> { pool.slots().map(|slot| pool.is_active(slot)).collect() };
        assert_eq!(active(), [true, false, false]);
        pool.set_healthy(Slot(0), false);
        assert_eq!(active(), [false, true, false]);
        pool.set_healthy(Slot(0), true);
        assert_eq!(active(), [true, false, false]);
        assert!(pool.is_eligible(Slot(1)) && !pool.is_unrestricted());
    }

    #[test]
    fn a_backend_at_its_cap_is_active_but_not_admitted() {
        let capped = Backend::new("a").with_max_in_flight(NonZeroU32::MIN);
        let pool = Pool::new([capped]).unwrap();
        assert!(pool.admits(Slot(0)) && !pool.is_unrestricted());
        pool.member(Slot(0))
            .state
            .in_flight
            .store(1, Ordering::SeqCst);
        assert!(!pool.admits(Slot(0)) && pool.is_active(Slot(0)));
    }

    #[test]
    fn eligibility_needs_health_and_no_drain() {
        let pool = Pool::new([Backend::new("a").with_drain(true), Backend::new("b")]).unwrap();
        assert!(!pool.is_eligible(Slot(0)) && !pool.is_unrestricted());
        pool.set_healthy(Slot(0), false);
        pool.set_healthy(Slot(0), true);
        assert!(!pool.is_eligible(Slot(0)) && pool.is_eligible(Slot(1)));
        let undrained = pool.successor(["a", "b"], None).unwrap();
        assert!(undrained.is_unrestricted());
    }
}
