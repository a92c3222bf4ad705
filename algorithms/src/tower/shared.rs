//! The state shared by the service and its response futures: the load balancer, and which services have failed.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use ::tower::BoxError;
use arc_swap::ArcSwapOption;

use crate::backend::Backend;
use crate::error::RouteError;
use crate::load_balancer::LoadBalancer;
use crate::ticket::Ticket;

/// The state that response futures use.
pub(super) struct Shared<F> {
    balancer: LoadBalancer,
    /// Held while services are replaced or fail, but not by a successful request: a replaced service must not make its
    /// successor's backend unhealthy.
    changes: Mutex<()>,
    key: F,
}

/// The service of a backend, attached to it; empty once it has failed.
pub(super) struct Entry<S>(ArcSwapOption<S>);

impl<S> Entry<S> {
    pub(super) fn new(service: S) -> Self {
        Self(ArcSwapOption::from_pointee(service))
    }
}

/// The destination of a request.
pub(super) struct Picked<S> {
    pub(super) ticket: Ticket,
    pub(super) service: S,
}

impl<F> Shared<F> {
    pub(super) const fn new(balancer: LoadBalancer, key: F) -> Self {
        Self {
            balancer,
            changes: Mutex::new(()),
            key,
        }
    }

    pub(super) const fn balancer(&self) -> &LoadBalancer {
        &self.balancer
    }

    /// Passes the backends to the load balancer. A backend that failed before and was inserted again is healthy again.
    pub(super) fn publish<'a>(
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

    /// Drops a service that failed. Its backend is unhealthy from then on, unless another service has replaced it.
    pub(super) fn fail<S: Send + Sync + 'static>(&self, failed: &Backend) {
        let _changes = self.changes.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = |backend: &Backend| backend.data::<Entry<S>>().map(std::ptr::from_ref);
        let snapshot = self.balancer.snapshot();
        let current = snapshot.pool().slot(failed.name());
        let current = current.and_then(|slot| entry(snapshot.pool().backend(slot)));
        if let Some(Entry(service)) = failed.data::<Entry<S>>() {
            service.store(None);
        }
        if current.is_some() && current == entry(failed) {
            // The error is ignored: the backend is known, and an algorithm that cannot be built for its health
            // continues without it.
            let _ = self.balancer.set_healthy(failed.name(), false);
        }
    }

    /// Returns a backend that the request has not tried, with its service.
    pub(super) fn picked<S, R>(
        &self,
        request: &R,
        tried: &mut Vec<String>,
    ) -> Result<Picked<S>, RouteError>
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
                // The service failed and was made healthy by other code, or has only just failed.
                None => tried.push(ticket.backend().name().to_owned()),
            }
        }
    }
}
