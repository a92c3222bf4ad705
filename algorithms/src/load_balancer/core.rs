//! The target of reports by the members of the pool: the snapshot, and which balancer is notified.

use std::fmt;
use std::sync::PoisonError;

use crate::balancer::Balancer;
use crate::member::{Listener, Member};
use crate::outcome::Outcome;
use crate::slot::Slot;
use crate::snapshot::Snapshot;
use crate::sync::{Arc, ArcSwap, Mutex, MutexGuard};

/// The target of reports by tickets. The members of the pool point back to it, so the load balancer empties the
/// snapshot when it is dropped.
pub(super) struct Core {
    pub(super) snapshot: ArcSwap<Snapshot>,
    /// The snapshot with the balancer that is notified of changes, by one thread at a time.
    told: Mutex<Arc<Snapshot>>,
    writer: Mutex<()>,
}

impl Core {
    pub(super) fn empty() -> Self {
        Self {
            snapshot: ArcSwap::from_pointee(Snapshot::empty()),
            told: Mutex::new(Arc::new(Snapshot::empty())),
            writer: Mutex::new(()),
        }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, ()> {
        // A panic leaves nothing half done: a snapshot is published as a whole.
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn told(&self) -> MutexGuard<'_, Arc<Snapshot>> {
        // If a panic interrupts a notification, the next change of each count repairs it.
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
        // A backend that left and came back is another one.
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
