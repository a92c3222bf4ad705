//! Which conversation a client takes part in.

use std::sync::Mutex;
use std::time::Instant;

use evenkeel_algorithms::Registry;
use evenkeel_config::Loaded;

use crate::protocol::limits::Limits;
use crate::protocol::session::Session;

/// The conversations of a server's clients. They begin with what was [loaded](evenkeel_config::Config::load_since), or
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

/// Which clients are in one conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sharing {
    /// One for each client: what a client changes or counts concerns no other.
    Own,
    /// One for all clients: they see the same backends, health and requests in flight. A `msg_id` means a request
    /// of the client that sent it, and the open requests of a client that leaves are released.
    Shared,
}

impl<'a> Conversations<'a> {
    /// Creates the conversations of a server.
    #[must_use]
    pub fn new(
        sharing: Sharing,
        loaded: Option<Loaded>,
        registry: &'a Registry,
        start: Instant,
        limits: Limits,
    ) -> Self {
        let session = Session::new(loaded, registry, limits.max_count, start);
        let kind = match sharing {
            Sharing::Own => Kind::Own(session),
            Sharing::Shared => Kind::Shared(Mutex::new(session)),
        };
        Self { kind, limits }
    }
}
