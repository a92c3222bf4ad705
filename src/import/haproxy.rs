//! HAProxy: a `backend` or `listen` section.

use evenkeel_algorithms::Card;
use evenkeel_algorithms::dialect::{
    HaproxyFunction, haproxy_first, haproxy_hash_consistent, haproxy_hash_map_based,
    haproxy_leastconn, haproxy_roundrobin, haproxy_static_rr,
};
use evenkeel_algorithms::strategy::{power_of_two_choices, random};
use evenkeel_config::Fault;
use std::collections::BTreeSet;

use super::draft::{Draft, choose};
use super::haproxy_sections::{Line, Section, parse};
use super::haproxy_server::{Parameters, Server};
use crate::exchange::Verdicts;
use crate::text::whole;

/// Settings that decide besides or instead of the algorithm.
const OVERRIDING: &[&str] = &[
    "dispatch",
    "persist",
    "server-template",
    "stick",
    "stick-table",
    "transparent",
    "use-server",
];

/// Reads a section.
pub(super) fn read(
    text: &str,
    name: Option<&str>,
    verdicts: &mut Verdicts,
) -> Result<Option<Draft>, Fault> {
    let mut proxies = Vec::new();
    let mut defaults: Vec<Section> = Vec::new();
    for section in parse(text)? {
        match section.head.word(0) {
            "defaults" => defaults.push(section),
            "backend" => proxies.push(with_defaults(section, &defaults)),
            "listen" if has_servers(&section) => proxies.push(with_defaults(section, &defaults)),
            _ => {}
        }
    }
    let named = proxies.iter().map(|proxy| (proxy.name(), proxy));
    let section = choose("backend", named.collect(), name)?;
    let mut settings = Settings::default();
    let mut rest = BTreeSet::new();
    for line in &section.lines {
        if !settings.take(line, verdicts) {
            rest.insert(name_of(line));
        }
    }
    let mut draft = settings.algorithm(section.head.number, verdicts);
    settings.factor(&mut draft, verdicts);
    settings.servers(&mut draft, verdicts);
    if !rest.is_empty() {
        let names: Vec<_> = rest.into_iter().collect();
        let reason = format!(
            "not carried over, no effect on the choice of a server: {}",
            names.join(", ")
        );
        verdicts.exact("other settings", reason);
    }
    Ok(Some(draft))
}

/// Returns the name of a setting: its first word, or two words if the first is generic.
fn name_of(line: &Line) -> String {
    match line.word(0) {
        kind @ ("option" | "timeout" | "http-request" | "http-response" | "tcp-request" | "no") => {
            format!("{kind} {}", line.word(1))
        }
        name => name.to_owned(),
    }
}

fn has_servers(section: &Section) -> bool {
    section
        .lines
        .iter()
        .any(|line| line.word(0).starts_with("server"))
}

/// Returns the section with the preceding defaults, or those that it names, and those that these name.
fn with_defaults(section: Section, defaults: &[Section]) -> Section {
    let mut lines = inherited(&section.head, defaults);
    lines.extend(section.lines);
    Section {
        head: section.head,
        lines,
    }
}

/// Returns the lines that a section inherits from those before it.
fn inherited(head: &Line, before: &[Section]) -> Vec<Line> {
    let words: Vec<_> = head.words.iter().map(String::as_str).collect();
    let named = words.iter().position(|&word| word == "from");
    let named = named.and_then(|place| words.get(place + 1));
    let is_wanted = |defaults: &Section| named.is_none_or(|&name| defaults.name() == name);
    // Defaults inherit only from the defaults that they name.
    let place = before
        .iter()
        .rposition(is_wanted)
        .filter(|_| named.is_some() || head.word(0) != "defaults");
    let Some(place) = place else {
        return Vec::new();
    };
    let mut lines = inherited(&before[place].head, &before[..place]);
    lines.extend_from_slice(&before[place].lines);
    lines
}

/// The settings of a section; for a repeated setting, the last.
#[derive(Default)]
struct Settings {
    balance: Option<Line>,
    hash_type: Option<Line>,
    factor: Option<Line>,
    defaults: Parameters,
    servers: Vec<Server>,
    /// The line that lets all backups serve at once.
    all_backups: Option<usize>,
}

impl Settings {
    /// Reads a line; returns whether it affects the choice of a server.
    fn take(&mut self, line: &Line, verdicts: &mut Verdicts) -> bool {
        match (line.word(0), line.word(1)) {
            ("balance", _) => self.balance = Some(line.clone()),
            ("hash-type", _) => self.hash_type = Some(line.clone()),
            ("hash-balance-factor", _) => self.factor = Some(line.clone()),
            ("default-server", _) => self.defaults.read(line, 1, verdicts),
            ("server", _) => {
                let mut parameters = self.defaults.clone();
                parameters.read(line, 3, verdicts);
                let line = line.clone();
                self.servers.push(Server { line, parameters });
            }
            ("option", "allbackups") => self.all_backups = Some(line.number),
            ("no", "option") if line.word(2) == "allbackups" => self.all_backups = None,
            ("option", "prefer-last-server") => {
                let reason = "ignored: a reused connection keeps its server";
                verdicts
                    .at(&line.number)
                    .approximate("option prefer-last-server", reason);
            }
            ("cookie", _) => {
                let reason =
                    "the cookie decides for clients that send it; evenkeel has no equivalent";
                verdicts.at(&line.number).impossible("cookie", reason);
            }
            ("hash-preserve-affinity", _) => {
                let reason = "full servers are skipped, as with `maxconn`";
                verdicts.at(&line.number).approximate(line.word(0), reason);
            }
            (name, _) if OVERRIDING.contains(&name) => {
                let reason =
                    "it affects the choice besides the algorithm; evenkeel has no equivalent";
                verdicts.at(&line.number).impossible(name, reason);
            }
            (name, _) if name.starts_with('.') => {
                let reason = "conditions cannot be evaluated";
                verdicts.at(&line.number).impossible(name, reason);
            }
            _ => return false,
        }
        true
    }

    fn algorithm(&self, section: usize, verdicts: &mut Verdicts) -> Draft {
        let Some(line) = &self.balance else {
            verdicts
                .at(&section)
                .exact("balance", "roundrobin, the default");
            return Draft::new(&haproxy_roundrobin::CARD, section);
        };
        let number = line.number;
        let fixed: &'static Card = match line.word(1) {
            "roundrobin" => &haproxy_roundrobin::CARD,
            "static-rr" => &haproxy_static_rr::CARD,
            "leastconn" => &haproxy_leastconn::CARD,
            "first" => &haproxy_first::CARD,
            word if word.starts_with("random") => return drawn(word, number, verdicts),
            _ => return self.hashed(line, verdicts),
        };
        let verdicts = verdicts.at(&number);
        if fixed == &haproxy_leastconn::CARD {
            verdicts.exact(
                "balance",
                "leastconn up to 3.1; from 3.2 on HAProxy breaks ties at random",
            );
        } else {
            verdicts.exact("balance", line.word(1));
        }
        Draft::new(fixed, number)
    }

    fn hashed(&self, line: &Line, verdicts: &mut Verdicts) -> Draft {
        let by_address = line.word(1) == "source";
        key(line, verdicts);
        let key = line.words.get(1..).unwrap_or_default().join(" ");
        let key = key.strip_prefix("hash ").unwrap_or(&key).to_owned();
        let hash_type = self.hash_type.as_ref();
        let number = hash_type.map_or(line.number, |line| line.number);
        let word = |index| hash_type.map_or("", |line| line.word(index));
        let is_consistent = word(1) == "consistent";
        let mut draft = Draft::new(
            if is_consistent {
                &haproxy_hash_consistent::CARD
            } else {
                &haproxy_hash_map_based::CARD
            },
            number,
        );
        // Alone, `consistent` mixes the hash once more; with a function it does not.
        let avalanche = word(3) == "avalanche" || is_consistent && word(2).is_empty();
        let function = match word(2) {
            _ if by_address => "none",
            "" => "sdbm",
            named => named,
        };
        draft.key = Some(key);
        let known: HaproxyFunction = draft.read(function);
        if is_consistent {
            let options = haproxy_hash_consistent::Options {
                function: Some(known),
                avalanche: Some(avalanche),
                ..Default::default()
            };
            draft.options.set(haproxy_hash_consistent::SECTION, options);
        } else {
            let options = haproxy_hash_map_based::Options {
                function: known,
                avalanche,
            };
            draft.options.set(haproxy_hash_map_based::SECTION, options);
        }
        if !matches!(word(1), "" | "consistent" | "map-based") {
            let reason = format!(
                "unknown type `{}`; expected consistent or map-based",
                word(1)
            );
            verdicts.at(&number).impossible("hash-type", reason);
        } else if !matches!(word(3), "" | "avalanche") {
            let reason = format!("unknown modifier `{}`; expected avalanche", word(3));
            verdicts.at(&number).impossible("hash-type", reason);
        } else {
            let mixed = if avalanche { " with avalanche" } else { "" };
            verdicts
                .at(&number)
                .exact("hash-type", format!("{function}{mixed}"));
        }
        draft
    }

    fn factor(&self, draft: &mut Draft, verdicts: &mut Verdicts) {
        let Some(line) = &self.factor else { return };
        let verdicts = verdicts.at(&line.number);
        match whole::<u64>(line.word(1)) {
            Some(0) => verdicts.exact("hash-balance-factor", "0 means no bound"),
            Some(_) if draft.algorithm != &haproxy_hash_consistent::CARD => {
                verdicts.exact("hash-balance-factor", "not used without a consistent hash");
            }
            Some(factor) => {
                verdicts.exact("hash-balance-factor", factor.to_string());
                let factor = draft.read(factor);
                draft
                    .options
                    .change(haproxy_hash_consistent::SECTION, |own| {
                        own.hash_balance_factor = factor;
                    });
            }
            None => {
                let reason = format!("`{}` is not a percentage", line.word(1));
                verdicts.impossible("hash-balance-factor", reason);
            }
        }
    }

    fn servers(&self, draft: &mut Draft, verdicts: &mut Verdicts) {
        if let Some(line) = &self.all_backups {
            let reason = "evenkeel uses only the first backup";
            verdicts.at(line).impossible("option allbackups", reason);
        }
        if draft.algorithm == &haproxy_hash_consistent::CARD {
            self.hash_key(draft, verdicts);
        }
        let other_weight = self.servers.iter().find_map(Server::weight);
        for server in &self.servers {
            if let Some(backend) = server.backend(other_weight, verdicts) {
                let caps = backend
                    .max_in_flight()
                    .filter(|_| draft.algorithm != &haproxy_first::CARD);
                if caps.is_some() {
                    let reason = "HAProxy queues requests for a full server, where evenkeel tries the next one";
                    verdicts
                        .at(&server.line.number)
                        .approximate("maxconn", reason);
                }
                draft.add(backend, &server.line.number, verdicts);
            }
        }
    }

    /// Reads the source of points, of which a config has one for all servers.
    fn hash_key(&self, draft: &mut Draft, verdicts: &mut Verdicts) {
        let mut keys = self.servers.iter().map(|server| {
            let key = server.parameters.hash_key.as_deref();
            (key.unwrap_or("id"), server.line.number)
        });
        let Some((first, _)) = keys.next() else {
            return;
        };
        if let Some((other, line)) = keys.find(|&(key, _)| key != first) {
            let reason = format!(
                "`{other}` differs from `{first}` of earlier servers; evenkeel supports one for all"
            );
            verdicts.at(&line).impossible("hash-key", reason);
        } else if first != "id" {
            let hash_key = draft.read(first);
            draft
                .options
                .change(haproxy_hash_consistent::SECTION, |own| {
                    own.hash_key = hash_key;
                });
        }
    }
}

fn drawn(word: &str, line: usize, verdicts: &mut Verdicts) -> Draft {
    verdicts.at(&line).approximate(
        "balance",
        "HAProxy's own random choices are not predictable",
    );
    let draws = word
        .strip_prefix("random(")
        .and_then(|rest| rest.strip_suffix(')'));
    match (word, draws.and_then(whole::<u32>)) {
        (_, Some(1)) => Draft::new(&random::CARD, line),
        ("random", _) => Draft::new(&power_of_two_choices::CARD, line),
        (_, Some(draws)) => {
            let mut draft = Draft::new(&power_of_two_choices::CARD, line);
            let choices = draft.read(draws);
            let options = power_of_two_choices::Options { choices };
            draft.options.set(power_of_two_choices::SECTION, options);
            draft
        }
        _ => {
            let reason = format!("`{word}`: expected random or random(N)");
            verdicts.at(&line).impossible("balance", reason);
            Draft::new(&random::CARD, line)
        }
    }
}

/// Adds a verdict on the key of a request.
fn key(line: &Line, verdicts: &mut Verdicts) {
    let words = line.words.get(1..).unwrap_or_default().join(" ");
    let kind = words.split(['(', ' ']).next().unwrap_or_default();
    let verdicts = verdicts.at(&line.number);
    let reason = match kind {
        "source" => {
            "the key is the client's address as one number, such as 167772161 for 10.0.0.1; the hash function is not used"
        }
        "uri" if words.contains("whole") => {
            "the key is the request target, cut as the parameters say"
        }
        "uri" => "the key is the request target up to `?`, cut as the parameters say",
        "url_param" => "the key is the value of the parameter",
        "hdr" => "the key is the first comma-separated value of the header",
        "rdp-cookie" => "the key is the value of the cookie",
        "hash" if words.contains("src") && !words.contains(',') => {
            let reason =
                "before 3.4 the hash of a binary address depends on the platform; use `src,lower`";
            verdicts.approximate("balance", reason);
            return;
        }
        "hash" => "the key is the value of the expression",
        _ => {
            let reason = format!("unknown arguments `{words}` of `balance`");
            verdicts.impossible("balance", reason);
            return;
        }
    };
    verdicts.exact("balance", format!("{words}: {reason}"));
}
