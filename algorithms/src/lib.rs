//! Load-balancing strategies behind one trait, to embed wherever a request needs a backend.
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
//! # Which one?
//!
//! | You have | Take | Because |
//! |---|---|---|
//! | a cache or a shard a key, up to some hundred backends | [`Rendezvous`] | even by chance only, exact weights, moves no key needlessly |
//! | the same, and thousands of backends | [`Ketama`] | a pick costs the same at any number of backends; shares vary by about 8 % |
//! | the same, and evenness matters more than the last key | [`Maglev`] | slots differ by one at most; some more keys move than must |
//! | requests that any backend can answer, all about equally long | [`RoundRobin`] | exact shares |
//! | requests that any backend can answer, some long, some short | [`LeastConnections`] | who is busy gets no more |
//!
//! # The parts
//!
//! A [`Pool`] is an ordered set of [`Backend`]s. A [`Strategy`] (any [`Balancer`]) picks a [`Slot`] of
//! it. A [`LoadBalancer`] holds both, routes from many threads, and hands out a [`Ticket`] that counts
//! the request as in flight until it is dropped. [`LoadBalancer::update`] replaces the backends while
//! others route; [`LoadBalancer::set_eligible`] takes one out and back without moving the others' keys;
//! [`LoadBalancer::owners`] names the backends for replicas, [`LoadBalancer::retry`] the next one after
//! a failure. A strategy of your own is a [`Balancer`] in [`Strategy::custom`].
//!
//! The same seed and the same pool give the same answers in every process and on every machine, as
//! long as [`HASH_VERSION`] is the same. [`Seed::DEFAULT`] is public: take a seed of your own where
//! keys come from strangers.
//!
//! With the feature `tower` a `tower::Balance` puts all this before the services that a tower discovery
//! finds.
//!
//! The crate does no input or output, reads no clock and starts no thread.
//! The crate does no input or output, reads no clock but the one it is
//! [given](LoadBalancer::with_clock), and starts no thread.

#![warn(clippy::unwrap_used)]

pub mod analysis;
mod backend;
mod balancer;
#[cfg(feature = "serde")]
mod de;
#[cfg(feature = "dialects")]
pub mod dialect;
mod error;
mod hash;
mod load_balancer;
mod numbering;
mod outcome;
mod pool;
mod ring;
mod slot;
pub mod strategy;
mod sync;
mod ticket;
#[cfg(feature = "tower")]
pub mod tower;

pub use backend::{Backend, Weight};
pub use balancer::{Balancer, Key, Pick, Profile, Step};
pub use error::{BuildError, RouteError};
pub use hash::{Fingerprint, HASH_VERSION, HashFunction, Hashing, Seed};
pub use load_balancer::{LoadBalancer, Snapshot};
pub use numbering::{MAX_BUCKETS, Numbering};
pub use outcome::{Outcome, Report};
pub use pool::{MAX_BACKENDS, Pool};
pub use ring::MAX_POINTS;
pub use slot::{Slot, SlotSet};
pub use strategy::{
    Algorithm, Anchor, Binomial, BoundedLoad, ChooseK, Dx, Flip, Jump, JumpBack, Ketama,
    LeastConnections, LeastRequest, Lrh, Maglev, Memento, Modulo, MultiProbe, Options, PeakEwma,
    Power, PowerOfTwoChoices, Prequal, Random, Rendezvous, RoundRobin, Strategy, Subset, WarmUp,
};
pub use ticket::Ticket;
