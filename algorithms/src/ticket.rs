//! One request in flight.

use std::fmt;

use crate::backend::Backend;
use crate::member::Member;
use crate::outcome::Outcome;
use crate::slot::Slot;
use crate::sync::Arc;

/// One request in flight: its backend, and the count that it raised there. Dropping the ticket releases it, exactly
/// once, whatever has happened to the backend.
#[must_use = "a dropped ticket is a finished request"]
pub struct Ticket {
    member: Arc<Member>,
    slot: Slot,
    generation: u64,
    counted: bool,
}

impl Ticket {
    /// Raises the count of a member in a slot of the pool of a generation; `None` if it is at its cap by now.
    #[inline]
    pub(crate) fn open(member: &Arc<Member>, slot: Slot, generation: u64) -> Option<Self> {
        member
            .raise()
            .then(|| Self::counted(member, slot, generation))
    }

    /// Raises the count of a member, even above its cap.
    pub(crate) fn hold(member: &Arc<Member>, slot: Slot, generation: u64) -> Self {
        member.raise_above_cap();
        Self::counted(member, slot, generation)
    }

    /// Creates a ticket for a count that was raised.
    #[inline]
    fn counted(member: &Arc<Member>, slot: Slot, generation: u64) -> Self {
        let member = Arc::clone(member);
        member.report_change(slot, generation);
        Self {
            member,
            slot,
            generation,
            counted: true,
        }
    }

    /// Returns the backend to send the request to, as it was described when the request was routed.
    #[inline]
    #[must_use]
    pub fn backend(&self) -> &Backend {
        &self.member.backend
    }

    /// Returns the backend's slot in the pool of the snapshot that routed the request.
    #[inline]
    #[must_use]
    pub const fn slot(&self) -> Slot {
        self.slot
    }

    /// Ends the request and reports its outcome to the balancer, if the balancer uses outcomes. Dropping a ticket
    /// reports nothing.
    pub fn finish(self, outcome: Outcome) {
        self.member
            .report_outcome(self.slot, self.generation, outcome);
    }

    /// Ends the request. Equivalent to dropping the ticket.
    pub fn release(self) {}

    /// Gives up the ticket and leaves the request counted permanently: for a program that never learns when it ends.
    pub fn leave_in_flight(mut self) {
        self.counted = false;
    }
}

impl Drop for Ticket {
    #[inline]
    fn drop(&mut self) {
        if self.counted {
            self.member.lower();
            self.member.report_change(self.slot, self.generation);
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
