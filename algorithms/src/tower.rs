//! [`Balance`]: a load balancer as a [tower](https://docs.rs/tower) service, over services that come and go.
//!
//! [`Discover`] provides the services; its keys describe the [`Backend`]s. Any [`Algorithm`] picks a backend for each
//! request, by the request's key if the algorithm uses one. The request is in flight on its backend until the response
//! future ends or is dropped.
//!
//! # Readiness
//! The backend of a request is known only once the request is there, after
//! [`poll_ready`](::tower::Service::poll_ready). Asking every service for its readiness before would let one busy
//! service delay all requests, and picking among the services that happen to be ready would send the keys of busy
//! services elsewhere. So [`Balance`] is ready as soon as it has a backend, and the response future waits: it calls a
//! clone of the picked service once that is ready. Services must be [`Clone`] and [`Sync`] for that; wrap others in a
//! `tower::buffer::Buffer`. To limit the waiting requests, put a limit around [`Balance`] or [a
//! cap](crate::Backend::with_max_in_flight) on a backend.
//!
//! # Time and outcomes
//! Time is the system's monotonic clock. Each response and its latency, from the call of the service to its end, are
//! reported to the balancer, as a failure if it is an error: [`PeakEwma`](crate::PeakEwma) learns by itself. A dropped
//! future reports nothing. For [`Prequal`](crate::Prequal), probe the backends and pass their
//! reports to [`Balance::balancer`]; a server finds its own with [`ExpectedLatency`](crate::ExpectedLatency).
//!
//! # Services that fail
//! A service that fails before it has the request (its `poll_ready` returns an error) is dropped, as tower requires;
//! its backend becomes ineligible, so that no other backend's keys move, until [`Discover`] inserts it again. The
//! request continues with the next backend in its order of preference, and fails with the service's error if there is
//! none. If the response fails later, retrying is up to the caller.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::tower::Balance;
//! use evenkeel_algorithms::Rendezvous;
//! # use std::{convert::Infallible, future::{Ready, ready}, pin::Pin, task::{Context, Poll}};
//! use ::tower::Service;
//! use ::tower::discover::Change;
//!
//! # struct Found(Vec<Change<String, Shard>>);
//! # impl futures_core::Stream for Found {
//! #     type Item = Result<Change<String, Shard>, Infallible>;
//! #     fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
//! #         Poll::Ready(self.0.pop().map(Ok))
//! #     }
//! # }
//! # #[derive(Clone)]
//! # struct Shard(&'static str);
//! # impl Service<&'static str> for Shard {
//! #     type Response = String;
//! #     type Error = Infallible;
//! #     type Future = Ready<Result<String, Infallible>>;
//! #     fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
//! #         Poll::Ready(Ok(()))
//! #     }
//! #     fn call(&mut self, user: &'static str) -> Self::Future {
//! #         ready(Ok(format!("{user} is on {}", self.0)))
//! #     }
//! # }
//! # async fn run() -> Result<(), ::tower::BoxError> {
//! let discover = Found(vec![
//!     Change::Insert("shard-a".to_owned(), Shard("shard-a")),
//!     Change::Insert("shard-b".to_owned(), Shard("shard-b")),
//! ]);
//! let mut balance = Balance::new(Rendezvous::default(), discover, |user: &&'static str| {
//!     Some(user.as_bytes().into())
//! })?;
//! std::future::poll_fn(|cx| balance.poll_ready(cx)).await?;
//! println!("{}", balance.call("alice").await?);
//! # Ok(())
//! # }
//! # let mut context = Context::from_waker(std::task::Waker::noop());
//! # assert!(matches!(std::pin::pin!(run()).poll(&mut context), Poll::Ready(Ok(()))));
//! ```
//!
//! [`Algorithm`]: crate::Algorithm
//! [`Backend`]: crate::Backend
//! [`Discover`]: ::tower::discover::Discover

mod balance;
mod response;
mod shared;

pub use balance::Balance;
pub use response::ResponseFuture;
