//! The endpoints of a cluster.

use evenkeel_algorithms::dialect::envoy_hash;
use evenkeel_algorithms::{Attributes, Backend, Weight};

use super::super::draft::Draft;
use super::super::tree::Node;
use crate::exchange::{Address, Host, Verdicts};

/// Reads the endpoints of a cluster in order.
pub(super) fn read(cluster: &Node<'_>, draft: &mut Draft, verdicts: &mut Verdicts) {
    let Some(assignment) = cluster.get("load_assignment") else {
        let reason = "missing; expected the endpoints";
        verdicts.at(&cluster).impossible("load_assignment", reason);
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
                let reason = format!("{other}: evenkeel has two priorities, 0 and 1 (backups)");
                verdicts.at(&group).impossible("priority", reason);
                continue;
            }
        };
        let hosts = group.get("lb_endpoints");
        for host in hosts.iter().flat_map(Node::items) {
            if let Some(backend) = backend(&host, draft, verdicts) {
                draft.add(backend.with_backup(is_backup), &host, verdicts);
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
        let reason = "evenkeel has no equivalent";
        verdicts.at(&node).impossible(name, reason);
    }
}

fn backend(host: &Node<'_>, draft: &Draft, verdicts: &mut Verdicts) -> Option<Backend> {
    let text = place(host, verdicts)?;
    let address = Address::parse(&text)?;
    let metadata = host.at(&["metadata", "filter_metadata"]);
    let of = |filter: &str, field: &str| {
        let value = metadata.as_ref()?.get(filter)?.get(field)?;
        value.text().map(str::to_owned)
    };
    let known_as = address.in_envoy().unwrap_or_else(|| text.clone());
    let name = of("evenkeel", "name").unwrap_or(known_as);
    let hash_key = of("envoy.lb", "hash_key").filter(|key| !key.is_empty());
    let hostname = hostname(host, &address, hash_key.is_some(), draft, verdicts);
    // Metadata that our own export writes for a name is not a fact of its own.
    let hash_key = hash_key.filter(|key| *key != name);
    let mut backend = Backend::new(name.as_str());
    if name != text {
        backend = backend.with_address(text.as_str());
    }
    let attributes = Attributes {
        hash_key: hash_key.map(Into::into),
        hostname: hostname.map(Into::into),
        ..Attributes::default()
    };
    if attributes != Attributes::default() {
        backend = backend.with_attributes(attributes);
    }
    let backend = weight(backend, host, verdicts)?;
    health(backend, host, verdicts)
}

/// Returns the host's own name, if it has one, and adds a verdict if its identity is not known here.
fn hostname(
    host: &Node<'_>,
    address: &Address<'_>,
    has_key: bool,
    draft: &Draft,
    verdicts: &mut Verdicts,
) -> Option<String> {
    let given = host.at(&["endpoint", "hostname"]);
    let given = given
        .and_then(|hostname| hostname.text())
        .filter(|text| !text.is_empty());
    let hashes = draft.algorithm.family.is_by_key() && !has_key;
    let ring = draft.options.get(envoy_hash::RING_SECTION);
    let table = draft.options.get(envoy_hash::MAGLEV_SECTION);
    // The cluster has no such setting, so the default applies.
    let by_hostname = ring.use_hostname_for_hashing || table.use_hostname_for_hashing;
    let looked_up = match address {
        Address::Inet {
            host: Host::Name(name),
            ..
        } => Some(*name),
        _ => None,
    };
    match (given, looked_up) {
        (Some(given), _) if by_hostname || looked_up.is_none() => Some(given.to_owned()),
        // For a resolved name, Envoy uses the hostname of the result.
        (None, Some(name)) if hashes && by_hostname => Some(name.to_owned()),
        (given, Some(name)) if hashes => {
            let reason = format!(
                "Envoy hashes the resolved address of `{name}`, which is unknown here; set a hash_key in its metadata (envoy.lb) to avoid this"
            );
            verdicts.at(host).approximate("lb_endpoints", reason);
            given.map(str::to_owned)
        }
        (given, _) => given.map(str::to_owned),
    }
}

/// Returns the address of a host.
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
        let reason = "it has no valid socket_address with address and port_value";
        verdicts.at(host).impossible("lb_endpoints", reason);
        return None;
    };
    Some(text)
}

fn weight(backend: Backend, host: &Node<'_>, verdicts: &mut Verdicts) -> Option<Backend> {
    let Some(node) = host.get("load_balancing_weight") else {
        return Some(backend);
    };
    // Envoy treats a weight below 1 as 1.
    match node.number().map(|number| Weight::new(number.max(1))) {
        Some(Ok(weight)) => Some(backend.with_weight(weight)),
        Some(Err(error)) => {
            let verdicts = verdicts.at(&node);
            verdicts.impossible("load_balancing_weight", error.to_string());
            None
        }
        None => {
            let reason = "expected a whole number";
            verdicts
                .at(&node)
                .impossible("load_balancing_weight", reason);
            None
        }
    }
}

fn health(backend: Backend, host: &Node<'_>, verdicts: &mut Verdicts) -> Option<Backend> {
    let Some(status) = host.get("health_status") else {
        return Some(backend);
    };
    Some(match status.word(HEALTH).unwrap_or_default() {
        "HEALTHY" | "UNKNOWN" => backend,
        "UNHEALTHY" | "TIMEOUT" => backend.with_down(true),
        "DRAINING" => backend.with_drain(true),
        _ => {
            let reason = format!(
                "{}: in evenkeel a host is either healthy or not",
                status.value()
            );
            verdicts.at(&status).impossible("health_status", reason);
            return None;
        }
    })
}

/// The health states of a host, in the order of their numbers.
const HEALTH: &[&str] = &[
    "UNKNOWN",
    "HEALTHY",
    "UNHEALTHY",
    "DRAINING",
    "TIMEOUT",
    "DEGRADED",
];

/// Envoy sends part of the requests to the next priority before all other hosts are down.
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
        let reason = "1 is a backup, which in Envoy gets part of the requests while fewer than 72% of the other hosts are healthy";
        verdicts.approximate("priority", reason);
    }
}
