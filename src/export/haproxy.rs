//! HAProxy: a `backend` section and a frontend that uses it.

use std::collections::BTreeSet;
use std::fmt::Write;

use evenkeel_algorithms::dialect::haproxy_hash_consistent::{self, HashKey};
use evenkeel_algorithms::dialect::{
    HaproxyFunction, haproxy_hash_map_based, haproxy_roundrobin, haproxy_static_rr,
};
use evenkeel_algorithms::strategy::power_of_two_choices;
use evenkeel_algorithms::{Backend, Family};
use evenkeel_config::Config;

use super::backends::{address_with_port, exact_fields, options_are_exact};
use super::draft::Draft;
use super::key::KeySource;
use super::wiring::Wiring;
use crate::exchange::{Address, Verdicts, without_brackets};

/// The largest weight.
const MAX_WEIGHT: u32 = 256;

/// The maximum number of servers for `balance roundrobin`.
const MAX_IN_TURNS: usize = 4_095;

/// Writes the configuration.
pub(super) fn write(config: &Config, wiring: &Wiring, verdicts: &mut Verdicts) -> Draft {
    let Wiring { name, listen, .. } = wiring;
    let mut section = format!("backend {name}\n");
    section += &method(config, wiring, verdicts);
    section += &servers(config, verdicts);
    caps(config, verdicts);
    if let Some(heavy) = config
        .backends
        .iter()
        .find(|backend| backend.weight().get() > MAX_WEIGHT)
    {
        let reason = format!(
            "`{}` has {}; HAProxy's maximum is {MAX_WEIGHT}",
            heavy.name(),
            heavy.weight()
        );
        verdicts.impossible("backends.weight", reason);
    }
    if config.algorithm == &haproxy_roundrobin::CARD && config.backends.len() > MAX_IN_TURNS {
        let reason = format!("balance roundrobin supports at most {MAX_IN_TURNS} servers");
        verdicts.impossible("backends", reason);
    }
    exact_fields(
        config,
        &[
            ("weight", "weight"),
            ("down", "disabled"),
            (
                "drain",
                "disabled, which routes the same: HAProxy drains only at run time",
            ),
            ("backup", "backup"),
        ],
        verdicts,
    );
    Draft {
        before: format!(
            "defaults\n    mode http\n    timeout connect 5s\n    timeout client 1m\n    \
             timeout server 1m\n\n\
             frontend {name}\n    bind {listen}\n    default_backend {name}\n\n"
        ),
        section,
        after: String::new(),
    }
}

/// Returns the lines of the algorithm.
fn method(config: &Config, wiring: &Wiring, verdicts: &mut Verdicts) -> String {
    let balance = match config.algorithm.family {
        Family::Ring => return hashed("consistent", config, wiring, verdicts),
        Family::Modulo => return hashed("map-based", config, wiring, verdicts),
        Family::Turns if config.algorithm == &haproxy_static_rr::CARD => "static-rr",
        Family::Turns => "roundrobin",
        Family::Fewest => {
            let reason = "up to HAProxy 3.1; from 3.2 on ties are broken at random";
            verdicts.exact("haproxy", reason);
            by_counts(verdicts);
            "leastconn"
        }
        Family::FirstFit => "first",
        Family::Random => "random(1)",
        _ => {
            let choices = config.options.get(power_of_two_choices::SECTION).choices;
            return format!("    balance random({choices})\n");
        }
    };
    format!("    balance {balance}\n")
}

fn hashed(kind: &str, config: &Config, wiring: &Wiring, verdicts: &mut Verdicts) -> String {
    let key = wiring
        .key
        .as_ref()
        .map(KeySource::for_haproxy)
        .unwrap_or_default();
    let reason = format!("{key}; a request without it takes a turn");
    verdicts.exact("key", reason);
    let ring = config.own_options(haproxy_hash_consistent::SECTION);
    let map = config.options.get(haproxy_hash_map_based::SECTION);
    let (function, is_mixed) = ring.map_or((map.function, map.avalanche), |ring| {
        (ring.function(), ring.avalanche())
    });
    // Written out, because HAProxy's defaults depend on which settings are omitted.
    let avalanche = if is_mixed { " avalanche" } else { "" };
    let mut text = format!("    balance hash {key}\n    hash-type {kind} {function}{avalanche}\n");
    let ring = ring.unwrap_or_default();
    if let Some(factor) = ring.hash_balance_factor {
        let _ = writeln!(text, "    hash-balance-factor {factor}");
        by_counts(verdicts);
    }
    options_are_exact(config, verdicts);
    versions(function, ring, verdicts);
    text
}

/// Several threads do not wait for each other's counts.
fn by_counts(verdicts: &mut Verdicts) {
    let reason = "with `nbthread 1`; with more threads, a request may be placed before the previous one is counted";
    verdicts.exact("haproxy", reason);
}

/// Adds verdicts on the versions that support the settings.
fn versions(
    function: HaproxyFunction,
    ring: haproxy_hash_consistent::Options,
    verdicts: &mut Verdicts,
) {
    if function == HaproxyFunction::None {
        verdicts.exact("haproxy", "hash-type … none is supported from 2.9 on");
    }
    let hash_key = ring.hash_key;
    let since = match hash_key {
        HashKey::Id => None,
        HashKey::Addr | HashKey::AddrPort => Some("3.0"),
        HashKey::Id32 | HashKey::Guid => Some("3.4"),
    };
    if let Some(since) = since {
        let reason = format!("hash-key {hash_key} is supported from {since} on");
        verdicts.exact("haproxy", reason);
    }
    if ring.legacy_3_0_id {
        let reason = "the behavior of 3.0.0; no setting enables it in another version";
        verdicts.approximate("options.legacy_3_0_id", reason);
    }
}

fn servers(config: &Config, verdicts: &mut Verdicts) -> String {
    let ids = config
        .pool()
        .and_then(|pool| haproxy_hash_consistent::ids(&pool));
    let ids = match ids {
        Ok(ids) => ids,
        Err(error) => {
            verdicts.impossible("backends.attributes", error.to_string());
            return String::new();
        }
    };
    if config
        .backends
        .iter()
        .any(|backend| backend.attributes().id.is_none())
    {
        let reason = "written out, so that adding or removing a server does not move other keys";
        verdicts.exact("backends.attributes.id", reason);
    }
    let mut names = Names::of(config);
    let mut text = String::new();
    for (backend, id) in config.backends.iter().zip(ids) {
        let name = names.of_server(backend, id, verdicts);
        text += &server(config, backend, &name, id, verdicts);
    }
    text
}

fn server(
    config: &Config,
    backend: &Backend,
    name: &str,
    id: u32,
    verdicts: &mut Verdicts,
) -> String {
    let Some(address) = address_with_port(backend, verdicts) else {
        return String::new();
    };
    let address_text = match address {
        Address::Unix(path) => format!("unix@{path}"),
        // As written: a name that is an address can be recognised again.
        Address::Inet { .. } => backend.address().unwrap_or(backend.name()).to_owned(),
    };
    let mut line = format!("    server {name} {address_text} id {id}");
    if backend.weight().get() > 1 {
        let _ = write!(line, " weight {}", backend.weight());
    }
    if let Some(most) = backend.max_in_flight() {
        let _ = write!(line, " maxconn {most}");
    }
    line += &hash_key(config, backend, &address, verdicts);
    for (holds, word) in [
        (address.is_looked_up(), " init-addr last,libc,none"),
        (backend.is_down() || backend.is_draining(), " disabled"),
        (backend.is_backup(), " backup"),
    ] {
        if holds {
            line += word;
        }
    }
    line + "\n"
}

/// Returns the `hash-key` of a server, if it is not the default.
fn hash_key(
    config: &Config,
    backend: &Backend,
    address: &Address<'_>,
    verdicts: &mut Verdicts,
) -> String {
    let ring = config.own_options(haproxy_hash_consistent::SECTION);
    let by = ring.unwrap_or_default().hash_key;
    let by_address = matches!(by, HashKey::Addr | HashKey::AddrPort);
    if by_address && Address::parse(backend.name()).as_ref() != Some(address) {
        let reason = format!(
            "with hash-key {by} HAProxy hashes the server's address, `{address}`, not the name `{}`",
            backend.name()
        );
        verdicts.impossible("backends.address", reason);
    }
    let mut text = match by {
        HashKey::Id => String::new(),
        _ => format!(" hash-key {by}"),
    };
    if let Some(guid) = backend
        .attributes()
        .guid
        .as_deref()
        .filter(|_| by == HashKey::Guid)
    {
        if is_word(guid) {
            let _ = write!(text, " guid {guid}");
        } else {
            let reason = format!("HAProxy does not accept the guid `{guid}`");
            verdicts.impossible("backends.attributes.guid", reason);
        }
    }
    text
}

/// HAProxy queues requests for a full server, where the dialects skip it.
fn caps(config: &Config, verdicts: &mut Verdicts) {
    let capped = config
        .backends
        .iter()
        .filter(|backend| backend.max_in_flight().is_some());
    let by_room = config.algorithm.family == Family::FirstFit;
    for _ in capped {
        if by_room {
            verdicts.exact("backends.max_in_flight", "maxconn");
        } else {
            let reason = "maxconn: HAProxy queues requests for a full server, where evenkeel tries the next one";
            verdicts.approximate("backends.max_in_flight", reason);
        }
    }
}

/// The names of the servers.
struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    fn of(config: &Config) -> Self {
        let names = config.backends.iter().map(Backend::name);
        let taken = names.filter(|name| is_word(name)).map(str::to_owned);
        Self {
            taken: taken.collect(),
        }
    }

    /// Returns the backend's name or, if HAProxy does not accept it, another one. No key depends on names.
    fn of_server(&mut self, backend: &Backend, id: u32, verdicts: &mut Verdicts) -> String {
        if is_word(backend.name()) {
            return backend.name().to_owned();
        }
        if let Some(bare) = without_brackets(backend.name())
            && self.taken.insert(bare.clone())
        {
            verdicts.exact("backends.name", "an IPv6 address without its brackets");
            return bare;
        }
        let reason = "HAProxy accepts letters, digits, `.`, `-`, `_` and `:`; it gets another name, and routing is the same";
        verdicts.approximate("backends.name", reason);
        let mut name = format!("server-{id}");
        while !self.taken.insert(name.clone()) {
            name += "_";
        }
        name
    }
}

/// Returns whether HAProxy accepts a text as a name.
fn is_word(text: &str) -> bool {
    let fits = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte);
    !text.is_empty() && text.bytes().all(fits)
}
