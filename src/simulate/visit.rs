//! A request at a backend.

use evenkeel_algorithms::Ticket;

/// A request at a backend.
pub(super) struct Visit {
    /// Its number in the order of all requests.
    pub(super) number: u64,
    /// Its arrival, in nanoseconds.
    pub(super) arrival: u64,
    /// The number of requests that it found there.
    pub(super) found: u32,
    pub(super) ticket: Ticket,
}
