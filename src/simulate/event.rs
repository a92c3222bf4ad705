//! The events of a simulation.

use std::sync::Arc;

use evenkeel_algorithms::Backend;

use crate::change::MembershipChange;

/// An event at a moment. In a scenario it has an [`Edit`] of the members, in a timeline the resulting [`Members`];
/// everything else is the same in both.
#[derive(Clone, Debug)]
pub(super) enum Event<M> {
    /// A backend runs at this multiple of its own speed.
    Speed { backend: String, factor: f64 },
    /// A backend stops, and all its requests are lost.
    Stop { backend: String },
    /// A backend starts, with an empty cache.
    Start { backend: String },
    /// The load balancers learn whether a backend is healthy.
    Health { backend: String, healthy: bool },
    /// The load balancers get other members.
    Members(M),
    /// A key replaces others in some requests, or no longer does.
    Hot(Option<Hot>),
}

/// A change of the members.
#[derive(Clone, Debug)]
pub(super) enum Edit {
    /// A backend gets no new requests.
    Drain(String),
    /// A backend joins, leaves or changes its weight.
    Change(MembershipChange),
}

/// The members, and the station of each.
#[derive(Clone, Debug)]
pub(super) struct Members {
    pub(super) backends: Vec<Backend>,
    pub(super) stations: Vec<usize>,
    /// The backend that joins, by its place among them: it is the machine of its weight.
    pub(super) joiner: Option<usize>,
}

/// A key that replaces others in this share of the requests.
#[derive(Clone, Debug)]
pub(super) struct Hot {
    pub(super) key: Arc<str>,
    pub(super) share: f64,
}

impl Event<Edit> {
    /// Returns the backend of the event.
    pub(super) fn subject(&self) -> Option<&str> {
        match self {
            Self::Speed { backend, .. }
            | Self::Stop { backend }
            | Self::Start { backend }
            | Self::Health { backend, .. } => Some(backend),
            Self::Members(edit) => Some(edit.subject()),
            Self::Hot(_) => None,
        }
    }
}

impl Edit {
    /// Returns the backend of the edit.
    pub(super) fn subject(&self) -> &str {
        match self {
            Self::Drain(name)
            | Self::Change(
                MembershipChange::Remove(name)
                | MembershipChange::Reweight(name, _)
                | MembershipChange::Replace(name, _),
            ) => name,
            Self::Change(MembershipChange::Add(backend)) => backend.name(),
        }
    }
}
