//! What can happen while requests come.

use std::sync::Arc;

use evenkeel_algorithms::Backend;

use crate::change::MembershipChange;

/// Something that happens at a moment. A scenario says how the members change ([`Edit`]), a timeline which they are
/// from then on ([`Members`]); all else is the same in both.
#[derive(Clone, Debug)]
pub(super) enum Event<M> {
    /// A backend has this times the speed that it has by itself.
    Speed { backend: String, factor: f64 },
    /// A backend stops, and all that is there is lost.
    Stop { backend: String },
    /// A backend is up, with an empty cache.
    Start { backend: String },
    /// The load balancers learn whether a backend is healthy.
    Health { backend: String, healthy: bool },
    /// The load balancers have other members.
    Members(M),
    /// A key is in the place of others; none is any more.
    Hot(Option<Hot>),
}

/// How the members change.
#[derive(Clone, Debug)]
pub(super) enum Edit {
    /// A backend gets no more requests.
    Drain(String),
    /// A backend joins, leaves or changes its weight.
    Change(MembershipChange),
}

/// Which members there are, and at which station each is.
#[derive(Clone, Debug)]
pub(super) struct Members {
    pub(super) backends: Vec<Backend>,
    pub(super) stations: Vec<usize>,
}

/// A key that is in the place of others, in this share of the requests.
#[derive(Clone, Debug)]
pub(super) struct Hot {
    pub(super) key: Arc<str>,
    pub(super) share: f64,
}

impl Event<Edit> {
    /// Returns the backend that it is about.
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
    /// Returns the backend that it is about.
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
