//! The laws that every strategy is checked against, as a kit: one line checks your own strategy.
//!
//! ```
//! use evenkeel_algorithms::contract;
//! use evenkeel_algorithms::strategy::rendezvous;
//!
//! contract::check(&rendezvous::CARD)?;
//! # Ok::<(), contract::Broken>(())
//! ```
//!
//! A law holds for all strategies, or for those that promise it in their [`Profile`](crate::Profile) or on their
//! [`Card`](crate::Card). So promise there exactly what holds. Each law is checked on fixed pools and on random
//! histories of membership, health and requests, which are the same in every run; with the strategy alone,
//! [inside](Around) each wrapper that fits it, and inside an [algorithm that forwards everything](Relay).
//!
//! A broken law is [reported](Broken) with the smallest counter-example that was found. A panic of the strategy breaks
//! the law that caused it. The following strategy promises that no key moves needlessly, and takes the remainder:
//!
//! ```
//! use evenkeel_algorithms::{
//!     Algorithm, Balancer, BuildError, Card, Family, Fingerprint, Pick, Pool, Profile, Slot, contract,
//! };
//!
//! #[derive(Debug)]
//! struct Remainder;
//!
//! impl Algorithm for Remainder {
//!     fn build(&self, _: &Pool, _: Option<&dyn Balancer>) -> Result<Box<dyn Balancer>, BuildError> {
//!         Ok(Box::new(Self))
//!     }
//!
//!     fn profile(&self) -> Profile {
//!         Profile::MINIMAL.without_weights()
//!     }
//! }
//!
//! impl Balancer for Remainder {
//!     fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
//!         let slots = pick.pool().slots_by_name();
//!         let sum: usize = pick.key()?.iter().map(|&byte| usize::from(byte)).sum();
//!         let first = sum.checked_rem(slots.len())?;
//!         let mut order = slots.iter().cycle().skip(first).take(slots.len());
//!         order.copied().find(|&slot| pick.allows(slot))
//!     }
//!
//!     fn describe(&self, fingerprint: &mut Fingerprint) {
//!         fingerprint.text("remainder");
//!     }
//! }
//!
//! static CARD: Card = Card::new("remainder", Family::Modulo, &|_, _| Box::new(Remainder));
//!
//! let broken = contract::check(&CARD).unwrap_err();
//! assert_eq!(broken.law, "minimal-movement");
//! assert!(broken.steps.len() <= 2, "{broken}");
//! ```
//!
//! To select laws, or to ask whether a strategy keeps a law that it does not promise, take a [`Subject`] and a [`Law`]
//! of [`laws`]. Your own laws are [`Law`]s as well, over [`Case`]s that are played on a [`Model`].

mod abilities;
mod around;
mod case;
mod checks;
mod draws;
mod effort;
mod event;
mod finding;
mod histories;
mod key_text;
mod law;
mod laws;
mod member;
mod model;
mod name;
mod quiet;
mod relay;
mod shrink;
mod subject;
mod verdict;

pub use abilities::Abilities;
pub use around::Around;
pub use case::Case;
pub use checks::{check, report};
pub use effort::Effort;
pub use event::{Event, Request};
pub use finding::Finding;
pub use histories::{histories, history};
pub use key_text::KeyText;
pub use law::{Applies, Law};
pub use laws::laws;
pub use member::Member;
pub use model::{Happened, Listing, Model};
pub use name::Name;
pub use relay::Relay;
pub use subject::Subject;
pub use verdict::{Broken, Verdict};
