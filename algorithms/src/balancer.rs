//! What is built for a pool and picks its backends.

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

/// The part that an [`Algorithm`](crate::Algorithm) builds for a pool: it picks a backend for each request.
///
/// A balancer does not change while it routes; a changed pool gets a new balancer. State that changes from request to
/// request (a cursor, an index over the counts) is kept inside and is thread-safe.
///
/// It walks its own order of preference and returns the first slot that [`Pick::allows`], so retries,
/// owners and unhealthy backends need no code of their own.
///
/// The methods are of three kinds: questions about requests ([`pick`](Self::pick), [`pick_each`](Self::pick_each),
/// [`trace`](Self::trace), [`probe`](Self::probe), [`failure`](Self::failure)), events that are reported to the
/// balancer ([`on_change`](Self::on_change), [`on_outcome`](Self::on_outcome), [`on_report`](Self::on_report)), and
/// facts about the balancer itself.
#[enum_dispatch]
pub trait Balancer: Any + Debug + Send + Sync {
    /// Returns a backend for this request, or `None` if no backend is allowed. The slot must belong to the pick's pool;
    /// routing panics if it is out of range.
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot>;

    /// Picks for several requests in order and appends the answers. Meant for a balancer that waits for its answers,
    /// such as one in another process: it can ask ahead.
    fn pick_each(&self, picks: &[Pick<'_>], slots: &mut Vec<Option<Slot>>) {
        slots.extend(picks.iter().map(|pick| self.pick(pick)));
    }

    /// Returns the same as [`pick`](Self::pick), and reports the steps that led to the answer.
    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let _ = steps;
        self.pick(pick)
    }

    /// Returns the backend to probe next, among those that the pick allows, or `None` if the strategy does not use
    /// probes.
    fn probe(&self, pick: &Pick<'_>) -> Option<Slot> {
        let _ = pick;
        None
    }

    /// Called when the count or health of a member has changed, so that a balancer with an index over them can update
    /// it. Called only if [`Profile::on_change`](crate::Profile::on_change) is set, by one thread at a time, while
    /// other threads pick. It must not route.
    fn on_change(&self, pool: &Pool, slot: Slot) {
        let _ = (pool, slot);
    }

    /// Called when a request that this load balancer routed to a member finishes, with its outcome and the current time
    /// (zero without a clock). Called only if [`Profile::on_outcome`](crate::Profile::on_outcome) is set, by any number
    /// of threads at once.
    fn on_outcome(&self, pool: &Pool, slot: Slot, outcome: Outcome, now: Duration) {
        let _ = (pool, slot, outcome, now);
    }

    /// Called when a probed member answers, with its report and the current time (zero without a clock). Called by any
    /// number of threads at once.
    fn on_report(&self, pool: &Pool, slot: Slot, report: Report, now: Duration) {
        let _ = (pool, slot, report, now);
    }

    /// Returns whether it also picks unhealthy backends because too few are healthy: panic routing. Such a balancer
    /// [declares this](crate::Profile::may_override_health) and is rebuilt when health changes.
    fn overrides_health(&self) -> bool {
        false
    }

    /// Returns whether weights decide how this pool's load is shared. An algorithm that follows weights by its
    /// [profile](crate::Profile::weighted) may still ignore those of some pools or with some settings.
    fn follows_weights(&self) -> bool {
        true
    }

    /// Returns why the last pick failed because of something that the balancer depends on. `None` if it only found no
    /// backend to pick.
    fn failure(&self) -> Option<Failure> {
        None
    }

    /// Adds to the fingerprint what decides the answers besides the pool: name and settings, but no state that changes
    /// from request to request. Two balancers with one fingerprint over equal pools must pick alike.
    fn describe(&self, fingerprint: &mut Fingerprint);

    /// Returns the lookup table entry by entry, or the owners of a ring's points in their order; `None` for a balancer
    /// that has neither.
    fn table(&self) -> Option<Vec<Slot>> {
        None
    }

    /// Returns the bytes that the balancer holds besides the value itself.
    fn memory(&self) -> usize {
        0
    }
}

/// [`Balancer::trace`] for a balancer that hashes a key to 64 bits.
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

    fn follows_weights(&self) -> bool {
        (**self).follows_weights()
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
