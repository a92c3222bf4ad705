//! **Envoy's ring hash and Maglev, and gRPC's ring hash**.
//!
//! # How it works
//! A key is hashed by xxHash of 64 bits. The backends are hosts whose identity is hashed: Envoy takes
//! `attributes.hash_key`, else with `use_hostname_for_hashing` `attributes.hostname`, else the name;
//! gRPC the name.
//!
//! - Ring: with the smallest part m of the weights, `scale = min(⌈m · minimum⌉ / m, maximum)` points are
//!   dealt out in the order of the configuration in proportion to the weights; what is left over of a
//!   point is carried over to the next host. A point is the hash of identity, `_` and the number i from
//!   0. A key goes to the first point at or after its own.
//! - Maglev: hosts in the order of their identities take free entries of their permutations in turns,
//!   in proportion to the weights, which are fractions of double precision.
//!
//! With `hash_balance_factor` F a host takes no more than F percent of its part of the requests in
//! flight, one more at most; what is above goes to another host, in an order that is shuffled for each
//! key by a Mersenne Twister. Without a key a number is drawn.
//!
//! # Cost
//! n hosts, P points, M entries. Build O(P log P) or O(M n). Pick: a hash and O(1); with a bound O(n) for
//! the sum of the requests in flight, and an allocation for a request that goes elsewhere. Memory: 32
//! bytes a point, 4 bytes an entry.
//!
//! # Membership change
//! Envoy builds ring and table again from what is healthy: where the number of points of each host
//! changes with their count, keys of healthy hosts move too. Keys of an equal ring move minimally.
//!
//! # Weights
//! In proportion; on a ring to whole points of the smallest.
//!
//! # Ineligible backends
//! Envoy leaves them out; if fewer than `healthy_panic_threshold` percent are healthy it takes in all
//! hosts again, healthy or not ([`Balancer::overrides_health`](crate::Balancer::overrides_health)), also those that drain, which do not count among them.
//! gRPC keeps their points and walks past them.
//!
//! # Departures from the program
//! One priority and one locality. The number of a request without a key follows from the seed. Of a
//! retry's attempts 1,024 are made on a table; then, and where a host has no point at all, the first host
//! listed is taken. Zero sizes, which Envoy answers with errors, are refused, as are hosts of one identity,
//! whose points Envoy gives to either. Under `use_hostname_for_hashing` a host without a hostname goes by
//! its name, where Envoy would give all of them the empty text.
//!
//! # References
//! Envoy 1.40, load balancing policies `ring_hash` and `maglev`. gRPC 1.85, gRFC A42 and A76.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::envoy_hash;
//! use evenkeel_algorithms::{LoadBalancer, Options, Pool, Seed};
//!
//! let maglev = envoy_hash::MAGLEV.algorithm(Seed::DEFAULT, &Options::default());
//! let balancer = LoadBalancer::new(maglev, Pool::new(["10.0.0.1:80", "10.0.0.2:80"])?)?;
//! assert_eq!(balancer.route(Some(b"alice"))?.backend(), balancer.route(Some(b"alice"))?.backend());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod algorithm;
mod built;
mod cards;
mod hosts;
mod lookup;
mod options;
mod ring;
mod rule;
mod table;
#[cfg(test)]
mod tests;

pub use algorithm::EnvoyHash;
pub use built::Built;
pub use cards::{GRPC, MAGLEV, RING};
pub use options::{
    GRPC_SECTION, GrpcOptions, HashBalanceFactor, HashFunction, HealthyPanicThreshold,
    MAGLEV_SECTION, MaglevOptions, MaxRingSize, MaximumRingSize, MinRingSize, MinimumRingSize,
    RING_SECTION, RingHashOptions, RingSizeCap,
};
