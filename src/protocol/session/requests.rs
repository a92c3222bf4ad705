//! The start and the end of requests.

use std::collections::BTreeMap;

use evenkeel_algorithms::strategy::least_connections;
use evenkeel_algorithms::{
    Card, Key, LoadBalancer, Outcome, Pick, Pool, Profile, RouteError, Slot, SlotSet, Snapshot,
    Step, Ticket,
};
use evenkeel_config::Config;

use super::balancers::Balancers;
use super::conversation::Session;
use super::fields::{latency, required};
use crate::protocol::answer::{Answer, Answered, Code, Refusal, Tally};
use crate::protocol::message::{Counts, Message};
use crate::protocol::msg_id::MsgId;
use crate::protocol::name::Name;
use crate::protocol::open::Client;

impl Session<'_> {
    pub(super) fn http_request(&mut self, client: Client, message: &Message<'_>) -> Answered {
        if self.balancers.is_none()
            && let Some(counts) = &message.active_connections
        {
            return self.place_among(client, counts, message);
        }
        self.balancers()?.http_request(client, message)
    }

    /// Places a request that brings its own backends: the names that it counts, in their order.
    fn place_among(&self, client: Client, counts: &Counts<'_>, message: &Message<'_>) -> Answered {
        let backends = counts
            .0
            .iter()
            .map(|(name, _)| name.as_ref().into())
            .collect();
        let algorithm = &least_connections::CARD;
        let config = Config {
            algorithm,
            backends,
            ..self.defaults.clone()
        };
        Balancers::new(config, self.registry, self.start)?.http_request(client, message)
    }

    pub(super) fn request_complete(&mut self, client: Client, message: &Message<'_>) -> Answered {
        let outcome = outcome(message)?;
        let balancers = self.balancers()?;
        let open = balancers.open.of(client);
        let done = match (&message.request, &message.backend) {
            (Some(msg_id), None) => open
                .remove(msg_id)
                .ok_or_else(|| format!("request {msg_id}")),
            (None, Some(backend)) => {
                let name = backend.name();
                let done = open.remove_oldest(name);
                done.ok_or_else(|| format!("request on a backend `{name}`"))
            }
            _ => return Err(Refusal::malformed("expected either `request` or `backend`")),
        };
        match (done, outcome) {
            (Ok(ticket), Some(outcome)) => ticket.finish(outcome),
            (Ok(ticket), None) => ticket.release(),
            (Err(what), _) => {
                let mut all = balancers.all();
                if all.any(|balancer| counts_matter(&balancer.snapshot())) {
                    let text = format!("there is no open {what}");
                    return Err(Refusal::new(Code::DoesNotExist, text));
                }
            }
        }
        Ok(Answer::default())
    }

    pub(super) fn send_requests(&mut self, message: &Message<'_>) -> Answered {
        let count = required(message.count, "count")?;
        if count > self.max_count {
            let most = self.max_count;
            return Err(Refusal::malformed(format!(
                "count: {count} is more than {most}"
            )));
        }
        let balancers = self.balancers()?;
        balancers.under(message.algorithm.as_deref(), |balancers, algorithm| {
            spread_out(balancers.balancer(algorithm), count)
        })
    }
}

/// Returns the outcome of a request, if the message has one.
fn outcome(message: &Message<'_>) -> Result<Option<Outcome>, Refusal> {
    let latency = latency(message)?;
    Ok(match message.failed {
        Some(true) => Some(Outcome::failure(latency.unwrap_or_default())),
        _ => latency.map(Outcome::success),
    })
}

/// Places requests without a key and returns the distribution.
fn spread_out(balancer: &LoadBalancer, count: u64) -> Answered {
    let snapshot = balancer.snapshot();
    let distribution = if counts_matter(&snapshot) {
        // Held until all are placed: counted on a copy, which is then dropped.
        let copy = LoadBalancer::fork(&snapshot, |slot| snapshot.pool().in_flight(slot))?;
        distribute(&copy, count, Ticket::leave_in_flight)
    } else {
        distribute(balancer, count, Ticket::release)
    }?;
    Ok(Answer {
        distribution: Some(distribution),
        ..Answer::default()
    })
}

impl Balancers<'_> {
    fn http_request(&mut self, client: Client, message: &Message<'_>) -> Answered {
        self.under(message.algorithm.as_deref(), |balancers, algorithm| {
            balancers.place(client, algorithm, message)
        })
    }

    fn place(&mut self, client: Client, algorithm: &Card, message: &Message<'_>) -> Answered {
        let balancer = self.balancer(algorithm);
        let snapshot = balancer.snapshot();
        let (pool, profile) = (snapshot.pool(), snapshot.profile());
        check(pool, profile, message)?;
        if !counts_matter(&snapshot) {
            return answered(&snapshot, message);
        }
        if let Some(counts) = &message.active_connections {
            let counts: BTreeMap<_, _> = counts.0.iter().map(|(name, n)| (&**name, *n)).collect();
            let count = |name| counts.get(name).copied().unwrap_or_default();
            let of_request = |slot| count(pool.backend(slot).name()).into();
            let answer = answered(
                &LoadBalancer::fork(&snapshot, of_request)?.snapshot(),
                message,
            )?;
            if profile.key != Key::Required {
                // The copy's draws and turns are lost; the next requests must not repeat them.
                let _turn = balancer.route(key(message));
            }
            return Ok(answer);
        }
        let is_open = |msg_id: &&MsgId<'_>| self.open.contains(client, msg_id);
        if let Some(msg_id) = message.msg_id.as_ref().filter(is_open) {
            let text = format!("the request {msg_id} is still open");
            return Err(Refusal::new(Code::ExistsAlready, text));
        }
        // Before the request counts.
        let owners = owners(&snapshot, message)?;
        let tried: Vec<_> = message.exclude.iter().map(AsRef::as_ref).collect();
        let (ticket, point) = with_point(|steps| balancer.trace(key(message), &tried, steps))?;
        let answer = described(&snapshot, message, ticket.slot(), point, owners);
        let counts = pool
            .slots()
            .map(|slot| (pool.backend(slot).into(), pool.in_flight(slot)));
        let active_connections = Some(Tally(counts.collect()));
        self.keep_open(client, message.msg_id.as_ref(), algorithm, ticket);
        Ok(Answer {
            active_connections,
            ..answer
        })
    }
}

/// Returns whether requests in flight influence the next pick.
fn counts_matter(snapshot: &Snapshot) -> bool {
    snapshot.profile().in_flight || snapshot.pool().is_capped()
}

/// Refuses counts of unknown names, and `owners` where there are none.
fn check(pool: &Pool, profile: Profile, message: &Message<'_>) -> Result<(), Refusal> {
    let counts = message.active_connections.iter();
    let mut names = counts.flat_map(|counts| &counts.0).map(|(name, _)| name);
    if let Some(unknown) = names.find(|name| pool.slot(name).is_none()) {
        return Err(Refusal::unknown_backend(unknown));
    }
    match message.owners {
        Some(0) => Err(Refusal::malformed("owners: expected 1 or more")),
        Some(_) if profile.key == Key::Unused => Err(RouteError::KeyUnused.into()),
        _ => Ok(()),
    }
}

fn key<'a>(message: &'a Message<'_>) -> Option<&'a [u8]> {
    let id = message
        .client_id
        .as_deref()
        .or(message.session_id.as_deref());
    id.map(str::as_bytes)
}

/// Returns the slots of the names that were tried. A name that is no longer in the pool makes no difference.
fn tried(pool: &Pool, message: &Message<'_>) -> SlotSet {
    let names = message.exclude.iter();
    names.filter_map(|name| pool.slot(name)).collect()
}

/// Answers a request without counting it.
fn answered(snapshot: &Snapshot, message: &Message<'_>) -> Answered {
    let tried = tried(snapshot.pool(), message);
    let pick = Pick::new(snapshot.pool(), key(message)).excluding(&tried);
    let owners = owners(snapshot, message)?;
    let (slot, point) = with_point(|steps| snapshot.trace(&pick, steps))?;
    Ok(described(snapshot, message, slot, point, owners))
}

/// Returns the result of a trace, with the key's point if it has one.
fn with_point<T>(
    trace: impl FnOnce(&mut dyn FnMut(Step<'_>)) -> Result<T, RouteError>,
) -> Result<(T, Option<u32>), RouteError> {
    let (mut upper, mut point) = (None, None);
    let found = trace(&mut |step| match step {
        // The upper 32 bits are the place on a ring of any width.
        Step::Hash { hash, bits } => upper = Some((hash >> bits.saturating_sub(32)) as u32),
        Step::Point { .. } => point = upper,
        _ => {}
    })?;
    Ok((found, point))
}

/// Returns the answer to a request that went to a slot.
fn described(
    snapshot: &Snapshot,
    message: &Message<'_>,
    slot: Slot,
    point: Option<u32>,
    owners: Option<Vec<Name>>,
) -> Answer {
    let degrees = |point: u32| ((u64::from(point) * 360) >> 32) as u32;
    Answer {
        backend: Some(snapshot.pool().backend(slot).into()),
        hash_ring_position: point.map(degrees),
        hash_ring_point: point.filter(|_| message.explain),
        owners,
        ..Answer::default()
    }
}

/// Returns the first untried owners of a key, if the message asks for them.
fn owners(snapshot: &Snapshot, message: &Message<'_>) -> Result<Option<Vec<Name>>, RouteError> {
    let (Some(count), Some(key)) = (message.owners, key(message)) else {
        return Ok(None);
    };
    let (pool, count) = (snapshot.pool(), count as usize);
    let tried = tried(pool, message);
    let owners = snapshot.owners(key, count.saturating_add(message.exclude.len()))?;
    let untried = owners.into_iter().filter(|&owner| !tried.contains(owner));
    let names = untried.map(|owner| pool.backend(owner).into());
    Ok(Some(names.take(count).collect()))
}

/// Places requests without a key and counts them per backend.
fn distribute(balancer: &LoadBalancer, count: u64, end: impl Fn(Ticket)) -> Result<Tally, Refusal> {
    let snapshot = balancer.snapshot();
    let mut counts = vec![0; snapshot.pool().len()];
    for _ in 0..count {
        let ticket = balancer.route(None)?;
        counts[ticket.slot().index()] += 1;
        end(ticket);
    }
    Ok(Tally(
        snapshot
            .pool()
            .backends()
            .map(Name::from)
            .zip(counts)
            .collect(),
    ))
}
