//! One backend of a pool, with its state while requests are in flight.

use std::fmt::Debug;
use std::num::NonZeroU32;
use std::sync::OnceLock;
use std::sync::atomic::Ordering;

use crate::backend::Backend;
use crate::outcome::Outcome;
use crate::slot::Slot;
use crate::sync::{Arc, AtomicBool, AtomicU64};

/// A backend as one pool describes it, and the state that it shares with earlier descriptions.
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

    /// Returns whether a pick must check it: it is not eligible, is a backup, or has a cap.
    pub(crate) fn is_restricted(&self) -> bool {
        !self.is_primary() || self.is_capped()
    }

    pub(crate) const fn is_capped(&self) -> bool {
        self.backend.max_in_flight().is_some()
    }

    pub(crate) fn in_flight(&self) -> u64 {
        self.state.in_flight.load(Ordering::SeqCst)
    }

    /// Adds one request in flight, unless that would exceed the cap.
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

    /// Adds one request in flight, whatever the cap.
    pub(crate) fn raise_above_cap(&self) {
        self.state.in_flight.fetch_add(1, Ordering::SeqCst);
    }

    /// Removes one request in flight.
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

    /// Reports that the count has changed, if notifications are wanted.
    #[inline]
    pub(crate) fn report_change(&self, slot: Slot, generation: u64) {
        if let Some(home) = self.state.home.get()
            && home.changes.load(Ordering::SeqCst)
        {
            home.listener
                .count_changed(self.backend.name(), slot, generation);
        }
    }

    /// Reports the outcome of a request, if notifications are wanted.
    pub(crate) fn report_outcome(&self, slot: Slot, generation: u64, outcome: Outcome) {
        if let Some(home) = self.state.home.get()
            && home.outcomes.load(Ordering::SeqCst)
        {
            home.listener.request_ended(self, slot, generation, outcome);
        }
    }
}

/// State that outlives a change of the description. It has its own cache line, because every request writes to it.
#[derive(Debug)]
#[repr(align(64))]
pub(crate) struct State {
    pub(crate) in_flight: AtomicU64,
    pub(crate) healthy: AtomicBool,
    /// The load balancer that this state counts for: the target of a released ticket.
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

/// A load balancer as its members see it. Whether it wants notifications is a read of memory, without a call.
#[derive(Debug)]
pub(crate) struct Home<L: Listener + ?Sized> {
    /// Whether every change of a count is reported.
    pub(crate) changes: AtomicBool,
    /// Whether the outcomes of requests are reported.
    pub(crate) outcomes: AtomicBool,
    pub(crate) listener: L,
}

/// The notifications of a load balancer. A slot belongs to the pool of the given generation.
pub(crate) trait Listener: Debug + Send + Sync {
    /// Called when a member's count has changed.
    fn count_changed(&self, name: &str, slot: Slot, generation: u64);

    /// Called when a request to a member has ended.
    fn request_ended(&self, member: &Member, slot: Slot, generation: u64, outcome: Outcome);
}
