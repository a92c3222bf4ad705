//! What remains of a key's order of preference.

/// What remains of a key's order of preference when a backend leaves, in a strategy that moves no key needlessly.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum OwnerOrder {
    /// All of it: each key has an order of all backends.
    Kept,
    /// The part before the backend that leaves; what follows may be another order.
    KeptBeforeLeaver,
}
