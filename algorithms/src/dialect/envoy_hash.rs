//! **Envoy's ring hash and Maglev, and gRPC's ring hash**.
//!
//! # How it works
//! A key is hashed by 64-bit xxHash. The backends are hosts, and their identity is hashed. For Envoy the identity is
//! `attributes.hash_key`, else the name; with `use_hostname_for_hashing` it is `attributes.hash_key`, else
//! `attributes.hostname`, else the empty text. For gRPC it is the name.
//!
//! - Ring: with m as the smallest fraction of the weights, `scale = min(⌈m · minimum⌉ / m, maximum)` points are dealt
//!   out in the order of the configuration, in proportion to the weights; a fractional point is carried over to the
//!   next host. A point is the hash of the identity, `_` and the number i from 0. A key goes to the first point at or
//!   after its own.
//! - Maglev: hosts in the order of their identities take free entries of their permutations in turns, in proportion to
//!   the weights, which are fractions in double precision.
//!
//! With `hash_balance_factor` F, a host takes at most F percent of its share of the requests in flight (rounded up).
//! Further requests go to other hosts, in an order that a Mersenne Twister shuffles for each key. For a request without
//! a key, a random number is drawn.
//!
//! # Cost
//! n hosts, P points, M entries. Build O(P log P) or O(M n). Pick: a hash and O(1); with a bound O(n) to sum the
//! requests in flight, and an allocation for a request that is redirected. Memory: 32 bytes per point, 4 bytes per
//! entry.
//!
//! # Membership change
//! Envoy rebuilds ring and table from the healthy hosts. If the number of points of each host changes with the number
//! of hosts, keys of healthy hosts move as well. Otherwise movement is minimal.
//!
//! # Weights
//! In proportion; on a ring in whole points.
//!
//! # Ineligible backends
//! Envoy excludes them. If fewer than `healthy_panic_threshold` percent are healthy, it includes all hosts, healthy or
//! not ([`Balancer::overrides_health`](crate::Balancer::overrides_health)), also draining ones, which do not count for
//! the percentage. gRPC keeps their points and skips them.
//!
//! # Departures from the program
//! One priority and one locality only. The number for a request without a key follows from the seed. On a table, 1,024
//! attempts of a retry are made; after that, or if a host has no point at all, the first host in the list is used. Zero
//! sizes, which Envoy answers with errors, are rejected, as are hosts with the same identity, because Envoy gives their
//! points to either. With `use_hostname_for_hashing`, only one host may have neither a hostname nor a hash key: Envoy
//! hashes the empty text for it.
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
