//! The engine: one algorithm over one pool, for many threads.

use std::fmt;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::algorithm::Algorithm;
use crate::backend::Backend;
use crate::balancer::Balancer;
use crate::error::{BuildError, HealthError, RouteError, UnknownBackend};
use crate::member::{Home, Listener, Member};
use crate::outcome::{Clock, Outcome, Report};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::slot::{Slot, SlotSet};
use crate::snapshot::Snapshot;
use crate::step::Step;
use crate::sync::{Arc, ArcSwap, AtomicBool, Mutex, MutexGuard};
use crate::ticket::Ticket;

/// Routes requests to the backends of a pool by an algorithm, from any number of threads, while the
/// pool, the health of its backends and the algorithm change.
///
/// Routing reads one snapshot through one atomic load and never waits for a change. Picking and
/// counting are two steps: two threads may both find the same backend idle.
pub struct LoadBalancer {
    home: std::sync::Arc<Home<Core>>,
}

/// What tickets report to. The members of the pool point back here, so the load balancer empties the
/// snapshot when it is dropped.
struct Core {
    snapshot: ArcSwap<Snapshot>,
    /// The snapshot whose balancer is told of changes, by one thread at a time.
    told: Mutex<Arc<Snapshot>>,
    writer: Mutex<()>,
}

impl LoadBalancer {
    /// Builds the algorithm for the pool. There is no time: newcomers are warm at once, latencies do not
    /// decay and reports do not age. Algorithms that depend on it need [`with_clock`](Self::with_clock).
    ///
    /// # Errors
    /// [`BuildError`] if the algorithm's settings do not fit the pool.
    pub fn new(algorithm: impl Algorithm + 'static, pool: Pool) -> Result<Self, BuildError> {
        let algorithm = std::sync::Arc::new(algorithm);
        Snapshot::first(algorithm, pool, Clock::default(), None).map(Self::of)
    }

    /// Builds the algorithm for the pool and gives it a clock: the time since any moment that stays
    /// the same. It is read only when a balancer asks for the time, and must not call back here.
    ///
    /// # Errors
    /// [`BuildError`] if the algorithm's settings do not fit the pool.
    pub fn with_clock(
        algorithm: impl Algorithm + 'static,
        pool: Pool,
        clock: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Result<Self, BuildError> {
        let algorithm = std::sync::Arc::new(algorithm);
        Snapshot::first(algorithm, pool, Clock::new(clock), None).map(Self::of)
    }

    /// Returns a load balancer of its own for a what-if: the algorithm of a snapshot by the same clock, over
    /// [a copy](Pool::fork) of its pool with these counts. What the balancer has learnt is carried on.
    ///
    /// # Errors
    /// [`BuildError`] if the algorithm cannot be built again.
    pub fn fork(
        snapshot: &Snapshot,
        connections: impl Fn(Slot) -> u64,
    ) -> Result<Self, BuildError> {
        let algorithm = std::sync::Arc::clone(&snapshot.algorithm);
        let (pool, clock) = (snapshot.pool.fork(connections), snapshot.clock.clone());
        Snapshot::first(algorithm, pool, clock, Some(snapshot.balancer())).map(Self::of)
    }

    fn of(first: Snapshot) -> Self {
        let home = std::sync::Arc::new(Home {
            changes: AtomicBool::new(false),
            outcomes: AtomicBool::new(false),
            listener: Core {
                snapshot: ArcSwap::from_pointee(Snapshot::empty()),
                told: Mutex::new(Arc::new(Snapshot::empty())),
                writer: Mutex::new(()),
            },
        });
        let balancer = Self { home };
        balancer.publish(first);
        balancer
    }

    fn core(&self) -> &Core {
        &self.home.listener
    }

    /// Picks a backend for a request and counts the request there until the ticket is released.
    ///
    /// # Errors
    /// [`RouteError::KeyRequired`] without a key where one is needed, [`RouteError::NoBackend`] if
    /// no backend is eligible.
    #[inline]
    pub fn route(&self, key: Option<&[u8]>) -> Result<Ticket, RouteError> {
        let snapshot = self.core().snapshot.load();
        snapshot.place(key, SlotSet::new(), Snapshot::pick)
    }

    /// [`route`](Self::route) for a request that was tried before: it reaches none of the named
    /// backends, but the next in the algorithm's order of preference. Names that are not in the pool
    /// (any more) make no difference.
    ///
    /// # Errors
    /// As [`route`](Self::route); [`RouteError::NoBackend`] also if all eligible ones were tried.
    pub fn retry(&self, key: Option<&[u8]>, tried: &[&str]) -> Result<Ticket, RouteError> {
        let snapshot = self.core().snapshot.load();
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
        let snapshot = self.core().snapshot.load();
        let tried = snapshot.slots_of(tried);
        snapshot.place(key, tried, |snapshot, pick| snapshot.trace(pick, steps))
    }

    /// The first `count` distinct eligible backends for a key, in the algorithm's order of
    /// preference: where its replicas belong and where retries go. The first is
    /// [`route`](Self::route)'s answer; there are fewer if the pool has fewer.
    ///
    /// # Errors
    /// [`RouteError::KeyUnused`] under an algorithm that uses no key.
    pub fn owners(&self, key: &[u8], count: usize) -> Result<Vec<Backend>, RouteError> {
        let snapshot = self.core().snapshot.load();
        let owners = snapshot.owners(key, count)?;
        Ok(owners
            .into_iter()
            .map(|slot| snapshot.pool.backend(slot).clone())
            .collect())
    }

    /// Replaces the backends. A backend that stays keeps its count and health; requests in flight go on.
    ///
    /// The list is all that is known of them afterwards: a weight, an address or a drain that is not
    /// repeated is gone. To let a backend run dry first, describe it
    /// [with a drain](Backend::with_drain) and wait until its [`in_flight`](Self::in_flight) is 0.
    /// To change the backends that are there, see [`update_with`](Self::update_with). The iterator may ask
    /// this load balancer and must not change it, which would wait for itself.
    ///
    /// # Errors
    /// [`BuildError`]; then nothing has changed.
    pub fn update<B: Into<Backend>>(
        &self,
        backends: impl IntoIterator<Item = B>,
    ) -> Result<(), BuildError> {
        let _writer = self.core().lock();
        self.replace_pool(&self.snapshot(), backends)
    }

    /// Changes the backends that are there: adds one, removes one, gives one another weight. Changes of
    /// several threads come one after the other, so that none is lost. `change` may ask this load balancer
    /// and must not change it (its health, its algorithm, its backends), which would wait for itself.
    ///
    /// ```
    /// use evenkeel_algorithms::{Backend, LoadBalancer, Pool, Rendezvous};
    ///
    /// let balancer = LoadBalancer::new(Rendezvous::default(), Pool::new(["b1", "b2"])?)?;
    /// balancer.update_with(|backends| backends.push(Backend::new("b3")))?;
    /// assert_eq!(balancer.snapshot().pool().len(), 3);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`BuildError`]; then nothing has changed.
    pub fn update_with(&self, change: impl FnOnce(&mut Vec<Backend>)) -> Result<(), BuildError> {
        let _writer = self.core().lock();
        let current = self.snapshot();
        let mut backends = current.pool.backends().cloned().collect();
        change(&mut backends);
        self.replace_pool(&current, backends)
    }

    /// Replaces the algorithm. Counts and health stay.
    ///
    /// # Errors
    /// [`BuildError`] if its settings do not fit the pool; then nothing has changed.
    pub fn set_algorithm(&self, algorithm: impl Algorithm + 'static) -> Result<(), BuildError> {
        let _writer = self.core().lock();
        let algorithm = std::sync::Arc::new(algorithm);
        let next = self.snapshot().with_algorithm(algorithm, None)?;
        self.publish(next);
        Ok(())
    }

    /// Sets whether a backend is healthy. An unhealthy one keeps its place and its requests in
    /// flight and gets no new one; one that drains or is down gets none even when healthy.
    ///
    /// # Errors
    /// [`HealthError::UnknownBackend`]; then nothing has changed. [`HealthError::Build`] if an algorithm that
    /// is [built again](crate::Profile::rebuilt_on_health) cannot be; then the health is set, and the balancer
    /// of before goes on without picking what is unhealthy.
    pub fn set_healthy(&self, name: &str, healthy: bool) -> Result<(), HealthError> {
        let _writer = self.core().lock();
        let current = self.snapshot();
        let slot = current.slot_named(name)?;
        if !current.pool.set_healthy(slot, healthy) {
            return Ok(());
        }
        let rebuilt = if current.profile().rebuilt_on_health {
            let algorithm = std::sync::Arc::clone(&current.algorithm);
            let next = current.with_algorithm(algorithm, Some(current.balancer()));
            next.map(|next| self.publish(next))
        } else {
            Ok(())
        };
        if self.home.changes.load(Ordering::SeqCst) {
            if current.pool.has_backups() {
                self.core().told().report_all();
            } else {
                self.core().count_changed(name, slot, current.generation);
            }
        }
        Ok(rebuilt?)
    }

    /// Counts a request that was placed by other means, by another load balancer for instance, until
    /// the ticket is released. It counts even above a cap.
    ///
    /// # Errors
    /// [`UnknownBackend`].
    pub fn hold(&self, name: &str) -> Result<Ticket, UnknownBackend> {
        let snapshot = self.core().snapshot.load();
        let slot = snapshot.slot_named(name)?;
        let member = snapshot.pool.member(slot);
        Ok(Ticket::hold(member, slot, snapshot.generation))
    }

    /// Returns some distinct backends that may get requests now, drawn by the balancer: which to probe next for
    /// a [`report`](Self::report). None under an algorithm that needs no reports.
    #[must_use]
    pub fn probes(&self, count: usize) -> Vec<Backend> {
        let snapshot = self.core().snapshot.load();
        let pool = &snapshot.pool;
        let mut drawn = SlotSet::new();
        let next = || {
            let pick = Pick::new(pool, None).by(&snapshot.clock).excluding(&drawn);
            let slot = snapshot.balancer.probe(&pick)?;
            // A custom balancer that names one twice would have no end.
            drawn.insert(slot).then(|| pool.backend(slot).clone())
        };
        std::iter::from_fn(next).take(count).collect()
    }

    /// Hands on what a backend answered when it was probed; an algorithm that does not use reports
    /// takes no notice.
    ///
    /// # Errors
    /// [`UnknownBackend`].
    pub fn report(&self, name: &str, report: Report) -> Result<(), UnknownBackend> {
        let snapshot = self.core().snapshot.load();
        let slot = snapshot.slot_named(name)?;
        let now = snapshot.clock.now().unwrap_or_default();
        snapshot
            .balancer
            .on_report(&snapshot.pool, slot, report, now);
        Ok(())
    }

    /// Requests in flight on a backend; none if there is no backend of this name.
    #[must_use]
    pub fn in_flight(&self, name: &str) -> Option<u64> {
        let snapshot = self.core().snapshot.load();
        let slot = snapshot.pool.slot(name)?;
        Some(snapshot.pool.in_flight(slot))
    }

    /// The pool and the balancer as they are now, for reading and for what-ifs.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.core().snapshot.load_full()
    }

    /// The [fingerprint](Snapshot::fingerprint) of the pool and the balancer as they are now.
    #[must_use]
    pub fn fingerprint(&self) -> u64 {
        self.snapshot().fingerprint()
    }

    fn replace_pool<B: Into<Backend>>(
        &self,
        current: &Snapshot,
        backends: impl IntoIterator<Item = B>,
    ) -> Result<(), BuildError> {
        let pool = current.pool.successor(backends, current.clock.now())?;
        self.publish(current.with_pool(pool)?);
        Ok(())
    }

    /// Makes a snapshot the current one and tells it of all members. No change of a count is lost: a thread
    /// that moves one and then reads that nothing is told has moved it before the counts are read here.
    fn publish(&self, next: Snapshot) {
        let profile = next.profile();
        let home: std::sync::Arc<Home<dyn Listener>> = self.home.clone();
        next.pool.settle_in(&home);
        let next = Arc::new(next);
        self.core().snapshot.store(Arc::clone(&next));
        self.home.changes.store(profile.on_change, Ordering::SeqCst);
        self.home
            .outcomes
            .store(profile.on_outcome, Ordering::SeqCst);
        let mut told = self.core().told();
        // Dropped when the lock is released: it may be large.
        let _last = std::mem::replace(&mut *told, next);
        if profile.on_change {
            told.report_all();
        }
        drop(told);
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

    fn told(&self) -> MutexGuard<'_, Arc<Snapshot>> {
        // What a panic left half told is repaired by the next change of each count.
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener for Core {
    fn count_changed(&self, name: &str, slot: Slot, generation: u64) {
        let told = self.told();
        if let Some(slot) = told.locate(name, slot, generation) {
            told.balancer.on_change(&told.pool, slot);
        }
    }

    fn request_ended(&self, member: &Member, slot: Slot, generation: u64, outcome: Outcome) {
        let snapshot = self.snapshot.load();
        let (pool, clock) = (&snapshot.pool, &snapshot.clock);
        let slot = snapshot.locate(member.backend.name(), slot, generation);
        // One that left and came back is another.
        let same = |&slot: &Slot| Arc::ptr_eq(&pool.member(slot).state, &member.state);
        if let Some(slot) = slot.filter(same) {
            let now = clock.now().unwrap_or_default();
            snapshot.balancer.on_outcome(pool, slot, outcome, now);
        }
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hash::Fingerprint;
    use crate::profile::Profile;

    /// An algorithm that something outside can see the life of.
    #[derive(Clone, Debug)]
    struct Watched {
        _life: Arc<()>,
    }

    impl Algorithm for Watched {
        fn build(
            &self,
            _: &Pool,
            _: Option<&dyn Balancer>,
        ) -> Result<Box<dyn Balancer>, BuildError> {
            Ok(Box::new(self.clone()))
        }

        fn profile(&self) -> Profile {
            Profile::TURNS
        }
    }

    impl Balancer for Watched {
        fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
            pick.pool().slots().find(|&slot| pick.allows(slot))
        }

        fn describe(&self, _: &mut Fingerprint) {}
    }

    #[test]
    fn a_dropped_load_balancer_leaves_nothing_behind() {
        let life = Arc::new(());
        let watched = Watched {
            _life: Arc::clone(&life),
        };
        let balancer = LoadBalancer::new(watched, Pool::new(["a", "b"]).unwrap()).unwrap();
        let home = std::sync::Arc::downgrade(&balancer.home);
        let ticket = balancer.route(None).unwrap();
        balancer.update(["b", "c"]).unwrap();
        drop(balancer);
        assert_eq!(Arc::strong_count(&life), 1, "the balancer is held on to");
        drop(ticket);
        assert_eq!(home.strong_count(), 0, "members and home hold each other");
    }

    /// An algorithm that knows one answer only.
    #[derive(Debug)]
    struct Stubborn;

    impl Algorithm for Stubborn {
        fn build(
            &self,
            _: &Pool,
            _: Option<&dyn Balancer>,
        ) -> Result<Box<dyn Balancer>, BuildError> {
            Ok(Box::new(Self))
        }

        fn profile(&self) -> Profile {
            Profile::MINIMAL
        }
    }

    impl Balancer for Stubborn {
        fn pick(&self, _: &Pick<'_>) -> Option<Slot> {
            Some(Slot::new(0))
        }

        fn describe(&self, _: &mut Fingerprint) {}
    }

    /// When something was heard, and what, if it was no pick.
    type Heard = Arc<Mutex<Vec<(Duration, Option<Outcome>)>>>;

    /// An algorithm that remembers the time of each pick and what it is told.
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

    impl Algorithm for Told {
        fn build(
            &self,
            _: &Pool,
            _: Option<&dyn Balancer>,
        ) -> Result<Box<dyn Balancer>, BuildError> {
            Ok(Box::new(self.clone()))
        }

        fn profile(&self) -> Profile {
            Profile {
                on_outcome: self.outcomes,
                ..Profile::TURNS
            }
        }
    }

    impl Balancer for Told {
        fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
            self.hear(pick.now().unwrap_or_default(), None);
            pick.pool().slots().find(|&slot| pick.allows(slot))
        }

        fn on_outcome(&self, _: &Pool, _: Slot, outcome: Outcome, now: Duration) {
            self.hear(now, Some(outcome));
        }

        fn describe(&self, _: &mut Fingerprint) {}
    }

    #[test]
    fn outcomes_reach_what_asks_for_them_by_the_given_clock() {
        let outcome = Outcome::success(Duration::from_millis(4));
        for outcomes in [true, false] {
            let heard = Heard::default();
            let told = Told {
                outcomes,
                heard: Arc::clone(&heard),
            };
            let pool = Pool::new(["a", "b"]).unwrap();
            let clock = || Duration::from_secs(5);
            let balancer = LoadBalancer::with_clock(told, pool, clock).unwrap();
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
        let balancer = LoadBalancer::new(told, pool).unwrap();
        balancer.route(None).unwrap().release();
        assert_eq!(*heard.lock().unwrap(), [(Duration::ZERO, None)]);
    }

    #[test]
    fn owners_are_distinct_whatever_the_balancer_says() {
        let pool = Pool::new(["a", "b"]).unwrap();
        let balancer = LoadBalancer::new(Stubborn, pool).unwrap();
        assert_eq!(balancer.owners(b"k", usize::MAX).unwrap().len(), 1);
    }
    /// What is attached goes through every change that does not replace it.
    #[test]
    fn a_change_of_some_backends_keeps_the_others_as_they_are() {
        let data = std::sync::Arc::new("connection");
        let first = Backend::new("a").with_data(std::sync::Arc::clone(&data));
        let pool = Pool::new([first, "b".into()]).unwrap();
        let balancer = LoadBalancer::new(crate::RoundRobin, pool).unwrap();
        let open = balancer.hold("a").unwrap();
        balancer.set_healthy("b", false).unwrap();
        balancer
            .update_with(|backends| {
                backends[1] = Backend::new("b").with_weight(crate::Weight::new(3).unwrap());
                backends.push("c".into());
            })
            .unwrap();
        let snapshot = balancer.snapshot();
        let pool = snapshot.pool();
        assert!(pool.backends().map(Backend::name).eq(["a", "b", "c"]));
        assert_eq!(pool.backend(Slot(0)).data(), Some(&*data));
        assert_eq!(
            (pool.in_flight(Slot(0)), pool.weight(Slot(1)).get()),
            (1, 3)
        );
        assert!(!pool.is_eligible(Slot(1)));
        let twice = balancer.update_with(|backends| backends.push("a".into()));
        assert_eq!(twice, Err(BuildError::DuplicateName { name: "a".into() }));
        assert_eq!(balancer.snapshot().pool().len(), 3);
        drop(open);
    }

    /// An algorithm that is built from the healthy only, and refuses to be built from a single one.
    #[derive(Clone, Copy, Debug)]
    struct Pair;

    impl Algorithm for Pair {
        fn build(
            &self,
            pool: &Pool,
            _: Option<&dyn Balancer>,
        ) -> Result<Box<dyn Balancer>, BuildError> {
            let healthy = pool.slots().filter(|&slot| pool.is_eligible(slot));
            match healthy.count() {
                1 => Err(BuildError::ZeroWeight),
                _ => Ok(Box::new(*self)),
            }
        }

        fn profile(&self) -> Profile {
            Profile::TURNS.with_rebuilds_on_health()
        }
    }

    impl Balancer for Pair {
        fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
            pick.pool().slots().find(|&slot| pick.allows(slot))
        }

        fn describe(&self, _: &mut Fingerprint) {}
    }

    #[test]
    fn health_is_set_even_if_the_algorithm_cannot_be_built_for_it() {
        let balancer = LoadBalancer::new(Pair, Pool::new(["a", "b"]).unwrap()).unwrap();
        let name = |answer: Result<Ticket, _>| answer.unwrap().backend().name().to_owned();
        let error = balancer.set_healthy("a", false).unwrap_err();
        assert_eq!(error, HealthError::Build(BuildError::ZeroWeight));
        assert_eq!(error.to_string(), BuildError::ZeroWeight.to_string());
        assert_eq!(name(balancer.route(None)), "b");
        // What is no news is no change.
        assert_eq!(balancer.set_healthy("a", false), Ok(()));
        assert_eq!(balancer.set_healthy("a", true), Ok(()));
        assert_eq!(name(balancer.route(None)), "a");
        let error = balancer.set_healthy("c", false).unwrap_err();
        let unknown = UnknownBackend {
            name: "c".to_owned(),
        };
        assert_eq!(error.to_string(), "there is no backend `c`");
        assert_eq!(error, HealthError::UnknownBackend(unknown));
    }
}
