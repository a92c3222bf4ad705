//! nginx: an `upstream` block.

use std::num::NonZeroU32;

use evenkeel_algorithms::dialect::{
    nginx_hash, nginx_hash_consistent, nginx_least_conn, nginx_round_robin,
};
use evenkeel_algorithms::strategy::{power_of_two_choices, random};
use evenkeel_algorithms::{Backend, Card};
use evenkeel_config::Fault;

use super::draft::{Draft, choose, weight};
use super::nginx_directives::{Directive, parse};
use crate::exchange::{Address, Verdicts};
use crate::text::whole;

/// Directives of an upstream that do not affect the choice of a server.
const INDIFFERENT: &[&str] = &[
    "keepalive",
    "keepalive_requests",
    "keepalive_time",
    "keepalive_timeout",
    "ntlm",
    "resolver",
    "resolver_timeout",
];

/// Reads an upstream.
pub(super) fn read(
    text: &str,
    name: Option<&str>,
    verdicts: &mut Verdicts,
) -> Result<Option<Draft>, Fault> {
    let directives = parse(text)?;
    let workers = workers(&directives);
    let mut upstreams = Vec::new();
    collect(&directives, &mut upstreams);
    if upstreams.is_empty() {
        return Err(Fault {
            place: None,
            what: "no upstream found; `nginx -T` writes a configuration with all its includes"
                .to_owned(),
        });
    }
    let directive = choose("upstream", upstreams, name)?;
    let mut draft = Draft::new(&nginx_round_robin::CARD, directive.line);
    let shared = directive.block.iter().any(|inner| inner.name() == "zone");
    // The method applies wherever it is in the block.
    for inner in &directive.block {
        method(inner, &mut draft, verdicts);
    }
    if draft.algorithm == &nginx_round_robin::CARD {
        verdicts
            .at(&directive.line)
            .exact("algorithm", "turns, the default");
    }
    for inner in &directive.block {
        if inner.name() == "server" {
            server(inner, &mut draft, verdicts);
        }
    }
    if !shared && workers != "1" {
        each_worker(&draft, workers, verdicts);
    }
    Ok(Some(draft))
}

/// Returns the number of workers, as written.
fn workers(directives: &[Directive]) -> &str {
    let mut named = directives
        .iter()
        .filter(|inner| inner.name() == "worker_processes");
    let count = named.next().and_then(|inner| inner.arguments().first());
    count.map_or("1", String::as_str)
}

/// Collects the upstreams at any depth, with their names.
fn collect<'a>(directives: &'a [Directive], upstreams: &mut Vec<(&'a str, &'a Directive)>) {
    for directive in directives {
        if directive.name() == "upstream" {
            let name = directive.arguments().first().map_or("", String::as_str);
            upstreams.push((name, directive));
        } else {
            collect(&directive.block, upstreams);
        }
    }
}

/// Without a zone, each worker has its own turns and counts.
fn each_worker(draft: &Draft, workers: &str, verdicts: &mut Verdicts) {
    let reason =
        format!("{workers} workers take turns and count separately; a zone would unite them");
    let by_key = draft.algorithm.family.is_by_key();
    let capped = draft
        .backends
        .iter()
        .any(|backend| backend.max_in_flight().is_some());
    let verdicts = verdicts.at(&draft.line);
    if by_key && !capped {
        verdicts.exact(
            "zone",
            "not needed: keys are routed the same in every worker",
        );
    } else {
        verdicts.approximate("zone", reason);
    }
}

/// Reads the algorithm from a directive, if it sets one.
fn method(directive: &Directive, draft: &mut Draft, verdicts: &mut Verdicts) {
    let line = directive.line;
    let arguments: Vec<_> = directive.arguments().iter().map(String::as_str).collect();
    let name = directive.name();
    let (algorithm, reason): (&'static Card, _) = match (name, &arguments[..]) {
        ("server" | "zone", _) => return,
        (known, _) if INDIFFERENT.contains(&known) => {
            verdicts.at(&line).exact(
                known,
                "not carried over: no effect on the choice of a server",
            );
            return;
        }
        ("hash", [key, "consistent"]) => {
            (&nginx_hash_consistent::CARD, format!("the key is {key}"))
        }
        ("hash", [key]) => (&nginx_hash::HASH, format!("the key is {key}")),
        ("ip_hash", []) => (
            &nginx_hash::IP_HASH,
            "the key is the client's address".to_owned(),
        ),
        ("least_conn", []) => (&nginx_least_conn::CARD, "nginx's least_conn".to_owned()),
        ("random", []) => {
            verdicts
                .at(&line)
                .approximate("random", "nginx's own random choices are not predictable");
            draft.algorithm = &random::CARD;
            return;
        }
        ("random", ["two"] | ["two", "least_conn"]) => {
            let reason = "nginx's own random choices are not predictable";
            verdicts.at(&line).approximate("random", reason);
            draft.algorithm = &power_of_two_choices::CARD;
            return;
        }
        ("include", _) => {
            let reason = "included files are not read; `nginx -T` writes them out";
            verdicts.at(&line).impossible("include", reason);
            return;
        }
        ("sticky" | "state" | "least_time" | "queue", _) => {
            let reason = "evenkeel has no equivalent";
            verdicts.at(&line).impossible(name, reason);
            return;
        }
        _ => {
            let words = directive.words.join(" ");
            let reason = format!("unknown directive `{words}` in an upstream");
            verdicts.at(&line).impossible(name, reason);
            return;
        }
    };
    if let (Some(key), "hash") = (arguments.first(), name) {
        draft.key = Some((*key).to_owned());
    }
    draft.algorithm = algorithm;
    draft.line = line;
    verdicts.at(&line).exact(name, reason);
}

fn server(directive: &Directive, draft: &mut Draft, verdicts: &mut Verdicts) {
    let line = directive.line;
    let Some((text, parameters)) = directive.arguments().split_first() else {
        verdicts.at(&line).impossible("server", "it has no address");
        return;
    };
    match Address::parse(text) {
        None => {
            let reason = format!("invalid address `{text}`; expected host:port");
            verdicts.at(&line).impossible("server", reason);
            return;
        }
        Some(address) if address.is_looked_up() => {
            let reason =
                format!("if `{address}` has several addresses, nginx treats each as a server");
            verdicts.at(&line).approximate("server", reason);
        }
        Some(_) => {}
    }
    let mut backend = Backend::new(text.as_str());
    for parameter in parameters {
        backend = self::parameter(backend, parameter, line, verdicts);
    }
    let by_hash = draft.algorithm.family.is_by_key();
    if backend.is_backup() && by_hash {
        let reason = "nginx does not support backups with a hash";
        verdicts.at(&line).impossible("backup", reason);
    }
    draft.add(backend, &line, verdicts);
}

fn parameter(backend: Backend, text: &str, line: usize, verdicts: &mut Verdicts) -> Backend {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    match name {
        "weight" => match weight(value, &line, verdicts) {
            Some(weight) => backend.with_weight(weight),
            None => backend,
        },
        "max_conns" => match whole(value) {
            // In nginx, too, 0 means no cap.
            Some(most) => backend.with_max_in_flight(NonZeroU32::new(most)),
            None => {
                let reason = format!("`{value}` is not a number of connections");
                verdicts.at(&line).impossible("max_conns", reason);
                backend
            }
        },
        "down" => backend.with_down(true),
        "backup" => backend.with_backup(true),
        "drain" => backend.with_drain(true),
        "max_fails" | "fail_timeout" => {
            let reason = "not carried over: it only detects failed servers at run time";
            verdicts.at(&line).exact(name, reason);
            backend
        }
        "slow_start" => {
            let reason = "ignored: a recovered server gets its whole share at once";
            verdicts.at(&line).approximate(name, reason);
            backend
        }
        "resolve" | "service" => {
            let reason = "ignored: addresses are resolved again at run time";
            verdicts.at(&line).approximate(name, reason);
            backend
        }
        "route" => {
            verdicts.at(&line).exact(name, "no effect without `sticky`");
            backend
        }
        _ => {
            let reason = format!("unknown parameter `{text}` of a server");
            verdicts.at(&line).impossible("server", reason);
            backend
        }
    }
}
