//! What remains of a key's order of preference when a backend leaves.

/// What remains of a key's order of preference when a backend leaves, for a strategy that moves no key needlessly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OwnerOrder {
    /// All of it: each key has an order of all backends.
    Kept,
    /// The part before the backend that leaves; the rest may change.
    KeptBeforeLeaver,
}
