//! The endpoints of a cluster.

use evenkeel_algorithms::{Attributes, Backend, Weight};

use super::super::draft::Draft;
use super::super::tree::Node;
use crate::exchange::{Address, Verdicts};

/// Reads the endpoints of a cluster in their order.
pub(super) fn read(cluster: &Node<'_>, draft: &mut Draft, verdicts: &mut Verdicts) {
    let Some(assignment) = cluster.get("load_assignment") else {
        let reason = "there is none; expected one with the endpoints";
        verdicts
            .at(cluster.line())
            .impossible("load_assignment", reason);
        return;
    };
    policy(&assignment, verdicts);
    let groups = assignment.get("endpoints");
    for group in groups.iter().flat_map(Node::items) {
        let priority = group.get("priority").and_then(|priority| priority.number());
        let is_backup = match priority.unwrap_or(0) {
            0 => false,
            1 => true,
            other => {
                let reason = format!("{other}: evenkeel has two, backups and others");
                verdicts.at(group.line()).impossible("priority", reason);
                continue;
            }
        };
        let hosts = group.get("lb_endpoints");
        for host in hosts.iter().flat_map(Node::items) {
            if let Some(backend) = backend(&host, draft, verdicts) {
                let line = host.line();
                draft.add(backend.with_backup(is_backup), line, verdicts);
            }
        }
    }
    backups(draft, verdicts);
}

fn policy(assignment: &Node<'_>, verdicts: &mut Verdicts) {
    let Some(policy) = assignment.get("policy") else {
        return;
    };
    for (name, node) in policy.fields() {
        let default = node.number() == Some(140)
            || node
                .at(&["value"])
                .is_some_and(|value| value.number() == Some(140));
        if name.starts_with("overprovisioning") && default {
            continue;
        }
        let reason = "evenkeel has nothing like it";
        verdicts.at(node.line()).impossible(name, reason);
    }
}

fn backend(host: &Node<'_>, draft: &Draft, verdicts: &mut Verdicts) -> Option<Backend> {
    let place = place(host, verdicts)?;
    let metadata = host.at(&["metadata", "filter_metadata"]);
    let of = |filter: &str, field: &str| {
        let value = metadata.as_ref()?.get(filter)?.get(field)?;
        value.text().map(str::to_owned)
    };
    let name = of("evenkeel", "name").unwrap_or_else(|| place.clone());
    let hostname = host
        .at(&["endpoint", "hostname"])
        .and_then(|hostname| hostname.text());
    // What our own export writes of a name is no fact of its own.
    let hash_key = of("envoy.lb", "hash_key").filter(|key| *key != name);
    let mut backend = Backend::new(name.as_str());
    if name != place {
        backend = backend.with_address(place);
    }
    let attributes = Attributes {
        hash_key: hash_key.map(Into::into),
        hostname: hostname.filter(|name| !name.is_empty()).map(Into::into),
        ..Attributes::default()
    };
    if attributes != Attributes::default() {
        backend = backend.with_attributes(attributes);
    }
    let backend = weight(backend, host, verdicts)?;
    health(backend, host, draft, verdicts)
}

/// Where a host is reached.
fn place(host: &Node<'_>, verdicts: &mut Verdicts) -> Option<String> {
    let address = host.at(&["endpoint", "address"]);
    let text = address.as_ref().and_then(|address| {
        if let Some(path) = address.at(&["pipe", "path"]) {
            return Some(format!("unix:{}", path.text()?));
        }
        let socket = address.get("socket_address")?;
        let host = socket.get("address")?.text()?;
        let port = socket.get("port_value")?.number()?;
        Some(match host.parse::<std::net::Ipv6Addr>() {
            Ok(host) => format!("[{host}]:{port}"),
            Err(_) => format!("{host}:{port}"),
        })
    });
    let Some(text) = text.filter(|text| Address::parse(text).is_some()) else {
        let reason = "it has no socket_address with address and port_value that could be reached";
        verdicts.at(host.line()).impossible("lb_endpoints", reason);
        return None;
    };
    Some(text)
}

fn weight(backend: Backend, host: &Node<'_>, verdicts: &mut Verdicts) -> Option<Backend> {
    let Some(node) = host.get("load_balancing_weight") else {
        return Some(backend);
    };
    // Envoy takes a weight below 1 for 1.
    match node.number().map(|number| Weight::new(number.max(1))) {
        Some(Ok(weight)) => Some(backend.with_weight(weight)),
        Some(Err(error)) => {
            let verdicts = verdicts.at(node.line());
            verdicts.impossible("load_balancing_weight", error.to_string());
            None
        }
        None => {
            let reason = "expected a whole number";
            verdicts
                .at(node.line())
                .impossible("load_balancing_weight", reason);
            None
        }
    }
}

fn health(
    backend: Backend,
    host: &Node<'_>,
    draft: &Draft,
    verdicts: &mut Verdicts,
) -> Option<Backend> {
    let status = host.get("health_status");
    let text = status.as_ref().and_then(Node::text);
    Some(match text.unwrap_or("UNKNOWN") {
        "HEALTHY" | "UNKNOWN" => backend,
        "UNHEALTHY" | "TIMEOUT" => backend.with_down(true),
        "DRAINING" => backend.with_drain(true),
        other => {
            let line = status.map_or(draft.line, |status| status.line());
            let reason = format!("{other}: evenkeel knows the healthy and those who are not");
            verdicts.at(line).impossible("health_status", reason);
            return None;
        }
    })
}

/// Envoy spills a part of the requests over to the next priority before all others are down.
fn backups(draft: &Draft, verdicts: &mut Verdicts) {
    let hosts = draft
        .backends
        .iter()
        .filter(|host| !host.is_backup() && !host.is_draining());
    let (healthy, all) = (
        hosts.clone().filter(|host| !host.is_down()).count(),
        hosts.count(),
    );
    let has_backups = draft.backends.iter().any(Backend::is_backup);
    if !has_backups {
        return;
    }
    if 140 * healthy >= 100 * all && healthy > 0 {
        verdicts.exact("priority", "1 is a backup");
    } else {
        let reason = "1 is a backup, which in Envoy takes a part of the requests while fewer than 72 % of the others are healthy";
        verdicts.approximate("priority", reason);
    }
}
