//! One request in flight.

use std::fmt;
use std::sync::atomic::Ordering;

use crate::backend::Backend;
use crate::outcome::Outcome;
use crate::pool::Member;
use crate::slot::Slot;
use crate::snapshot::Snapshot;
use crate::sync::Arc;

/// One request in flight: where it goes, and the count that it raised there. Dropping the ticket
/// releases it, exactly once, whatever became of the backend meanwhile.
#[must_use = "a dropped ticket is a finished request"]
pub struct Ticket {
    member: Arc<Member>,
    slot: Slot,
    generation: u64,
    counted: bool,
}

impl Ticket {
    /// Raises the count of a slot; none if that is at its cap by now.
    #[inline]
    pub(crate) fn open(snapshot: &Snapshot, slot: Slot) -> Option<Self> {
        let member = snapshot.pool().member(slot);
        member
            .raise()
            .then(|| Self::counted(snapshot, slot, member))
    }

    /// Raises the count of a slot, even above its cap.
    pub(crate) fn hold(snapshot: &Snapshot, slot: Slot) -> Self {
        let member = snapshot.pool().member(slot);
        member.state.in_flight.fetch_add(1, Ordering::SeqCst);
        Self::counted(snapshot, slot, member)
    }

    /// A ticket for a count that was raised.
    #[inline]
    fn counted(snapshot: &Snapshot, slot: Slot, member: &Arc<Member>) -> Self {
        let member = Arc::clone(member);
        let ticket = Self {
            member,
            slot,
            generation: snapshot.generation(),
            counted: true,
        };
        ticket.tell();
        ticket
    }

    /// The backend to send the request to, as it was described when the request was routed.
    #[inline]
    #[must_use]
    pub fn backend(&self) -> &Backend {
        &self.member.backend
    }

    /// The backend's slot in the pool of the snapshot that routed the request.
    #[inline]
    #[must_use]
    pub const fn slot(&self) -> Slot {
        self.slot
    }

    /// Ends the request and tells the strategy how it went. One that does not go by it is not told,
    /// as none is when a ticket is dropped.
    pub fn finish(self, outcome: Outcome) {
        if let Some(home) = self.member.state.home.get() {
            home.observe(&self.member, self.slot, self.generation, outcome);
        }
    }

    /// Ends the request: the same as dropping the ticket, in a word.
    pub fn release(self) {}

    /// Gives up the ticket and leaves the request counted for good: for a program that never learns
    /// of the end.
    pub fn leave_in_flight(mut self) {
        self.counted = false;
    }

    fn tell(&self) {
        if let Some(home) = self.member.state.home.get() {
            home.settle(self.backend().name(), self.slot, self.generation);
        }
    }
}

impl Drop for Ticket {
    #[inline]
    fn drop(&mut self) {
        if self.counted {
            self.member.state.in_flight.fetch_sub(1, Ordering::SeqCst);
            self.tell();
        }
    }
}

impl fmt::Debug for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Ticket")
            .field(&self.backend().name())
            .finish()
    }
}
