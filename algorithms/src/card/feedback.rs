//! What picks depend on besides the pool and the key.

/// What picks depend on besides the pool and the key, unless an option or a wrapper adds to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Feedback {
    /// Nothing.
    None,
    /// The requests in flight.
    InFlight,
    /// The latencies of earlier requests, and the requests in flight.
    Latencies,
    /// Reports of the backends about themselves.
    Reports,
}
