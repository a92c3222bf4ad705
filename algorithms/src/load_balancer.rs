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
/// Routing reads one snapshot with one atomic load and never waits for a change. Picking and counting are two steps:
/// two threads may both find the same backend idle.
pub struct LoadBalancer {
    home: std::sync::Arc<Home<Core>>,
}

impl LoadBalancer {
    /// Builds the algorithm for the pool, without a clock: newcomers are warm at once, latencies do not decay and
    /// reports do not age. Algorithms that depend on time need [`with_clock`](Self::with_clock).
    ///
    /// # Errors
    /// [`BuildError`] if the algorithm's settings do not fit the pool.
    pub fn new(algorithm: impl Algorithm + 'static, pool: Pool) -> Result<Self, BuildError> {
        let algorithm = std::sync::Arc::new(algorithm);
        Snapshot::first(algorithm, pool, Clock::default(), None).map(Self::of)
    }

    /// Builds the algorithm for the pool and gives it a clock: the time since any fixed moment. The clock is read only
    /// when a balancer asks for the time, and must not call back into this load balancer.
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

    /// Returns a separate load balancer for a what-if: the algorithm of a snapshot with the same clock, over [a
    /// copy](Pool::fork) of its pool with these counts. State that the balancer has learned is carried over.
    ///
    /// # Errors
    /// [`BuildError`] if the algorithm cannot be rebuilt.
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

    /// Picks a backend for a request, and counts the request until the ticket is released.
    ///
    /// # Errors
    /// [`RouteError::KeyRequired`] if a key is needed but missing, [`RouteError::NoBackend`] if no backend is eligible,
    /// [`RouteError::Failed`] if something that the balancer depends on has failed.
    #[inline]
    pub fn route(&self, key: Option<&[u8]>) -> Result<Ticket, RouteError> {
        let snapshot = self.core().snapshot.load();
        snapshot.place(key, SlotSet::new(), Snapshot::pick)
    }

    /// Routes like [`route`](Self::route), but to none of the named backends, which were already tried: it continues in
    /// the algorithm's order of preference. Names that are not (or no longer) in the pool make no difference.
    ///
    /// # Errors
    /// As for [`route`](Self::route); [`RouteError::NoBackend`] also if all eligible backends were tried.
    pub fn retry(&self, key: Option<&[u8]>, tried: &[&str]) -> Result<Ticket, RouteError> {
        let snapshot = self.core().snapshot.load();
        let tried = snapshot.slots_of(tried);
        snapshot.place(key, tried, Snapshot::pick)
    }

    /// Routes like [`route`](Self::route) or, with names already tried, like [`retry`](Self::retry), and reports the
    /// steps that led to the answer.
    ///
    /// # Errors
    /// As for [`retry`](Self::retry).
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

    /// Returns the first `count` distinct eligible backends for a key, in the algorithm's order of preference: where
    /// its replicas belong and where retries go. The first is the answer of [`route`](Self::route); there are fewer if
    /// the pool has fewer.
    ///
    /// # Errors
    /// [`RouteError::KeyUnused`] if the algorithm uses no key.
    pub fn owners(&self, key: &[u8], count: usize) -> Result<Vec<Backend>, RouteError> {
        let snapshot = self.core().snapshot.load();
        let owners = snapshot.owners(key, count)?;
        Ok(owners
            .into_iter()
            .map(|slot| snapshot.pool.backend(slot).clone())
            .collect())
    }

    /// Replaces the backends. A backend in both lists keeps its count and health; requests in flight continue.
    ///
    /// The list replaces everything: a weight, an address or a drain that is not repeated is gone. To finish the
    /// requests of a backend first, describe it [with a drain](Backend::with_drain) and wait until its
    /// [`in_flight`](Self::in_flight) is 0. To change only some backends, see [`update_with`](Self::update_with). The
    /// iterator may read this load balancer but must not change it, which would deadlock.
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

    /// Changes some of the current backends: adds one, removes one, or sets a weight. Changes by several threads are
    /// serialized, so none is lost. `change` may read this load balancer but must not change it (its health, its
    /// algorithm, its backends), which would deadlock.
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

    /// Sets whether a backend is healthy. An unhealthy backend keeps its place and its requests in flight, and gets no
    /// new ones; a backend that drains or is down gets none even when healthy.
    ///
    /// # Errors
    /// [`HealthError::UnknownBackend`]; then nothing has changed. [`HealthError::Build`] if an algorithm that is
    /// [rebuilt on health changes](crate::Profile::rebuilt_on_health) cannot be; then the health is set, and the
    /// previous balancer stays in use without picking unhealthy backends.
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

    /// Counts a request that was placed by other means, such as another load balancer, until the ticket is released. It
    /// counts even above a cap.
    ///
    /// # Errors
    /// [`UnknownBackend`].
    pub fn hold(&self, name: &str) -> Result<Ticket, UnknownBackend> {
        let snapshot = self.core().snapshot.load();
        let slot = snapshot.slot_named(name)?;
        let member = snapshot.pool.member(slot);
        Ok(Ticket::hold(member, slot, snapshot.generation))
    }

    /// Returns some distinct backends to probe next for a [`report`](Self::report), chosen by the balancer among those
    /// that may get requests. Empty if the algorithm needs no reports.
    #[must_use]
    pub fn probes(&self, count: usize) -> Vec<Backend> {
        let snapshot = self.core().snapshot.load();
        let pool = &snapshot.pool;
        let mut drawn = SlotSet::new();
        let next = || {
            let pick = Pick::new(pool, None).by(&snapshot.clock).excluding(&drawn);
            let slot = snapshot.balancer.probe(&pick)?;
            // A custom balancer that repeats a backend would never end.
            drawn.insert(slot).then(|| pool.backend(slot).clone())
        };
        std::iter::from_fn(next).take(count).collect()
    }

    /// Passes on the answer of a probed backend. Algorithms that do not use reports ignore it.
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

    /// Returns the requests in flight on a backend, or `None` if there is no backend of this name.
    #[must_use]
    pub fn in_flight(&self, name: &str) -> Option<u64> {
        let snapshot = self.core().snapshot.load();
        let slot = snapshot.pool.slot(name)?;
        Some(snapshot.pool.in_flight(slot))
    }

    /// Returns the current pool and balancer, for reading and for what-ifs.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.core().snapshot.load_full()
    }

    /// Returns the [fingerprint](Snapshot::fingerprint) of the current pool and balancer.
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

    /// Makes a snapshot the current one and notifies it of all members. No change of a count is lost: a thread that
    /// changes a count and then reads that no notification is wanted has changed it before the counts are read here.
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
        // Dropped after the lock is released, because it may be large.
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
