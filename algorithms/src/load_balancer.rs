//! The engine: one strategy over one pool, for many threads.

use std::fmt;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::backend::Backend;
use crate::balancer::{Balancer, Pick, Step};
use crate::error::{BuildError, RouteError};
use crate::outcome::{Clock, Outcome, Report};
use crate::pool::{Member, Pool};
use crate::slot::{Slot, SlotSet};
use crate::snapshot::Snapshot;
use crate::strategy::Strategy;
use crate::sync::{Arc, ArcSwap, AtomicBool, Mutex, MutexGuard};
use crate::ticket::Ticket;

/// Routes requests to the backends of a pool by a strategy, from any number of threads, while the
/// pool, the eligibility and the strategy change.
///
/// Routing reads one snapshot through one atomic load and never waits for a change. Picking and
/// counting are two steps: two threads may both find the same backend idle.
pub struct LoadBalancer {
    core: Arc<Core>,
}

/// What tickets share with their load balancer. The members of the pool point back here, so the
/// load balancer empties the snapshot when it is dropped.
pub(crate) struct Core {
    snapshot: ArcSwap<Snapshot>,
    /// Whether the strategy is told of every change of a count and of eligibility.
    told: AtomicBool,
    /// Whether the strategy is told how requests went.
    outcomes: AtomicBool,
    /// The snapshot whose strategy is told, by one thread at a time.
    settled: Mutex<Arc<Snapshot>>,
    writer: Mutex<()>,
}

impl LoadBalancer {
    /// Builds the strategy for the pool. There is no time: newcomers are warm at once, latencies do not
    /// decay and reports do not age. Strategies that go by it need [`with_clock`](Self::with_clock).
    ///
    /// # Errors
    /// [`BuildError`] if the strategy's options do not fit the pool.
    pub fn new(strategy: impl Into<Strategy>, pool: Pool) -> Result<Self, BuildError> {
        Self::build(&strategy.into(), pool, Clock::default())
    }

    /// Builds the strategy for the pool and gives it a clock: the time since any moment that stays
    /// the same. It is read only when a strategy asks for the time, and must not call back here.
    ///
    /// # Errors
    /// [`BuildError`] if the strategy's options do not fit the pool.
    pub fn with_clock(
        strategy: impl Into<Strategy>,
        pool: Pool,
        clock: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Result<Self, BuildError> {
        Self::build(&strategy.into(), pool, Clock::new(clock))
    }

    pub(crate) fn build(strategy: &Strategy, pool: Pool, clock: Clock) -> Result<Self, BuildError> {
        let strategy = strategy.rebuild(&pool)?;
        let core = Arc::new(Core {
            snapshot: ArcSwap::from_pointee(Snapshot::empty()),
            told: AtomicBool::new(false),
            outcomes: AtomicBool::new(false),
            settled: Mutex::new(Arc::new(Snapshot::empty())),
            writer: Mutex::new(()),
        });
        let balancer = Self { core };
        balancer.publish(Snapshot {
            pool: Arc::new(pool),
            strategy,
            generation: 1,
            clock,
        });
        Ok(balancer)
    }

    /// Picks a backend for a request and counts the request there until the ticket is released.
    ///
    /// # Errors
    /// [`RouteError::KeyRequired`] without a key where one is needed, [`RouteError::NoBackend`] if
    /// no backend is eligible.
    #[inline]
    pub fn route(&self, key: Option<&[u8]>) -> Result<Ticket, RouteError> {
        let snapshot = self.core.snapshot.load();
        snapshot.place(key, SlotSet::new(), Snapshot::pick)
    }

    /// [`route`](Self::route) for a request that was tried before: it reaches none of the named
    /// backends, but the next in the strategy's order of preference. Names that are not in the pool
    /// (any more) make no difference.
    ///
    /// # Errors
    /// As [`route`](Self::route); [`RouteError::NoBackend`] also if all eligible ones were tried.
    pub fn retry(&self, key: Option<&[u8]>, tried: &[&str]) -> Result<Ticket, RouteError> {
        let snapshot = self.core.snapshot.load();
        let tried = snapshot.slots_of(tried);
        snapshot.place(key, tried, Snapshot::pick)
    }

    /// [`route`](Self::route) or, with names already tried, [`retry`](Self::retry), telling the
    /// steps that led to the answer.
    ///
    /// # Errors
    /// As [`retry`](Self::retry).
    pub fn trace(
        &self,
        key: Option<&[u8]>,
        tried: &[&str],
        steps: &mut dyn FnMut(Step<'_>),
    ) -> Result<Ticket, RouteError> {
        let snapshot = self.core.snapshot.load();
        let tried = snapshot.slots_of(tried);
        snapshot.place(key, tried, |snapshot, pick| snapshot.trace(pick, steps))
    }

    /// The first `count` distinct eligible backends for a key, in the strategy's order of
    /// preference: where its replicas belong and where retries go. The first is
    /// [`route`](Self::route)'s answer; there are fewer if the pool has fewer.
    ///
    /// # Errors
    /// [`RouteError::KeyUnused`] under a strategy that uses no key.
    pub fn owners(&self, key: &[u8], count: usize) -> Result<Vec<Backend>, RouteError> {
        let snapshot = self.core.snapshot.load();
        let owners = snapshot.owners(key, count)?;
        Ok(owners
            .into_iter()
            .map(|slot| snapshot.pool.backend(slot).clone())
            .collect())
    }

    /// Replaces the backends. Who stays keeps its count and health; requests in flight go on.
    ///
    /// The list is all that is known of them afterwards: a weight, an address or a drain that is not
    /// repeated is gone. To let a backend run dry first, describe it
    /// [with a drain](Backend::with_drain) and wait until its [`in_flight`](Self::in_flight) is 0.
    ///
    /// # Errors
    /// [`BuildError`]; then nothing has changed.
    pub fn update<B: Into<Backend>>(
        &self,
        backends: impl IntoIterator<Item = B>,
    ) -> Result<(), BuildError> {
        let _writer = self.core.lock();
        let current = self.snapshot();
        let pool = current.pool.successor(backends, current.clock.now())?;
        let strategy = current.strategy.rebuild(&pool)?;
        let generation = current.generation + 1;
        self.publish(Snapshot {
            pool: Arc::new(pool),
            strategy,
            generation,
            clock: current.clock.clone(),
        });
        Ok(())
    }

    /// Replaces the strategy. Counts and health stay.
    ///
    /// # Errors
    /// [`BuildError`] if its options do not fit the pool; then nothing has changed.
    pub fn set_strategy(&self, strategy: impl Into<Strategy>) -> Result<(), BuildError> {
        let _writer = self.core.lock();
        self.replace_strategy(&self.snapshot(), &strategy.into())
    }

    /// Says whether a backend is healthy. An unhealthy one keeps its place and its requests in
    /// flight and gets no new one; one that drains or is down gets none even when healthy. False if
    /// there is no backend of this name.
    ///
    /// A custom strategy that fails to rebuild stays as it was; the backend is not picked all the
    /// same.
    pub fn set_eligible(&self, name: &str, eligible: bool) -> bool {
        let _writer = self.core.lock();
        let current = self.snapshot();
        let Some(slot) = current.pool.slot(name) else {
            return false;
        };
        if !current.pool.set_healthy(slot, eligible) {
            return true;
        }
        if current.strategy.profile().rebuild_on_eligibility {
            // Every pick checks eligibility, so that the old strategy remains right.
            let _ = self.replace_strategy(&current, &current.strategy);
        }
        if current.pool.has_backups() {
            self.core.settle_all();
        } else {
            self.core.settle(name, slot, current.generation);
        }
        true
    }

    /// Counts a request that was placed by other means, by another load balancer for instance, until
    /// the ticket is released. It counts even above a cap. None if there is no backend of this name.
    #[must_use]
    pub fn hold(&self, name: &str) -> Option<Ticket> {
        let snapshot = self.core.snapshot.load();
        let slot = snapshot.pool.slot(name)?;
        Some(Ticket::hold(&snapshot, slot))
    }

    /// Some distinct backends that may get requests now, drawn by the strategy: whom to probe next for
    /// a [`report`](Self::report). None under a strategy that needs no reports.
    #[must_use]
    pub fn probes(&self, count: usize) -> Vec<Backend> {
        let snapshot = self.core.snapshot.load();
        let pool = &snapshot.pool;
        let mut drawn = SlotSet::new();
        let next = || {
            let pick = Pick::new(pool, None).by(&snapshot.clock).excluding(&drawn);
            let slot = snapshot.strategy.probe(&pick)?;
            // A custom strategy that names one twice would have no end.
            drawn.insert(slot).then(|| pool.backend(slot).clone())
        };
        std::iter::from_fn(next).take(count).collect()
    }

    /// Hands on what a backend said of itself when it was probed; a strategy that does not go by it
    /// takes no notice. False if there is no backend of this name.
    pub fn report(&self, name: &str, report: Report) -> bool {
        let snapshot = self.core.snapshot.load();
        let Some(slot) = snapshot.pool.slot(name) else {
            return false;
        };
        let now = snapshot.clock.now().unwrap_or_default();
        snapshot.strategy.report(&snapshot.pool, slot, report, now);
        true
    }

    /// Requests in flight on a backend; none if there is no backend of this name.
    #[must_use]
    pub fn in_flight(&self, name: &str) -> Option<u64> {
        let snapshot = self.core.snapshot.load();
        let slot = snapshot.pool.slot(name)?;
        Some(snapshot.pool.in_flight(slot))
    }

    /// The pool and the strategy as they are now, for reading and for what-ifs.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.core.snapshot.load_full()
    }

    /// The [fingerprint](Snapshot::fingerprint) of the pool and the strategy as they are now.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.snapshot().fingerprint()
    }

    fn replace_strategy(&self, current: &Snapshot, next: &Strategy) -> Result<(), BuildError> {
        let strategy = next.rebuild(&current.pool)?;
        let (pool, generation) = (Arc::clone(&current.pool), current.generation);
        self.publish(Snapshot {
            pool,
            strategy,
            generation,
            clock: current.clock.clone(),
        });
        Ok(())
    }

    /// Makes a snapshot the current one and settles all of it. No change of a count is lost: who
    /// moves one and then reads that nobody is told has moved it before the counts are read here.
    fn publish(&self, next: Snapshot) {
        let profile = next.strategy.profile();
        let told = profile.settles;
        next.pool.settle_in(&self.core);
        let next = Arc::new(next);
        self.core.snapshot.store(Arc::clone(&next));
        self.core.told.store(told, Ordering::SeqCst);
        self.core.outcomes.store(profile.outcomes, Ordering::SeqCst);
        let mut settled = self.core.settled();
        // Dropped when the lock is released: it may be large.
        let _last = std::mem::replace(&mut *settled, next);
        if told {
            settled.settle_all();
        }
        drop(settled);
    }
}

impl Drop for LoadBalancer {
    fn drop(&mut self) {
        self.publish(Snapshot::empty());
    }
}

impl fmt::Debug for LoadBalancer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("LoadBalancer")
            .field(&self.snapshot())
            .finish()
    }
}

impl Core {
    fn lock(&self) -> MutexGuard<'_, ()> {
        // Nothing is left half done by a panic: a snapshot is published whole.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the strategy of every member.
    fn settle_all(&self) {
        if self.told.load(Ordering::SeqCst) {
            self.settled().settle_all();
        }
    }

    /// Tells the strategy that a member's count or eligibility has changed.
    #[inline]
    pub(crate) fn settle(&self, name: &str, slot: Slot, generation: u64) {
        if self.told.load(Ordering::SeqCst) {
            let settled = self.settled();
            if let Some(slot) = settled.locate(name, slot, generation) {
                settled.strategy.settle(&settled.pool, slot);
            }
        }
    }

    /// Tells the strategy how a request went, unless its backend has left.
    pub(crate) fn observe(&self, member: &Member, slot: Slot, generation: u64, outcome: Outcome) {
        if !self.outcomes.load(Ordering::SeqCst) {
            return;
        }
        let snapshot = self.snapshot.load();
        let (pool, clock) = (&snapshot.pool, &snapshot.clock);
        let slot = snapshot.locate(member.backend.name(), slot, generation);
        // One that left and came back is another.
        let same = |&slot: &Slot| Arc::ptr_eq(&pool.member(slot).state, &member.state);
        if let Some(slot) = slot.filter(same) {
            let now = clock.now().unwrap_or_default();
            snapshot.strategy.observe(pool, slot, outcome, now);
        }
    }

    fn settled(&self) -> MutexGuard<'_, Arc<Snapshot>> {
        // What a panic left half settled is repaired by the next change of each count.
        self.settled.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core")
            .field("told", &self.told)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::balancer::Profile;
    use crate::hash::Fingerprint;

    /// A strategy that something outside can see the life of.
    #[derive(Clone, Debug)]
    struct Watched {
        _life: Arc<()>,
    }

    impl Balancer for Watched {
        fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
            pick.pool().slots().find(|&slot| pick.allows(slot))
        }

        fn rebuild(&self, _pool: &Pool) -> Result<Strategy, BuildError> {
            Ok(Strategy::custom(self.clone()))
        }

        fn profile(&self) -> Profile {
            Profile::TURNS
        }

        fn describe(&self, _: &mut Fingerprint) {}
    }

    #[test]
    fn a_dropped_load_balancer_leaves_nothing_behind() {
        let life = Arc::new(());
        let strategy = Strategy::custom(Watched {
            _life: Arc::clone(&life),
        });
        let balancer = LoadBalancer::new(strategy, Pool::new(["a", "b"]).unwrap()).unwrap();
        let core = Arc::downgrade(&balancer.core);
        let ticket = balancer.route(None).unwrap();
        balancer.update(["b", "c"]).unwrap();
        drop(balancer);
        assert_eq!(Arc::strong_count(&life), 1, "the strategy is held on to");
        drop(ticket);
        assert_eq!(core.strong_count(), 0, "members and core hold each other");
    }

    /// A strategy that knows one answer only.
    #[derive(Debug)]
    struct Stubborn;

    impl Balancer for Stubborn {
        fn pick(&self, _: &Pick<'_>) -> Option<Slot> {
            Some(Slot::new(0))
        }

        fn rebuild(&self, _: &Pool) -> Result<Strategy, BuildError> {
            Ok(Strategy::custom(Self))
        }

        fn profile(&self) -> Profile {
            Profile::MINIMAL
        }

        fn describe(&self, _: &mut Fingerprint) {}
    }

    /// When something was heard, and what, if it was no pick.
    type Heard = Arc<Mutex<Vec<(Duration, Option<Outcome>)>>>;

    /// A strategy that remembers the time of each pick and what it is told.
    #[derive(Clone, Debug)]
    struct Told {
        outcomes: bool,
        heard: Heard,
    }

    impl Told {
        fn hear(&self, now: Duration, outcome: Option<Outcome>) {
            self.heard.lock().unwrap().push((now, outcome));
        }
    }

    impl Balancer for Told {
        fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
            self.hear(pick.now().unwrap_or_default(), None);
            pick.pool().slots().find(|&slot| pick.allows(slot))
        }

        fn rebuild(&self, _: &Pool) -> Result<Strategy, BuildError> {
            Ok(Strategy::custom(self.clone()))
        }

        fn profile(&self) -> Profile {
            Profile {
                outcomes: self.outcomes,
                ..Profile::TURNS
            }
        }

        fn observe(&self, _: &Pool, _: Slot, outcome: Outcome, now: Duration) {
            self.hear(now, Some(outcome));
        }

        fn describe(&self, _: &mut Fingerprint) {}
    }

    #[test]
    fn outcomes_reach_those_who_ask_for_them_by_the_given_clock() {
        let outcome = Outcome::success(Duration::from_millis(4));
        for outcomes in [true, false] {
            let heard = Heard::default();
            let told = Told {
                outcomes,
                heard: Arc::clone(&heard),
            };
            let (strategy, pool) = (Strategy::custom(told), Pool::new(["a", "b"]).unwrap());
            let clock = || Duration::from_secs(5);
            let balancer = LoadBalancer::with_clock(strategy, pool, clock).unwrap();
            let [here, dropped, gone, back] = [(); 4].map(|()| balancer.route(None).unwrap());
            heard.lock().unwrap().clear();
            drop(dropped);
            balancer.update(["b", "a"]).unwrap();
            here.finish(outcome);
            balancer.update(["b"]).unwrap();
            gone.finish(outcome);
            balancer.update(["a"]).unwrap();
            back.finish(outcome);
            balancer.route(None).unwrap().release();
            let expected = [(clock(), Some(outcome)), (clock(), None)];
            let skipped = usize::from(!outcomes);
            assert_eq!(*heard.lock().unwrap(), expected[skipped..]);
        }
    }

    #[test]
    fn without_a_clock_there_is_no_time() {
        let pool = Pool::new(["a"]).unwrap();
        assert_eq!(Pick::new(&pool, None).now(), None);
        let told = Told {
            outcomes: true,
            heard: Arc::default(),
        };
        let heard = Arc::clone(&told.heard);
        let balancer = LoadBalancer::new(Strategy::custom(told), pool).unwrap();
        balancer.route(None).unwrap().release();
        assert_eq!(*heard.lock().unwrap(), [(Duration::ZERO, None)]);
    }

    #[test]
    fn owners_are_distinct_whatever_the_strategy_says() {
        let pool = Pool::new(["a", "b"]).unwrap();
        let balancer = LoadBalancer::new(Strategy::custom(Stubborn), pool).unwrap();
        assert_eq!(balancer.owners(b"k", usize::MAX).unwrap().len(), 1);
    }
}
