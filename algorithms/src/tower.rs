//! [`Balance`]: a load balancer as a [tower](https://docs.rs/tower) service, over services that come and go.
//!
//! [`Discover`] says which services there are; its keys describe the [`Backend`]s. Any [`Algorithm`] picks
//! one for each request, by the request's key if it goes by one. The request is in flight on its backend
//! until the response future ends or is dropped.
//!
//! # Readiness
//! Which backend a request goes to is known only once the request is there, after
//! [`poll_ready`](::tower::Service::poll_ready). To ask every service for its readiness before would let one that
//! is busy hold up all requests, and to pick among those that happen to be ready would send the keys of
//! the busy elsewhere. So [`Balance`] is ready as soon as it has a backend, and it is the response future
//! that waits: it calls a clone of the picked service once that is ready. Services have to be [`Clone`] and
//! [`Sync`] for that; one that is not goes into a `tower::buffer::Buffer`. To hold back more requests than that,
//! put a limit around [`Balance`] or [a cap](crate::Backend::with_max_in_flight) on a backend.
//!
//! # Time and outcomes
//! Time is the system's monotonic clock. A response and its latency, from the call of the service to its
//! end, are told to the balancer, as a failure if it is an error: [`PeakEwma`](crate::PeakEwma) learns by
//! itself. What has a future that is dropped is told of nothing. For
//! [`Prequal`](crate::Prequal) reports go to [`Balance::balancer`].
//!
//! # Services that fail
//! A service that fails before it has got the request (whose `poll_ready` ends in an error) is dropped, as
//! tower asks for; its backend becomes ineligible, so that no other backend's keys move, until
//! [`Discover`] inserts it again. The request goes on to the next backend of its order of preference, and
//! fails with the service's error if there is none. What fails afterwards, the response, is the caller's
//! to try again.
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
