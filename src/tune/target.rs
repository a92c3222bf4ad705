//! What can be tuned.

/// What is tuned.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// The size of the algorithm's own ring or table, or the number of its probes.
    Size,
    /// How many of the backends each of several load balancers uses.
    Subset {
        /// How many load balancers there are.
        instances: u32,
    },
    /// How far a load in flight may exceed its share.
    Bound {
        /// How many requests are in flight; 10 a backend, if nothing is said.
        in_flight: Option<u32>,
    },
}
