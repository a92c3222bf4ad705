//! The engine: one algorithm over one pool, for many threads.

use std::fmt;
use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::algorithm::Algorithm;
use crate::backend::Backend;
use crate::balancer::Balancer;
use crate::error::{BuildError, HealthError, RouteError, UnknownBackend};
use crate::member::{Home, Listener};
use crate::outcome::{Clock, Report};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::slot::{Slot, SlotSet};
use crate::snapshot::Snapshot;
use crate::step::Step;
use crate::sync::{Arc, AtomicBool};
use crate::ticket::Ticket;

mod core;
#[cfg(test)]
mod tests;

use self::core::Core;

/// Routes requests to the backends of a pool by an algorithm, from any number of threads, while the
/// pool, the health of its backends and the algorithm change.
///
/// Routing reads one snapshot through one atomic load and never waits for a change. Picking and
/// counting are two steps: two threads may both find the same backend idle.
pub struct LoadBalancer {
    home: std::sync::Arc<Home<Core>>,
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
            listener: Core::empty(),
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
    /// no backend is eligible, [`RouteError::Failed`] if what the balancer depends on has failed.
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

    /// Returns the first `count` distinct eligible backends for a key, in the algorithm's order of
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

    /// Returns the pool and the balancer as they are now, for reading and for what-ifs.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.core().snapshot.load_full()
    }

    /// Returns the [fingerprint](Snapshot::fingerprint) of the pool and the balancer as they are now.
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
