//! One backend of a pool, with what is known about it while requests are in flight.

use std::fmt::Debug;
use std::num::NonZeroU32;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use crate::backend::Backend;
use crate::outcome::Outcome;
use crate::slot::Slot;
use crate::sync::{Arc, AtomicBool, AtomicU64};

/// A backend as one pool describes it, with the state that it shares with earlier descriptions.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) backend: Backend,
    pub(crate) state: Arc<State>,
}

impl Member {
    pub(crate) fn is_eligible(&self) -> bool {
        let in_service = !self.backend.is_draining() && !self.backend.is_down();
        in_service && self.state.healthy.load(Ordering::Relaxed)
    }

    pub(crate) fn is_primary(&self) -> bool {
        self.is_eligible() && !self.backend.is_backup()
    }

    /// Returns whether a pick must look at it: it is not eligible, a backup, or has a cap.
    pub(crate) fn is_restricted(&self) -> bool {
        !self.is_primary() || self.is_capped()
    }

    pub(crate) const fn is_capped(&self) -> bool {
        self.backend.max_in_flight().is_some()
    }

    pub(crate) fn in_flight(&self) -> u64 {
        self.state.in_flight.load(Ordering::SeqCst)
    }

    /// Counts one request more in flight, unless that would be above the cap.
    #[inline]
    pub(crate) fn raise(&self) -> bool {
        let count = &self.state.in_flight;
        let Some(most) = self.backend.max_in_flight() else {
            count.fetch_add(1, Ordering::SeqCst);
            return true;
        };
        let below = |count| (count < u64::from(most.get())).then_some(count + 1);
        count
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, below)
            .is_ok()
    }

    /// Counts one request more in flight, whatever the cap.
    pub(crate) fn raise_above_cap(&self) {
        self.state.in_flight.fetch_add(1, Ordering::SeqCst);
    }

    /// Counts one request fewer in flight.
    #[inline]
    pub(crate) fn lower(&self) {
        self.state.in_flight.fetch_sub(1, Ordering::SeqCst);
    }

    /// Returns whether there is room below the cap.
    #[inline]
    pub(crate) fn has_room(&self) -> bool {
        let has_room = |most: NonZeroU32| self.in_flight() < u64::from(most.get());
        self.backend.max_in_flight().is_none_or(has_room)
    }

    /// Reports that the count has changed, if anything wants to know.
    #[inline]
    pub(crate) fn report_change(&self, slot: Slot, generation: u64) {
        if let Some(home) = self.state.home.get()
            && home.changes.load(Ordering::SeqCst)
        {
            home.listener
                .count_changed(self.backend.name(), slot, generation);
        }
    }

    /// Reports how a request went, if anything wants to know.
    pub(crate) fn report_outcome(&self, slot: Slot, generation: u64, outcome: Outcome) {
        if let Some(home) = self.state.home.get()
            && home.outcomes.load(Ordering::SeqCst)
        {
            home.listener.request_ended(self, slot, generation, outcome);
        }
    }
}

/// What outlives a change of the description. A cache line of its own, because every request writes
/// to it.
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct State {
    pub(crate) in_flight: AtomicU64,
    pub(crate) healthy: AtomicBool,
    /// The load balancer that this state counts for: what a released ticket reports to.
    pub(crate) home: OnceLock<std::sync::Arc<Home<dyn Listener>>>,
}

impl State {
    pub(crate) fn new(connections: u64) -> Arc<Self> {
        Arc::new(Self {
            in_flight: AtomicU64::new(connections),
            healthy: AtomicBool::new(true),
            home: OnceLock::new(),
        })
    }
}

/// A load balancer as its members see it. Whether it wants to be told is a read of memory, and no call.
#[derive(Debug)]
pub(crate) struct Home<L: Listener + ?Sized> {
    /// Whether every change of a count is told.
    pub(crate) changes: AtomicBool,
    /// Whether it is told how requests went.
    pub(crate) outcomes: AtomicBool,
    pub(crate) listener: L,
}

/// What a load balancer is told. A slot is that of the pool of the generation.
pub(crate) trait Listener: Debug + Send + Sync {
    /// A member's count has changed.
    fn count_changed(&self, name: &str, slot: Slot, generation: u64);

    /// A request to a member has ended.
    fn request_ended(&self, member: &Member, slot: Slot, generation: u64, outcome: Outcome);
}
