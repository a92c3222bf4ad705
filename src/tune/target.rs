//! The targets of tuning.

/// The target of tuning.
#[derive(Clone, Copy, Debug)]
pub enum Target {
    /// The size of the algorithm's own ring or table, or its number of probes.
    Size,
    /// The number of backends that each of several load balancers uses.
    Subset {
        /// The number of load balancers.
        instances: u32,
    },
    /// The factor by which the load in flight may exceed its share.
    Bound {
        /// The number of requests in flight; by default 10 per backend.
        in_flight: Option<u32>,
    },
}
