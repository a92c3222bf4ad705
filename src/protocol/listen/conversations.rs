//! Which conversation a client takes part in.

use std::sync::Mutex;
use std::time::Instant;

use evenkeel_algorithms::Registry;

use crate::config::Loaded;
use crate::protocol::limits::Limits;
use crate::protocol::session::Session;

/// The conversations of a server's clients. They begin with what was [loaded](crate::config::Config::load_since), or
/// without backends; messages name algorithms of a registry, and all clocks count from the start.
#[derive(Debug)]
pub struct Conversations<'a> {
    pub(super) kind: Kind<'a>,
    pub(super) limits: Limits,
}

#[derive(Debug)]
pub(super) enum Kind<'a> {
    /// Each client has a copy of this one, which is never asked anything.
    Own(Session<'a>),
    /// All clients are in this one.
    Shared(Mutex<Session<'a>>),
}

impl<'a> Conversations<'a> {
    /// One for each client: what a client changes or counts concerns no other.
    #[must_use]
    pub fn own(
        loaded: Option<Loaded>,
        registry: &'a Registry,
        start: Instant,
        limits: Limits,
    ) -> Self {
        let session = Session::new(loaded, registry, limits.max_count, start);
        Self {
            kind: Kind::Own(session),
            limits,
        }
    }

    /// One for all clients: they see the same backends, health and requests in flight. A `msg_id` means a request
    /// of the client that sent it, and the open requests of a client that leaves are released.
    #[must_use]
    pub fn shared(
        loaded: Option<Loaded>,
        registry: &'a Registry,
        start: Instant,
        limits: Limits,
    ) -> Self {
        let session = Session::new(loaded, registry, limits.max_count, start);
        Self {
            kind: Kind::Shared(Mutex::new(session)),
            limits,
        }
    }
}
