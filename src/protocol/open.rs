//! Requests in flight, for strategies that count them: open until `request_complete` ends them or their client
//! leaves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use evenkeel_algorithms::{LoadBalancer, Ticket};

use super::msg_id::MsgId;

/// A client of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Client(pub(super) u64);

impl Client {
    /// The client of a conversation with one client.
    pub(super) const ONLY: Self = Self(0);
}

/// The open requests of each client, so that two clients may use the same `msg_id`.
#[derive(Debug, Default)]
pub(super) struct Open {
    clients: BTreeMap<Client, Requests>,
}

impl Open {
    /// Returns the open requests of a client.
    pub(super) fn of(&mut self, client: Client) -> &mut Requests {
        self.clients.entry(client).or_default()
    }

    /// Returns whether a client's request with a `msg_id` is open.
    pub(super) fn contains(&self, client: Client, msg_id: &MsgId<'_>) -> bool {
        let requests = self.clients.get(&client);
        requests.is_some_and(|requests| requests.by_msg_id.contains_key(msg_id))
    }

    /// Releases all requests of a client.
    pub(super) fn release(&mut self, client: Client) {
        self.clients.remove(&client);
    }

    /// Returns the number of open requests of all clients.
    pub(super) fn len(&self) -> usize {
        let clients = self.clients.values();
        clients.map(|requests| requests.requests.len()).sum()
    }

    /// Counts every open request under one more algorithm.
    pub(super) fn mirror(&mut self, algorithm: &'static str, balancer: &LoadBalancer) {
        for request in self.requests() {
            let ticket = balancer.hold(request.ticket.backend().name());
            request
                .mirrors
                .extend(ticket.map(|ticket| (algorithm, ticket)));
        }
    }

    /// Stops counting open requests under an algorithm.
    pub(super) fn forget(&mut self, algorithm: &str) {
        for request in self.requests() {
            request.mirrors.remove(algorithm);
        }
    }

    fn requests(&mut self) -> impl Iterator<Item = &mut Request> {
        let clients = self.clients.values_mut();
        clients.flat_map(|requests| requests.requests.values_mut())
    }
}

/// The open requests of one client, in the order of their arrival. Memory is proportional to them.
#[derive(Debug, Default)]
pub(super) struct Requests {
    requests: BTreeMap<u64, Request>,
    by_msg_id: BTreeMap<MsgId<'static>, u64>,
    by_backend: BTreeMap<Arc<str>, BTreeSet<u64>>,
    arrivals: u64,
}

#[derive(Debug)]
struct Request {
    msg_id: Option<MsgId<'static>>,
    ticket: Ticket,
    mirrors: Mirrors,
}

/// The same request's tickets under the other algorithms of the conversation, by their names.
pub(super) type Mirrors = BTreeMap<&'static str, Ticket>;

impl Requests {
    /// Keeps a request open.
    pub(super) fn insert(&mut self, msg_id: Option<&MsgId<'_>>, ticket: Ticket, mirrors: Mirrors) {
        let arrival = self.arrivals;
        self.arrivals += 1;
        let msg_id = msg_id.map(MsgId::to_static);
        if let Some(msg_id) = &msg_id {
            self.by_msg_id.insert(msg_id.clone(), arrival);
        }
        let name = ticket.backend().shared_name();
        self.by_backend.entry(name).or_default().insert(arrival);
        let request = Request {
            msg_id,
            ticket,
            mirrors,
        };
        self.requests.insert(arrival, request);
    }

    /// Removes the request with a `msg_id`.
    pub(super) fn remove(&mut self, msg_id: &MsgId<'_>) -> Option<Ticket> {
        let arrival = *self.by_msg_id.get(msg_id)?;
        self.take(arrival)
    }

    /// Removes the oldest request of a backend.
    pub(super) fn remove_oldest(&mut self, backend: &str) -> Option<Ticket> {
        let arrival = *self.by_backend.get(backend)?.first()?;
        self.take(arrival)
    }

    fn take(&mut self, arrival: u64) -> Option<Ticket> {
        let Request { msg_id, ticket, .. } = self.requests.remove(&arrival)?;
        if let Some(msg_id) = msg_id {
            self.by_msg_id.remove(&msg_id);
        }
        let name = ticket.backend().name();
        if let Some(arrivals) = self.by_backend.get_mut(name) {
            arrivals.remove(&arrival);
            if arrivals.is_empty() {
                self.by_backend.remove(name);
            }
        }
        Some(ticket)
    }
}
