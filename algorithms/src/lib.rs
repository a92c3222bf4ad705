//! Load-balancing algorithms behind one trait, to embed wherever a request needs a backend.
//!
//! ```
//! use evenkeel_algorithms::{Ketama, LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(Ketama::default(), Pool::new(["b1", "b2", "b3"])?)?;
//! let ticket = balancer.route(Some(b"alice"))?;
//! println!("alice goes to {}", ticket.backend().name());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Which algorithm?
//!
//! | You have | Use | Because |
//! |---|---|---|
//! | caches or shards by key, up to a few hundred backends | [`Rendezvous`] | as even as random assignment, exact weights, minimal movement |
//! | the same, and thousands of backends | [`Anchor`], [`Memento`] | as even, at about the same cost for any number of backends; they depend on the history of changes |
//! | the same, and no history to keep | [`Ketama`] | any process can compute the ring; the standard deviation of the shares is about 8% |
//! | the same, and balance matters more than minimal movement | [`Maglev`], [`Lrh`] | nearly even; slightly more keys move than necessary |
//! | shards that are only ever added at the end | [`JumpBack`] | no history as long as no shard is removed; [`Jump`], [`Power`], [`Flip`], [`Binomial`] do the same |
//! | k replicas of each key, and a history | [`ChooseK`] | owners and their order are stable unless one of them leaves, at a few hashes each |
//! | a ring that must be small | [`MultiProbe`] | 20 to 28 bytes per unit of weight |
//! | requests for any backend, all of similar duration | [`RoundRobin`] | exact shares |
//! | requests for any backend, some long, some short | [`LeastConnections`] | a busy backend receives no new requests until others catch up |
//! | the same, and many independent balancers | [`PowerOfTwoChoices`] | they do not all choose the same idle backend |
//! | the same, and backends that are slow at times | [`PeakEwma`], [`Prequal`] | measured latencies or reports decide |
//!
//! Wrappers for any algorithm by key: [`BoundedLoad`] for hot keys, [`WarmUp`] for newcomers with a cold cache, which
//! needs [a clock](LoadBalancer::with_clock). Wrapper for any algorithm: [`Subset`] for hundreds of clients.
//!
//! # The parts
//!
//! A [`Pool`] is an ordered set of [`Backend`]s. An [`Algorithm`] is a set of settings: it [builds](Algorithm::build) a
//! [`Balancer`] for a pool, which picks a [`Slot`] of the pool. A [`LoadBalancer`] holds all three and routes from many
//! threads. [`LoadBalancer::update`] replaces the backends while other threads route, and [`LoadBalancer::update_with`]
//! changes some of them; [`LoadBalancer::set_healthy`] takes a backend out of service and back without moving the keys
//! of others.
//!
//! # Tickets
//!
//! A request is in flight until its [`Ticket`] is dropped: algorithms that count requests depend on that. Algorithms
//! that use latencies get them from [`Ticket::finish`], and the time from your clock.
//!
//! ```
//! use std::time::{Duration, Instant};
//! use evenkeel_algorithms::{LoadBalancer, Outcome, PeakEwma, Pool};
//!
//! let start = Instant::now();
//! let pool = Pool::new(["b1", "b2", "b3"])?;
//! let balancer = LoadBalancer::with_clock(PeakEwma::default(), pool, move || start.elapsed())?;
//! let ticket = balancer.route(None)?;
//! assert_eq!(balancer.in_flight(ticket.backend().name()), Some(1));
//! // … ask ticket.backend() …
//! ticket.finish(Outcome::success(Duration::from_millis(3)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Retries and replicas
//!
//! Every algorithm by key has an order of preference: [`LoadBalancer::owners`] lists it, for replicas, and
//! [`LoadBalancer::retry`] continues in it, so that a retry reaches a replica.
//!
//! ```
//! use evenkeel_algorithms::{ChooseK, LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(ChooseK::default(), Pool::new(["b1", "b2", "b3", "b4"])?)?;
//! let owners = balancer.owners(b"alice", 3)?;
//! let first = balancer.route(Some(b"alice"))?;
//! assert_eq!(first.backend(), &owners[0]);
//! let second = balancer.retry(Some(b"alice"), &[first.backend().name()])?;
//! assert_eq!(second.backend(), &owners[1]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Your own algorithm
//!
//! Implement [`Algorithm`] and the [`Balancer`] that it builds; both may be one type. The balancer walks its own order
//! and returns the first slot that [`Pick::allows`], so retries and unhealthy backends need no code of their own.
//!
//! ```
//! use evenkeel_algorithms::{
//!     Algorithm, Balancer, BuildError, Fingerprint, LoadBalancer, Pick, Pool, Profile, Slot,
//! };
//!
//! /// Picks the first backend in the order given; the others stand by.
//! #[derive(Clone, Copy, Debug)]
//! struct Failover;
//!
//! impl Algorithm for Failover {
//!     fn build(
//!         &self,
//!         _: &Pool,
//!         _: Option<&dyn Balancer>,
//!     ) -> Result<Box<dyn Balancer>, BuildError> {
//!         Ok(Box::new(*self))
//!     }
//!
//!     fn profile(&self) -> Profile {
//!         Profile::TURNS
//!     }
//! }
//!
//! impl Balancer for Failover {
//!     fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
//!         pick.pool().slots().find(|&slot| pick.allows(slot))
//!     }
//!
//!     fn describe(&self, fingerprint: &mut Fingerprint) {
//!         fingerprint.text("failover");
//!     }
//! }
//!
//! let balancer = LoadBalancer::new(Failover, Pool::new(["b1", "b2"])?)?;
//! balancer.set_healthy("b1", false)?;
//! assert_eq!(balancer.route(None)?.backend().name(), "b2");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! To select it by name, give it a [`Card`] and add that to a [`Registry`]: [`Registry::with`].
//!
//! # Determinism
//!
//! The same seed and the same pool give the same answers in every process and on every machine, as long as
//! [`HASH_VERSION`] is the same. Algorithms that number their backends also depend on the changes that the pool went
//! through: on its [`Numbering`], which another process can [take over](Pool::with_numbering). Compare
//! [fingerprints](LoadBalancer::fingerprint) to find out whether two processes agree. [`Seed::DEFAULT`] is public:
//! choose your own seed if keys come from untrusted sources.
//!
//! ```
//! use evenkeel_algorithms::{LoadBalancer, Pool, Rendezvous, Seed};
//!
//! let here = LoadBalancer::new(Rendezvous::new(Seed(7)), Pool::new(["b1", "b2", "b3"])?)?;
//! let there = LoadBalancer::new(Rendezvous::new(Seed(7)), Pool::new(["b3", "b1", "b2"])?)?;
//! assert_eq!(here.fingerprint(), there.fingerprint());
//! there.update(["b1", "b2"])?;
//! assert_ne!(here.fingerprint(), there.fingerprint());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Features
//!
//! - `serde`: reads backends, options, weights and numberings from a config, and writes all but backends. The crate
//!   `evenkeel-config` reads whole configs.
//! - `dialects`: adds algorithms that reproduce other programs.
//! - `tower`: adds a service over the backends that a `Discover` finds.
//! - `contract`: adds the laws that every strategy is checked against, as a kit for your own tests.
//!
//! The crate does no input or output, starts no thread, and reads only the clock that it is
//! [given](LoadBalancer::with_clock); only the feature `tower` reads the system's monotonic clock.

#![warn(clippy::unwrap_used)]

mod algorithm;
pub mod analysis;
mod attributes;
mod backend;
#[cfg(feature = "serde")]
mod backend_fields;
mod balancer;
mod built;
mod card;
#[cfg(feature = "contract")]
pub mod contract;
mod data;
#[cfg(feature = "serde")]
mod de;
#[cfg(feature = "dialects")]
pub mod dialect;
#[cfg(feature = "serde")]
mod erased_reading;
mod error;
mod expected_latency;
mod failure;
mod faulty_field;
mod field;
mod hash;
mod limits;
mod load_balancer;
mod member;
mod numbering;
mod option;
mod options;
#[cfg(feature = "serde")]
mod options_reader;
mod outcome;
mod pick;
mod pool;
mod profile;
mod refusal;
mod registry;
mod ring;
mod section_key;
mod section_type;
#[cfg(feature = "serde")]
mod ser;
mod slot;
mod snapshot;
mod step;
pub mod strategy;
mod sync;
mod ticket;
#[cfg(feature = "tower")]
pub mod tower;
mod whole_number;

pub use algorithm::{Algorithm, carried};
pub use attributes::{Attributes, Number};
pub use backend::{Backend, Weight};
pub use balancer::Balancer;
pub use card::{
    Card, Cost, Failover, Family, Feedback, Make, OptionHelp, Order, Origin, OwnerOrder, Program,
    ShareVariance, Size, Sizes, Variance,
};
pub use error::{BuildError, HealthError, RouteError, UnknownBackend};
pub use expected_latency::ExpectedLatency;
pub use failure::Failure;
pub use field::{BackendField, Field};
pub use hash::{Fingerprint, HASH_VERSION, HashFunction, Hashing, Seed};
pub use limits::{MAX_BACKENDS, MAX_BUCKETS, MAX_POINTS};
pub use load_balancer::LoadBalancer;
pub use numbering::Numbering;
pub use options::{Options, Section, Writable};
#[cfg(feature = "serde")]
pub use options_reader::OptionsReader;
pub use outcome::{Outcome, Report};
pub use pick::Pick;
pub use pool::Pool;
pub use profile::{Key, Profile};
pub use refusal::Refusal;
pub use registry::{Registry, UnfitCard, UnknownAlgorithm};
pub use section_key::SectionKey;
pub use section_type::{Readable, SectionType};
pub use slot::{Slot, SlotSet};
pub use snapshot::Snapshot;
pub use step::Step;
pub use strategy::{
    Anchor, Binomial, BoundedLoad, ChooseK, Dx, Flip, Jump, JumpBack, Ketama, LeastConnections,
    LeastRequest, Lrh, Maglev, Memento, Modulo, MultiProbe, PeakEwma, Power, PowerOfTwoChoices,
    Prequal, Random, Rendezvous, RoundRobin, Subset, WarmUp,
};
pub use ticket::Ticket;
pub use whole_number::WholeNumber;

/// The README, so that its Rust is compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
pub struct Readme;
