//! `test_remap`: what a change would move, on copies with nothing in flight.

use std::collections::BTreeSet;

use evenkeel_algorithms::analysis::Change;
use evenkeel_algorithms::{Backend, Card, Key, LoadBalancer, Pick, RouteError, Slot, Snapshot};

use super::balancers::Balancers;
use super::conversation::Session;
use super::fields::required;
use crate::protocol::answer::{Answer, Answered, Code, Moved, Refusal, Remap};
use crate::protocol::message::{Message, Text};
use crate::protocol::name::Name;

impl Session<'_> {
    pub(super) fn test_remap(&mut self, message: &Message<'_>) -> Answered {
        let clients = required(message.clients.as_deref(), "clients")?;
        let balancers = self.balancers()?;
        balancers.under(message.algorithm.as_deref(), |balancers, algorithm| {
            balancers.remap(algorithm, message, clients)
        })
    }
}

impl Balancers<'_> {
    fn remap(&self, algorithm: &Card, message: &Message<'_>, clients: &[Text<'_>]) -> Answered {
        let current = self.balancer(algorithm).snapshot();
        if current.profile().key == Key::Unused {
            return Err(RouteError::KeyUnused.into());
        }
        let joining: Vec<_> = message
            .new_backend
            .iter()
            .map(|backend| &**backend)
            .chain(message.new_backends.iter().flat_map(|list| &list.0))
            .cloned()
            .collect();
        let backends = changed(self.backends(), &joining, &message.removed_backends)?;
        // A backend that stays keeps its health.
        let pool = current.pool().fork(|_| 0);
        let copy = LoadBalancer::new(self.config.configured_as(algorithm), pool)?;
        let before = copy.snapshot();
        copy.update(backends)?;
        compare(&before, &copy.snapshot(), clients)
    }
}

/// Returns the backends after a change.
fn changed(
    mut backends: Vec<Backend>,
    joining: &[Backend],
    leaving: &[Text<'_>],
) -> Result<Vec<Backend>, Refusal> {
    if joining.is_empty() && leaving.is_empty() {
        let text = "expected `new_backend`, `new_backends` or `removed_backends`";
        return Err(Refusal::malformed(text));
    }
    let mut known: BTreeSet<_> = backends
        .iter()
        .map(|backend| backend.name().to_owned())
        .collect();
    if let Some(present) = joining
        .iter()
        .find(|backend| !known.insert(backend.name().to_owned()))
    {
        let text = format!("there is a backend `{}` already", present.name());
        return Err(Refusal::new(Code::ExistsAlready, text));
    }
    for name in leaving {
        if !known.remove(&**name) {
            return Err(Refusal::unknown_backend(name));
        }
    }
    backends.retain(|backend| known.contains(backend.name()));
    backends.extend_from_slice(joining);
    Ok(backends)
}

fn compare(before: &Snapshot, after: &Snapshot, clients: &[Text<'_>]) -> Answered {
    let change = Change::of(before, after);
    let leaves: Vec<_> = before
        .pool()
        .backends()
        .map(|backend| after.pool().slot(backend.name()).is_none())
        .collect();
    let (mut moved, mut left) = (Vec::new(), 0u64);
    for client in clients {
        let (from, to) = (owner(before, client)?, owner(after, client)?);
        let name = |snapshot: &Snapshot, slot| Name::from(snapshot.pool().backend(slot));
        left += u64::from(leaves[from.index()]);
        if change.moved(from, to) {
            let (from, to) = (name(before, from), name(after, to));
            moved.push(Moved {
                client: client.to_string(),
                from,
                to,
            });
        }
    }
    let share = |part: u64| part as f64 / (clients.len() as f64).max(1.);
    // Clients of removed backends must move, and a new backend must get its share; one move can do both.
    let joined = after
        .pool()
        .backends()
        .any(|backend| before.pool().slot(backend.name()).is_none());
    let gained = if joined { change.least_share() } else { 0. };
    let remap = Remap {
        total: clients.len() as u64,
        remapped: moved.len() as u64,
        remap_ratio: share(moved.len() as u64),
        ideal_remap: share(left).max(gained),
        moved,
    };
    Ok(Answer {
        remap: Some(Box::new(remap)),
        ..Answer::default()
    })
}

fn owner(snapshot: &Snapshot, client: &str) -> Result<Slot, Refusal> {
    let pick = Pick::new(snapshot.pool(), Some(client.as_bytes()));
    Ok(snapshot.pick(&pick.question())?)
}
