//! Where the keys of a backend go that is out of service.

/// Where the keys of a backend go that is unhealthy or drains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failover {
    /// Over all others by their weights, as by random assignment: each key is drawn for or hashed again.
    Spread,
    /// To its neighbours on a ring, in a table or in a list.
    Neighbours,
    /// The card does not say, or there are no keys.
    NotStated,
}
