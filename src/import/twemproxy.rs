//! twemproxy: a pool.

use evenkeel_algorithms::Backend;
use evenkeel_algorithms::dialect::clients;
use evenkeel_algorithms::strategy::random;
use evenkeel_config::Fault;

use super::draft::{Draft, choose, weight};
use super::tree::{Document, Node};
use crate::exchange::{Address, Place, Verdicts, in_brackets};

/// The port that is removed from names, but not from labels.
const MEMCACHED_PORT: &str = ":11211";

/// Settings that do not affect the choice of a server.
const INDIFFERENT: &[&str] = &[
    "backlog",
    "client_connections",
    "listen",
    "preconnect",
    "redis",
    "redis_auth",
    "redis_db",
    "reuse_port",
    "server_connections",
    "server_failure_limit",
    "server_retry_timeout",
    "tcpkeepalive",
    "timeout",
];

/// Reads a pool.
pub(super) fn read(
    document: &Document<'_>,
    name: Option<&str>,
    verdicts: &mut Verdicts,
) -> Result<Option<Draft>, Fault> {
    let pools = document.root().fields().collect();
    let pool = choose("pool", pools, name)?;
    let mut draft = Draft::new(&clients::TWEMPROXY_KETAMA, pool.line());
    distribution(&pool, &mut draft, verdicts);
    for (name, node) in pool.fields() {
        setting(name, &node, &mut draft, verdicts);
    }
    Ok(Some(draft))
}

fn distribution(pool: &Node<'_>, draft: &mut Draft, verdicts: &mut Verdicts) {
    let Some(node) = pool.get("distribution") else {
        verdicts.exact("distribution", "ketama, the default");
        return;
    };
    let line = node.line();
    match node.text() {
        Some("ketama") => verdicts.at(&line).exact("distribution", "ketama"),
        Some("modula") => {
            draft.algorithm = &clients::TWEMPROXY_MODULA;
            verdicts.at(&line).exact("distribution", "modula");
        }
        Some("random") => {
            draft.algorithm = &random::CARD;
            verdicts.at(&line).approximate(
                "distribution",
                "twemproxy's own random choices are not predictable",
            );
        }
        _ => {
            let reason = "expected ketama, modula or random";
            verdicts.at(&line).impossible("distribution", reason);
        }
    }
}

fn setting(name: &str, node: &Node<'_>, draft: &mut Draft, verdicts: &mut Verdicts) {
    match name {
        "distribution" => {}
        "servers" => {
            if node.value().as_array().is_none() {
                verdicts.at(&node).impossible(name, "expected a list");
            }
            for server in node.items() {
                self::server(&server, draft, verdicts);
            }
        }
        "hash" | "hash_tag" if draft.algorithm == &random::CARD => {
            verdicts.exact(name, "not used by a random choice");
        }
        "hash" | "hash_tag" => {
            let text = node.text().unwrap_or_default();
            verdicts.at(&node).exact(name, text);
            draft.line = node.line();
            let section = if draft.algorithm == &clients::TWEMPROXY_MODULA {
                clients::TWEMPROXY_MODULA_SECTION
            } else {
                clients::TWEMPROXY_KETAMA_SECTION
            };
            let mut options = draft.options.get(section);
            match name {
                "hash" => options.hash = draft.read(text),
                _ => options.hash_tag = draft.read(text),
            }
            draft.options.set(section, options);
        }
        "auto_eject_hosts" if node.value() == true => {
            let reason =
                "servers are ejected at run time; routing is then as if they were not in the list";
            verdicts.at(&node).exact(name, reason);
        }
        "auto_eject_hosts" => verdicts.exact(name, "no server is ejected"),
        _ if INDIFFERENT.contains(&name) => {
            verdicts.exact(name, "no effect on the choice of a server");
        }
        _ => {
            let reason = "unknown setting of a pool";
            verdicts.at(&node).impossible(name, reason);
        }
    }
}

/// Reads `host:port:weight` or `/path:weight`, with an optional label.
fn server(node: &Node<'_>, draft: &mut Draft, verdicts: &mut Verdicts) {
    let text = node.text().unwrap_or_default();
    let mut words = text.split_whitespace();
    let parts = words.next().and_then(|place| place.rsplit_once(':'));
    let label = words.next();
    let Some((place, weight_text)) = parts.filter(|_| words.next().is_none()) else {
        let reason =
            format!("invalid server `{text}`; expected host:port:weight and an optional label");
        verdicts.at(&node).impossible("servers", reason);
        return;
    };
    let place = if place.starts_with('/') {
        format!("unix:{place}")
    } else {
        in_brackets(place)
    };
    if !Address::parse(&place).is_some_and(|address| has_port(&address)) {
        let reason = format!("invalid address `{place}`; expected host:port");
        verdicts.at(&node).impossible("servers", reason);
        return;
    }
    let Some(weight) = weight(weight_text, node, verdicts) else {
        return;
    };
    let backend = match (label, unlabelled(&place)) {
        (Some(label), _) if label == place && !label.ends_with(MEMCACHED_PORT) => {
            Backend::new(label)
        }
        // A label is used whole, a name without the port.
        (Some(label), _) if label.ends_with(MEMCACHED_PORT) => {
            Backend::new(format!("{label}{MEMCACHED_PORT}")).with_address(place)
        }
        (Some(label), _) => Backend::new(label).with_address(place),
        (None, Some(name)) => Backend::new(name).with_address(place),
        (None, None) => Backend::new(place),
    };
    draft.add(backend.with_weight(weight), node, verdicts);
}

/// Returns the text that twemproxy hashes for a server without a label, if it differs from the address here.
fn unlabelled(place: &str) -> Option<String> {
    let of_socket = place.strip_prefix("unix:").map(|path| format!("{path}:"));
    let bare = || {
        place
            .starts_with('[')
            .then(|| place.replace(['[', ']'], ""))
    };
    of_socket.or_else(bare)
}

const fn has_port(address: &Address<'_>) -> bool {
    !matches!(address, Address::Inet { port: None, .. })
}
