//! Where the keys of an unavailable backend go.

/// Where the keys of an unhealthy or draining backend go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failover {
    /// To all others by weight, as by random assignment: each key is drawn or hashed again.
    Spread,
    /// To the neighbours on a ring, in a table or in a list.
    Neighbours,
    /// The card does not say, or there are no keys.
    NotStated,
}
