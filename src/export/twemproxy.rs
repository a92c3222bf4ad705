//! twemproxy: a pool.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::net::IpAddr;

use evenkeel_algorithms::dialect::Char;
use evenkeel_algorithms::dialect::clients;
use evenkeel_algorithms::{Backend, Weight};
use evenkeel_config::Config;

use super::backends::{address_with_port, quoted};
use super::draft::Draft;
use super::wiring::Wiring;
use crate::exchange::{Address, Host, Verdicts};

/// The port that labels omit.
const MEMCACHED_PORT: &str = ":11211";

/// Writes the configuration.
pub(super) fn write(config: &Config, wiring: &Wiring, verdicts: &mut Verdicts) -> Draft {
    let Wiring { name, listen, .. } = wiring;
    // Without brackets around IPv6, as for servers.
    let (host, port) = (listen.ip(), listen.port());
    let mut text = format!("{name}:\n  listen: \"{host}:{port}\"\n");
    text += &method(config, verdicts);
    // With weights, ejecting a server moves keys of others as well.
    text += "  auto_eject_hosts: false\n  servers:\n";
    let mut labels = BTreeSet::new();
    for backend in &config.backends {
        text += &server(backend, verdicts);
        if !labels.insert(label(backend)) {
            let reason = format!(
                "twemproxy does not accept two servers with the label `{}`",
                label(backend)
            );
            verdicts.impossible("backends.name", reason);
        }
    }
    // A pool is a complete configuration.
    Draft {
        before: String::new(),
        section: text,
        after: String::new(),
    }
}

fn method(config: &Config, verdicts: &mut Verdicts) -> String {
    let ketama = config.own_options(clients::TWEMPROXY_KETAMA_SECTION);
    let modula = config.own_options(clients::TWEMPROXY_MODULA_SECTION);
    let (distribution, own) = match (ketama, modula) {
        (Some(own), _) => ("ketama", own),
        (_, Some(own)) => ("modula", own),
        (None, None) => return "  distribution: random\n".to_owned(),
    };
    let hash = own.hash;
    let mut text = format!("  hash: {hash}\n  distribution: {distribution}\n");
    verdicts.exact("options.hash", hash.to_string());
    if let Some(tag) = own.hash_tag {
        let tag = tag.to_string();
        let _ = writeln!(text, "  hash_tag: {}", quoted(&tag));
        verdicts.exact("options.hash_tag", tag);
    }
    if own.char == Char::Unsigned {
        let reason = "as on machines with an unsigned C `char`, such as ARM under Linux";
        verdicts.approximate("options.char", reason);
    }
    text
}

fn server(backend: &Backend, verdicts: &mut Verdicts) -> String {
    refuse(backend, verdicts);
    let Some(address) = address_with_port(backend, verdicts) else {
        return String::new();
    };
    // twemproxy writes IPv6 addresses without brackets, and accepts sockets: the text that it would hash differs from
    // the one here.
    let (place, is_plain) = match &address {
        Address::Unix(path) => ((*path).to_owned(), false),
        Address::Inet {
            host: Host::Ip(IpAddr::V6(_)),
            ..
        } => (address.to_string().replace(['[', ']'], ""), false),
        Address::Inet { .. } => (address.to_string(), true),
    };
    if backend.weight() > Weight::MIN {
        verdicts.exact("backends.weight", "the number after the address");
    }
    let mut text = format!("{place}:{}", backend.weight());
    let is_elsewhere = backend
        .address()
        .is_some_and(|address| address != backend.name());
    if is_elsewhere || !is_plain {
        text += &alias(backend, verdicts);
    }
    format!("    - {}\n", quoted(&text))
}

/// Returns the text that twemproxy hashes for a server.
fn label(backend: &Backend) -> &str {
    let name = backend.name();
    name.strip_suffix(MEMCACHED_PORT).unwrap_or(name)
}

/// Returns the label of a server with an address that differs from its name.
fn alias(backend: &Backend, verdicts: &mut Verdicts) -> String {
    let label = label(backend);
    if label != backend.name() {
        let reason = "it is written with a label without the port 11211; routing is the same";
        verdicts.approximate("backends.name", reason);
    }
    let is_odd = |char: char| char.is_whitespace() || !char.is_ascii();
    if label.is_empty() || label.contains(is_odd) {
        let reason = format!("twemproxy does not accept the label `{label}`");
        verdicts.impossible("backends.name", reason);
    }
    format!(" {label}")
}

/// Adds verdicts on the fields of a server that twemproxy does not have.
fn refuse(backend: &Backend, verdicts: &mut Verdicts) {
    for (holds, field, reason) in [
        (
            backend.is_down() || backend.is_draining(),
            if backend.is_down() { "down" } else { "drain" },
            "twemproxy cannot list a server without requests; remove it from the config, which equals ejecting it",
        ),
        (backend.is_backup(), "backup", "twemproxy has no backups"),
    ] {
        if holds {
            verdicts.impossible(format!("backends.{field}"), reason);
        }
    }
    if backend.max_in_flight().is_some() {
        let reason = "twemproxy has no cap on a server's requests";
        verdicts.impossible("backends.max_in_flight", reason);
    }
}
