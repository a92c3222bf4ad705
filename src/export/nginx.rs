//! nginx: an `upstream` block and a server that forwards everything to it.

use std::fmt::Write;

use evenkeel_algorithms::dialect::{nginx_hash, nginx_hash_consistent};
use evenkeel_algorithms::strategy::power_of_two_choices;
use evenkeel_algorithms::{Backend, Family};
use evenkeel_config::Config;

use super::backends::{address, exact_fields};
use super::draft::Draft;
use super::key::KeySource;
use super::wiring::Wiring;
use crate::exchange::Verdicts;

/// An upper estimate of the shared memory for a server, in bytes.
const ZONE_BYTES_PER_SERVER: usize = 2_048;

/// Writes the configuration.
pub(super) fn write(config: &Config, wiring: &Wiring, verdicts: &mut Verdicts) -> Draft {
    let Wiring { name, listen, .. } = wiring;
    let zone = 64 + (ZONE_BYTES_PER_SERVER * config.backends.len()).div_ceil(1_024);
    let mut section = format!(
        "    upstream {name} {{\n        # One state for all workers.\n        zone {name} {zone}k;\n"
    );
    section += &method(config, wiring, verdicts);
    for backend in &config.backends {
        section += &server(config, backend, verdicts);
    }
    section += "    }\n";
    check_backups(config, verdicts);
    exact_fields(
        config,
        &[
            ("weight", "weight="),
            ("max_in_flight", "max_conns=, with a zone for all workers"),
            ("down", "down"),
            (
                "drain",
                "down, which routes the same: nginx closes no connections",
            ),
        ],
        verdicts,
    );
    Draft {
        before: "events {}\n\nhttp {\n".to_owned(),
        section,
        after: format!(
            "\n    server {{\n        listen {listen};\n        location / {{\n            \
             proxy_pass http://{name};\n        }}\n    }}\n}}\n"
        ),
    }
}

/// Returns the directive of the algorithm.
fn method(config: &Config, wiring: &Wiring, verdicts: &mut Verdicts) -> String {
    let line = match config.algorithm.family {
        Family::Turns => return String::new(),
        Family::Fewest => "least_conn".to_owned(),
        Family::Modulo if config.algorithm == &nginx_hash::IP_HASH => ip_hash(wiring, verdicts),
        Family::Modulo => format!("hash {}", variable(wiring, verdicts)),
        Family::Ring => format!("hash {} consistent", variable(wiring, verdicts)),
        Family::Random => "random".to_owned(),
        _ => two_choices(config, verdicts),
    };
    format!("        {line};\n")
}

fn two_choices(config: &Config, verdicts: &mut Verdicts) -> String {
    let choices = config.options.get(power_of_two_choices::SECTION).choices;
    if choices.get() != 2 {
        let reason = format!("nginx draws 2, not {choices}");
        verdicts.approximate("options.choices", reason);
    }
    "random two least_conn".to_owned()
}

fn ip_hash(wiring: &Wiring, verdicts: &mut Verdicts) -> String {
    match &wiring.key {
        None | Some(KeySource::Client) => verdicts.exact("key", "the client's address"),
        Some(other) => {
            let reason = format!("ip_hash uses only the client's address, not {other}");
            verdicts.impossible("key", reason);
        }
    }
    "ip_hash".to_owned()
}

fn variable(wiring: &Wiring, verdicts: &mut Verdicts) -> String {
    let variable = wiring.key.as_ref().map(KeySource::for_nginx);
    match variable.unwrap_or_else(|| Err("no key is given".to_owned())) {
        Ok(variable) => {
            let reason = format!("{variable}; a request with an empty value takes a turn");
            verdicts.exact("key", reason);
            variable
        }
        Err(reason) => {
            verdicts.impossible("key", reason);
            String::new()
        }
    }
}

fn server(config: &Config, backend: &Backend, verdicts: &mut Verdicts) -> String {
    let text = if config.algorithm == &nginx_hash_consistent::CARD {
        hashed_text(backend, verdicts)
    } else {
        plain_text(backend, verdicts)
    };
    let mut line = format!("        server {text}");
    if backend.weight().get() > 1 {
        let _ = write!(line, " weight={}", backend.weight());
    }
    if let Some(most) = backend.max_in_flight() {
        let _ = write!(line, " max_conns={most}");
    }
    if backend.is_down() || backend.is_draining() {
        line += " down";
    }
    if backend.is_backup() {
        line += " backup";
    }
    line + ";\n"
}

/// Returns the text that nginx hashes: the name exactly as written. It is also the server's address.
fn hashed_text(backend: &Backend, verdicts: &mut Verdicts) -> String {
    let name = backend.name();
    if let Some(address) = backend.address().filter(|&address| address != name) {
        let reason = format!(
            "nginx hashes the server's address: the name `{name}` differs from `{address}`"
        );
        verdicts.impossible("backends.address", reason);
    }
    address(backend, verdicts);
    name.to_owned()
}

fn plain_text(backend: &Backend, verdicts: &mut Verdicts) -> String {
    let text = backend.address().unwrap_or(backend.name());
    if text != backend.name() {
        let reason = "nginx has no names besides addresses; routing is the same";
        verdicts.approximate("backends.name", reason);
    }
    address(backend, verdicts);
    text.to_owned()
}

/// nginx rejects backups together with a hash, and as the only servers.
fn check_backups(config: &Config, verdicts: &mut Verdicts) {
    let takes_turns = matches!(config.algorithm.family, Family::Turns | Family::Fewest);
    let backups = config.backends.iter().filter(|backend| backend.is_backup());
    let count = backups.count();
    if count == config.backends.len() {
        let reason = "nginx needs a server that is not a backup";
        verdicts.impossible("backends.backup", reason);
    } else if count > 0 && takes_turns {
        let reason = "nginx also uses them while all others are at their max_conns";
        if config
            .backends
            .iter()
            .any(|backend| backend.max_in_flight().is_some())
        {
            verdicts.approximate("backends.backup", reason);
        } else {
            verdicts.exact("backends.backup", "backup");
        }
    } else if count > 0 {
        let method = config.algorithm;
        verdicts.impossible(
            "backends.backup",
            format!("nginx does not support them with {method}"),
        );
    }
}
