//! twemproxy: a pool.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::net::IpAddr;

use evenkeel_algorithms::dialect::Char;
use evenkeel_algorithms::dialect::clients;
use evenkeel_algorithms::{Backend, Weight};

use super::backends::{address_with_port, quoted};
use super::draft::Draft;
use super::wiring::Wiring;
use crate::config::Config;
use crate::exchange::{Address, Host, Verdicts};

/// The port that labels leave out.
const MEMCACHED_PORT: &str = ":11211";

/// Writes the configuration.
pub(super) fn write(config: &Config, wiring: &Wiring, verdicts: &mut Verdicts) -> Draft {
    let Wiring { name, listen, .. } = wiring;
    // Without brackets around IPv6, here as for servers.
    let (host, port) = (listen.ip(), listen.port());
    let mut text = format!("{name}:\n  listen: \"{host}:{port}\"\n");
    text += &method(config, verdicts);
    // What is ejected moves the keys of others as well, under weights.
    text += "  auto_eject_hosts: false\n  servers:\n";
    let mut labels = BTreeSet::new();
    for backend in &config.backends {
        text += &server(backend, verdicts);
        if !labels.insert(label(backend)) {
            let reason = format!(
                "twemproxy takes no two servers labelled `{}`",
                label(backend)
            );
            verdicts.impossible("backends.name", reason);
        }
    }
    // A pool is a whole configuration.
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
        let reason = "what machines do whose C `char` has no sign, such as ARM under Linux";
        verdicts.approximate("options.char", reason);
    }
    text
}

fn server(backend: &Backend, verdicts: &mut Verdicts) -> String {
    refuse(backend, verdicts);
    let Some(address) = address_with_port(backend, verdicts) else {
        return String::new();
    };
    // It takes IPv6 addresses without brackets, as it takes sockets: what it would hash of either is not
    // how they are written here.
    let (place, is_plain) = match &address {
        Address::Unix(path) => ((*path).to_owned(), false),
        Address::Inet {
            host: Host::Ip(IpAddr::V6(_)),
            ..
        } => (address.to_string().replace(['[', ']'], ""), false),
        Address::Inet { .. } => (address.to_string(), true),
    };
    if backend.weight() > Weight::MIN {
        verdicts.exact("backends.weight", "the number behind the address");
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

/// What twemproxy hashes of a server.
fn label(backend: &Backend) -> &str {
    let name = backend.name();
    name.strip_suffix(MEMCACHED_PORT).unwrap_or(name)
}

/// Returns the label of a server that is somewhere else than its name says.
fn alias(backend: &Backend, verdicts: &mut Verdicts) -> String {
    let label = label(backend);
    if label != backend.name() {
        let reason = "the label without the port 11211 stands there; keys go alike";
        verdicts.approximate("backends.name", reason);
    }
    let is_odd = |char: char| char.is_whitespace() || !char.is_ascii();
    if label.is_empty() || label.contains(is_odd) {
        let reason = format!("twemproxy takes no label `{label}`");
        verdicts.impossible("backends.name", reason);
    }
    format!(" {label}")
}

/// What twemproxy cannot say of a server.
fn refuse(backend: &Backend, verdicts: &mut Verdicts) {
    for (holds, field, reason) in [
        (
            backend.is_down() || backend.is_draining(),
            if backend.is_down() { "down" } else { "drain" },
            "twemproxy cannot list a server that gets nothing; take it out of the config, which is what ejecting does",
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
