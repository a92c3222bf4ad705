//! The service: discovered services become backends, and each request goes to one of them.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

use ::tower::discover::{Change, Discover};
use ::tower::{BoxError, Service};

use crate::algorithm::Algorithm;
use crate::backend::Backend;
use crate::error::{BuildError, RouteError};
use crate::load_balancer::LoadBalancer;
use crate::pool::Pool;
use crate::tower::response::ResponseFuture;
use crate::tower::shared::{Entry, Shared};

/// A service over discovered services: each request goes to the backend that an algorithm picks; see the
/// [module](super).
pub struct Balance<D, F, R>
where
    D: Discover,
{
    discover: D,
    /// Whether discovery has ended.
    discovered: bool,
    /// The discovered backends by name, each with its service.
    members: BTreeMap<String, Backend>,
    /// The names of the backends inserted since the last update of the load balancer.
    inserted: BTreeSet<String>,
    /// Whether the backends differ from those of the load balancer.
    changed: bool,
    shared: Arc<Shared<F>>,
    request: PhantomData<fn(R)>,
    service: PhantomData<D::Service>,
}

impl<D, F, R> Balance<D, F, R>
where
    D: Discover,
    D::Key: Into<Backend>,
    D::Service: Send + Sync + 'static,
    F: Fn(&R) -> Option<Cow<'_, [u8]>>,
{
    /// Creates a load balancer that has discovered nothing yet. `key` returns the key of a request; an algorithm that
    /// uses no key ignores it.
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
            shared: Arc::new(Shared::new(
                LoadBalancer::with_clock(algorithm, empty, move || start.elapsed())?,
                key,
            )),
            request: PhantomData,
            service: PhantomData,
        })
    }

    /// Returns the load balancer, for counts, for health checked elsewhere, or to change the algorithm. Its backends
    /// are the discovered ones; any other [update](LoadBalancer::update) is undone by the next discovery.
    pub fn balancer(&self) -> &LoadBalancer {
        self.shared.balancer()
    }

    /// Applies everything that has been discovered so far.
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
                let backend = key.into().with_data(Arc::new(Entry::new(service)));
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

    /// Applies everything that has been discovered, and is ready once there is a backend: see
    /// [readiness](super#readiness). Returns [`RouteError::NoBackend`] if there is none and discovery has ended, the
    /// error of the discovery if it fails, and a [`BuildError`] if the algorithm's options do not fit the backends.
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

    /// Picks a backend and counts the request there. The future fails with a [`RouteError`] if no backend can be
    /// picked, and with the error of the service.
    fn call(&mut self, request: R) -> Self::Future {
        ResponseFuture::new(Arc::clone(&self.shared), request)
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
