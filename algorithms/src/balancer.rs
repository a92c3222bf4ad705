//! What was built for a pool and picks backends of it.

use std::any::Any;
use std::fmt::Debug;
use std::time::Duration;

use enum_dispatch::enum_dispatch;

use crate::failure::Failure;
use crate::hash::Fingerprint;
use crate::outcome::{Outcome, Report};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::slot::Slot;
use crate::step::Step;

/// What an [`Algorithm`](crate::Algorithm) builds for a pool: it picks a backend for each request.
///
/// A balancer is immutable to those that route: a changed pool gets a balancer of its own. What must
/// change from request to request (a cursor, an index over the counts) is held inside, safe for many
/// threads.
///
/// It walks its own order of preference and returns the first slot that [`Pick::allows`], so retries,
/// owners and unhealthy backends need no code of their own.
///
/// The methods are of three kinds: questions about requests ([`pick`](Self::pick), [`pick_each`](Self::pick_each),
/// [`trace`](Self::trace), [`probe`](Self::probe), [`failure`](Self::failure)), events that the balancer is told of
/// ([`on_change`](Self::on_change), [`on_outcome`](Self::on_outcome), [`on_report`](Self::on_report)), and facts
/// about the balancer itself.
#[enum_dispatch]
pub trait Balancer: Any + Debug + Send + Sync {
    /// Returns a backend for this request, or none if none is allowed. The slot must be one of the pick's
    /// pool; a load balancer whose balancer breaks this panics.
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot>;

    /// Picks for several requests, one after the other, and appends the answers in their order. Meant for a
    /// balancer that has to wait for its answers, another process's for instance: it asks ahead.
    fn pick_each(&self, picks: &[Pick<'_>], slots: &mut Vec<Option<Slot>>) {
        slots.extend(picks.iter().map(|pick| self.pick(pick)));
    }

    /// [`pick`](Self::pick), reporting the steps that led to the answer.
    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let _ = steps;
        self.pick(pick)
    }

    /// Returns the backend to probe next, of those that the pick allows; none if reports make no difference.
    fn probe(&self, pick: &Pick<'_>) -> Option<Slot> {
        let _ = pick;
        None
    }

    /// A member's count or health changed: a balancer with an index over them reads them again
    /// here. Called only where [`Profile::on_change`](crate::Profile::on_change) is set, by one thread at a time, and while
    /// others pick. It must not route.
    fn on_change(&self, pool: &Pool, slot: Slot) {
        let _ = (pool, slot);
    }

    /// A request that this load balancer routed to a member has ended in this way, at this time (zero without
    /// a clock). Called only where [`Profile::on_outcome`](crate::Profile::on_outcome) is set, by any number of threads at a time.
    fn on_outcome(&self, pool: &Pool, slot: Slot, outcome: Outcome, now: Duration) {
        let _ = (pool, slot, outcome, now);
    }

    /// A member that was probed has answered with this report, at this time (zero without a clock). Called by
    /// any number of threads at a time.
    fn on_report(&self, pool: &Pool, slot: Slot, report: Report, now: Duration) {
        let _ = (pool, slot, report, now);
    }

    /// Returns whether it picks backends that are not healthy as well, because too few are: panic routing. Such a
    /// balancer [says so](crate::Profile::may_override_health) and is built again when health changes.
    fn overrides_health(&self) -> bool {
        false
    }

    /// Returns why it picked nothing just now, if it was not able to: what it depends on has failed. None if no
    /// backend could be picked.
    fn failure(&self) -> Option<Failure> {
        None
    }

    /// Takes in what, beside the pool, decides the answers: name and settings, but not what turns
    /// from request to request. Two balancers of one fingerprint over equal pools must pick alike.
    fn describe(&self, fingerprint: &mut Fingerprint);

    /// Returns the table that keys are looked up in, entry by entry, or the owners of a ring's points in their
    /// order; none of a balancer that has neither.
    fn table(&self) -> Option<Vec<Slot>> {
        None
    }

    /// Returns the bytes held beside the value itself.
    fn memory(&self) -> usize {
        0
    }
}

/// [`Balancer::trace`] of a balancer that hashes a key to 64 bits.
pub(crate) fn trace_by_hash(
    balancer: &impl Balancer,
    hash: u64,
    pick: &Pick<'_>,
    steps: &mut dyn FnMut(Step<'_>),
) -> Option<Slot> {
    steps(Step::of_hash(hash));
    let first = balancer.pick(&pick.question().regardless());
    first.map(Step::First).into_iter().for_each(&mut *steps);
    balancer.pick(pick)
}

#[deny(clippy::missing_trait_methods)]
impl Balancer for Box<dyn Balancer> {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        (**self).pick(pick)
    }

    fn pick_each(&self, picks: &[Pick<'_>], slots: &mut Vec<Option<Slot>>) {
        (**self).pick_each(picks, slots);
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        (**self).trace(pick, steps)
    }

    fn probe(&self, pick: &Pick<'_>) -> Option<Slot> {
        (**self).probe(pick)
    }

    fn on_change(&self, pool: &Pool, slot: Slot) {
        (**self).on_change(pool, slot);
    }

    fn on_outcome(&self, pool: &Pool, slot: Slot, outcome: Outcome, now: Duration) {
        (**self).on_outcome(pool, slot, outcome, now);
    }

    fn on_report(&self, pool: &Pool, slot: Slot, report: Report, now: Duration) {
        (**self).on_report(pool, slot, report, now);
    }

    fn overrides_health(&self) -> bool {
        (**self).overrides_health()
    }

    fn failure(&self) -> Option<Failure> {
        (**self).failure()
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        (**self).describe(fingerprint);
    }

    fn table(&self) -> Option<Vec<Slot>> {
        (**self).table()
    }

    fn memory(&self) -> usize {
        (**self).memory()
    }
}
