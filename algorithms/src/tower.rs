//! [`Balance`]: a load balancer as a [tower](https://docs.rs/tower) service, over services that come and go.
//!
//! [`Discover`] says which services there are; its keys describe the [`Backend`]s. Any [`Algorithm`] picks
//! one for each request, by the request's key if it goes by one. The request is in flight on its backend
//! until the response future ends or is dropped.
//!
//! # Readiness
//! Which backend a request goes to is known only once the request is there, after
//! [`poll_ready`](Service::poll_ready). To ask every service for its readiness before would let one that
//! is busy hold up all requests, and to pick among those that happen to be ready would send the keys of
//! the busy elsewhere. So [`Balance`] is ready as soon as it has a backend, and it is the response future
//! that waits: it calls a clone of the picked service once that is ready. Services have to be [`Clone`] and
//! [`Sync`] for that; one that is not goes into a `tower::buffer::Buffer`. To hold back more requests than that,
//! put a limit around [`Balance`] or [a cap](Backend::with_max_in_flight) on a backend.
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

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, ready};
use std::time::Instant;

use ::tower::discover::{Change, Discover};
use ::tower::{BoxError, Service};
use arc_swap::ArcSwapOption;
use pin_project_lite::pin_project;

use crate::algorithm::Algorithm;
use crate::backend::Backend;
use crate::error::{BuildError, RouteError};
use crate::load_balancer::LoadBalancer;
use crate::outcome::Outcome;
use crate::pool::Pool;
use crate::ticket::Ticket;

/// Requests over the services that are discovered, each to the backend that an algorithm picks; see the
/// [module](self).
pub struct Balance<D, F, R>
where
    D: Discover,
{
    discover: D,
    /// Whether there is nothing more to discover.
    discovered: bool,
    /// The backends by name, as they are to be, each with its service.
    members: BTreeMap<String, Backend>,
    /// The names of those that were inserted since the load balancer was updated.
    inserted: BTreeSet<String>,
    /// Whether the backends differ from those of the load balancer.
    changed: bool,
    shared: Arc<Shared<F>>,
    request: PhantomData<fn(R)>,
    service: PhantomData<D::Service>,
}

/// What the response futures go on with.
struct Shared<F> {
    balancer: LoadBalancer,
    /// Held while services are replaced or fail, and by no request that goes well: a service that has been
    /// replaced must not make its successor's backend unhealthy.
    changes: Mutex<()>,
    key: F,
}

/// The service of a backend, attached to it; none once it has failed.
struct Entry<S>(ArcSwapOption<S>);

impl<D, F, R> Balance<D, F, R>
where
    D: Discover,
    D::Key: Into<Backend>,
    D::Service: Send + Sync + 'static,
    F: Fn(&R) -> Option<Cow<'_, [u8]>>,
{
    /// A load balancer that has discovered nothing yet. `key` says by what key to pick for a request; to
    /// an algorithm that uses none it makes no difference.
    ///
    /// The backends are in the order of their names.
    ///
    /// # Errors
    /// [`BuildError`] if the algorithm's options fit no pool.
    pub fn new(
        algorithm: impl Algorithm + 'static,
        discover: D,
        key: F,
    ) -> Result<Self, BuildError> {
        let (empty, start) = (Pool::new([""; 0])?, Instant::now());
        Ok(Self {
            discover,
            discovered: false,
            members: BTreeMap::new(),
            inserted: BTreeSet::new(),
            changed: false,
            shared: Arc::new(Shared {
                balancer: LoadBalancer::with_clock(algorithm, empty, move || start.elapsed())?,
                changes: Mutex::new(()),
                key,
            }),
            request: PhantomData,
            service: PhantomData,
        })
    }

    /// The load balancer: for counts, for health that others check, for another algorithm. Its backends
    /// are those discovered; whatever else [updates](LoadBalancer::update) them is undone by the next
    /// discovery.
    pub fn balancer(&self) -> &LoadBalancer {
        &self.shared.balancer
    }

    /// Takes in all that has been discovered by now.
    fn poll_changes(&mut self, cx: &mut Context<'_>) -> Result<(), BoxError>
    where
        D: Unpin,
        D::Error: Into<BoxError>,
    {
        while !self.discovered {
            match Pin::new(&mut self.discover).poll_discover(cx) {
                Poll::Pending => break,
                Poll::Ready(None) => self.discovered = true,
                Poll::Ready(Some(change)) => self.change(change.map_err(Into::into)?),
            }
        }
        if self.changed {
            self.shared.publish(self.members.values(), &self.inserted)?;
            self.inserted.clear();
            self.changed = false;
        }
        Ok(())
    }

    fn change(&mut self, change: Change<D::Key, D::Service>) {
        self.changed = true;
        match change {
            Change::Insert(key, service) => {
                let entry = Entry(ArcSwapOption::from_pointee(service));
                let backend = key.into().with_data(Arc::new(entry));
                self.inserted.insert(backend.name().to_owned());
                self.members.insert(backend.name().to_owned(), backend);
            }
            Change::Remove(key) => {
                let backend = key.into();
                self.inserted.remove(backend.name());
                self.members.remove(backend.name());
            }
        }
    }
}

impl<D, F, R> Service<R> for Balance<D, F, R>
where
    D: Discover + Unpin,
    D::Key: Into<Backend>,
    D::Error: Into<BoxError>,
    D::Service: Service<R> + Clone + Send + Sync + 'static,
    <D::Service as Service<R>>::Error: Into<BoxError>,
    F: Fn(&R) -> Option<Cow<'_, [u8]>>,
{
    type Response = <D::Service as Service<R>>::Response;
    type Error = BoxError;
    type Future = ResponseFuture<D::Service, F, R>;

    /// Takes in what has been discovered, and is ready once there is a backend: see
    /// [readiness](self#readiness). It ends in [`RouteError::NoBackend`] if there is none and discovery
    /// has ended, in the error of the discovery if that fails, and in a [`BuildError`] if the algorithm's
    /// options do not fit the backends.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.poll_changes(cx)?;
        if !self.members.is_empty() {
            Poll::Ready(Ok(()))
        } else if self.discovered {
            Poll::Ready(Err(RouteError::NoBackend.into()))
        } else {
            Poll::Pending
        }
    }

    /// Picks a backend and counts the request there. The future fails with a [`RouteError`] if there is
    /// none to pick, and with the error of the service.
    fn call(&mut self, request: R) -> Self::Future {
        let mut tried = Vec::new();
        let state = match self.shared.picked(&request, &mut tried) {
            Ok(picked) => State::Waiting {
                picked: Some(picked),
                request: Some(request),
            },
            Err(error) => State::Refused {
                error: Some(error.into()),
            },
        };
        ResponseFuture {
            shared: Arc::clone(&self.shared),
            tried,
            state,
        }
    }
}

impl<F> Shared<F> {
    /// Hands the backends to the load balancer. One that failed before and was inserted again is healthy
    /// again.
    fn publish<'a>(
        &self,
        backends: impl Iterator<Item = &'a Backend>,
        inserted: &BTreeSet<String>,
    ) -> Result<(), BoxError> {
        let _changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        self.balancer.update(backends.cloned())?;
        for name in inserted {
            self.balancer.set_healthy(name, true)?;
        }
        Ok(())
    }

    /// Drops a service that failed. Its backend is unhealthy from then on, unless another service has taken
    /// its place.
    fn fail<S: Send + Sync + 'static>(&self, failed: &Backend) {
        let _changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = |backend: &Backend| backend.data::<Entry<S>>().map(std::ptr::from_ref);
        let snapshot = self.balancer.snapshot();
        let current = snapshot.pool().slot(failed.name());
        let current = current.and_then(|slot| entry(snapshot.pool().backend(slot)));
        if let Some(Entry(service)) = failed.data::<Entry<S>>() {
            service.store(None);
        }
        if current.is_some() && current == entry(failed) {
            // It is known, and an algorithm that cannot be built for its health goes on without it.
            let _ = self.balancer.set_healthy(failed.name(), false);
        }
    }

    /// A backend for a request that was not tried, with its service.
    fn picked<S, R>(&self, request: &R, tried: &mut Vec<String>) -> Result<Picked<S>, RouteError>
    where
        S: Clone + Send + Sync + 'static,
        F: Fn(&R) -> Option<Cow<'_, [u8]>>,
    {
        let key = (self.key)(request);
        loop {
            let names: Vec<&str> = tried.iter().map(String::as_str).collect();
            let ticket = if names.is_empty() {
                self.balancer.route(key.as_deref())?
            } else {
                self.balancer.retry(key.as_deref(), &names)?
            };
            let entry = ticket.backend().data::<Entry<S>>();
            let service = entry.and_then(|Entry(service)| service.load().as_deref().cloned());
            match service {
                Some(service) => return Ok(Picked { ticket, service }),
                // It has failed and was made healthy by others, or has only just failed.
                None => tried.push(ticket.backend().name().to_owned()),
            }
        }
    }
}

/// Where a request goes.
struct Picked<S> {
    ticket: Ticket,
    service: S,
}

pin_project! {
    /// The response of [`Balance`]: waits for the picked service to be ready, then for its response.
    pub struct ResponseFuture<S, F, R>
    where
        S: Service<R>,
    {
        shared: Arc<Shared<F>>,
        tried: Vec<String>,
        #[pin]
        state: State<S, R>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, R>
    where
        S: Service<R>,
    {
        Waiting { picked: Option<Picked<S>>, request: Option<R> },
        Called { asked: Option<(Ticket, Instant)>, #[pin] response: S::Future },
        Refused { error: Option<BoxError> },
    }
}

impl<S, F, R> Future for ResponseFuture<S, F, R>
where
    S: Service<R> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    F: Fn(&R) -> Option<Cow<'_, [u8]>>,
{
    type Output = Result<S::Response, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        loop {
            match this.state.as_mut().project() {
                StateProjection::Waiting { picked, request } => {
                    let called = ready!(call_when_ready(
                        this.shared,
                        this.tried,
                        picked,
                        request,
                        cx
                    ));
                    this.state.set(called?);
                }
                StateProjection::Called { asked, response } => {
                    let response = ready!(response.poll(cx));
                    // The request has ended, even if its future is kept.
                    if let Some((ticket, start)) = asked.take() {
                        ticket.finish(Outcome {
                            latency: start.elapsed(),
                            success: response.is_ok(),
                        });
                    }
                    return Poll::Ready(response.map_err(Into::into));
                }
                StateProjection::Refused { error } => {
                    let error = error.take().expect("polled after its end");
                    return Poll::Ready(Err(error));
                }
            }
        }
    }
}

/// Calls the picked service, or the next one if it fails before.
fn call_when_ready<S, F, R>(
    shared: &Shared<F>,
    tried: &mut Vec<String>,
    picked: &mut Option<Picked<S>>,
    request: &mut Option<R>,
    cx: &mut Context<'_>,
) -> Poll<Result<State<S, R>, BoxError>>
where
    S: Service<R> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    F: Fn(&R) -> Option<Cow<'_, [u8]>>,
{
    loop {
        let waiting = picked.as_mut().expect("polled after its end");
        let failed = ready!(waiting.service.poll_ready(cx)).err();
        let Picked {
            ticket,
            mut service,
        } = picked.take().expect("it was there just now");
        let asked = request.take().expect("polled after its end");
        let Some(error) = failed else {
            let start = Instant::now();
            let response = service.call(asked);
            let asked = Some((ticket, start));
            return Poll::Ready(Ok(State::Called { asked, response }));
        };
        shared.fail::<S>(ticket.backend());
        tried.push(ticket.backend().name().to_owned());
        drop(ticket);
        match shared.picked(&asked, tried) {
            Ok(next) => (*picked, *request) = (Some(next), Some(asked)),
            Err(_) => return Poll::Ready(Err(error.into())),
        }
    }
}

impl<D, F, R> fmt::Debug for Balance<D, F, R>
where
    D: Discover,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Balance")
            .field("members", &self.members)
            .finish_non_exhaustive()
    }
}

impl<S, F, R> fmt::Debug for ResponseFuture<S, F, R>
where
    S: Service<R>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture")
            .field("tried", &self.tried)
            .finish_non_exhaustive()
    }
}
