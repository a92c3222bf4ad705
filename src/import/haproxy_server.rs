//! A `server` line of HAProxy.

use std::num::NonZeroU32;

use evenkeel_algorithms::{Attributes, Backend, Number, Weight};

use super::draft::weight;
use super::haproxy_sections::Line;
use crate::exchange::{Address, Verdicts, in_brackets, without_brackets};
use crate::text::whole;

/// Parameters with one argument that do not affect the choice of a server.
const WITH_A_WORD: &[&str] = &[
    "addr",
    "agent-addr",
    "agent-inter",
    "agent-port",
    "agent-send",
    "alpn",
    "ca-file",
    "check-alpn",
    "check-proto",
    "check-reuse-pool",
    "check-sni",
    "ciphers",
    "ciphersuites",
    "client-sigalgs",
    "cookie",
    "crl-file",
    "crt",
    "curves",
    "downinter",
    "error-limit",
    "fall",
    "fastinter",
    "idle-ping",
    "inter",
    "init-addr",
    "init-state",
    "log-bufsize",
    "log-proto",
    "max-reuse",
    "maxqueue",
    "name",
    "namespace",
    "npn",
    "observe",
    "on-error",
    "on-marked-down",
    "on-marked-up",
    "pool-conn-name",
    "pool-low-conn",
    "pool-max-conn",
    "pool-purge-delay",
    "port",
    "proto",
    "proxy-v2-options",
    "redir",
    "resolve-net",
    "resolve-opts",
    "resolve-prefer",
    "resolvers",
    "rise",
    "shard",
    "sigalgs",
    "sni",
    "sni-auto",
    "socks4",
    "source",
    "ssl-max-ver",
    "ssl-min-ver",
    "tcp-md5sig",
    "tcp-ut",
    "track",
    "usesrc",
    "verify",
    "verifyhost",
    "ws",
];

/// Parameters without arguments that do not affect the choice of a server.
const ALONE: &[&str] = &[
    "agent-check",
    "allow-0rtt",
    "check",
    "check-send-proxy",
    "check-ssl",
    "check-via-socks4",
    "enabled",
    "force-sslv3",
    "force-tlsv10",
    "force-tlsv11",
    "force-tlsv12",
    "force-tlsv13",
    "no-agent-check",
    "no-check",
    "no-check-send-proxy",
    "no-check-ssl",
    "no-send-proxy",
    "no-send-proxy-v2",
    "no-ssl",
    "no-ssl-reuse",
    "no-sslv3",
    "no-tfo",
    "no-tls-tickets",
    "no-tlsv10",
    "no-tlsv11",
    "no-tlsv12",
    "no-tlsv13",
    "no-verifyhost",
    "non-stick",
    "send-proxy",
    "send-proxy-v2",
    "send-proxy-v2-ssl",
    "send-proxy-v2-ssl-cn",
    "ssl",
    "ssl-reuse",
    "stick",
    "strict-maxconn",
    "tfo",
    "tls-tickets",
];

/// The parameters of a server, or of all servers.
#[derive(Clone, Debug, Default)]
pub(super) struct Parameters {
    /// `Some(None)` is the weight 0, with which a server gets no requests.
    weight: Option<Option<Weight>>,
    most: Option<NonZeroU32>,
    disabled: bool,
    backup: bool,
    id: Option<u64>,
    guid: Option<Box<str>>,
    /// The source of its points.
    pub(super) hash_key: Option<String>,
}

impl Parameters {
    /// Reads the words of a line from an index on.
    pub(super) fn read(&mut self, line: &Line, from: usize, verdicts: &mut Verdicts) {
        let words: Vec<_> = line.words.iter().map(String::as_str).collect();
        let mut rest = words.get(from..).unwrap_or_default();
        while let Some((name, behind)) = rest.split_first() {
            let value = behind.first().copied().unwrap_or_default();
            let took = self.take(name, value, line.number, verdicts);
            rest = behind.get(took..).unwrap_or_default();
        }
    }

    /// Reads a parameter and returns the number of its arguments.
    fn take(&mut self, name: &str, value: &str, line: usize, verdicts: &mut Verdicts) -> usize {
        match name {
            "weight" if value == "0" => self.weight = Some(None),
            "weight" => self.weight = weight(value, &line, verdicts).map(Some),
            "maxconn" => match whole(value) {
                Some(most) => self.most = NonZeroU32::new(most),
                None => refuse(name, value, line, verdicts),
            },
            "id" => match whole(value) {
                Some(id) => self.id = Some(id),
                None => refuse(name, value, line, verdicts),
            },
            "guid" => self.guid = Some(value.into()),
            "hash-key" => self.hash_key = Some(value.to_owned()),
            "slowstart" => {
                let reason = "ignored: a recovered server gets its whole share at once";
                verdicts.at(&line).approximate(name, reason);
            }
            "minconn" => {
                let reason = "ignored: the cap does not depend on the load";
                verdicts.at(&line).approximate(name, reason);
            }
            known if WITH_A_WORD.contains(&known) => {}
            other => {
                self.take_alone(other, line, verdicts);
                return 0;
            }
        }
        1
    }

    fn take_alone(&mut self, name: &str, line: usize, verdicts: &mut Verdicts) {
        match name {
            "disabled" => self.disabled = true,
            "enabled" => self.disabled = false,
            "backup" => self.backup = true,
            "no-backup" => self.backup = false,
            known if ALONE.contains(&known) => {}
            _ => {
                let reason = format!("unknown parameter `{name}` of a server, ignored");
                verdicts.at(&line).approximate("server", reason);
            }
        }
    }
}

fn refuse(name: &str, value: &str, line: usize, verdicts: &mut Verdicts) {
    let reason = format!("`{value}` is not a valid whole number");
    verdicts.at(&line).impossible(name, reason);
}

/// A server: its line, its own parameters and those of all servers before.
pub(super) struct Server {
    pub(super) line: Line,
    pub(super) parameters: Parameters,
}

impl Server {
    /// Returns the server as a backend. With the weight 0 it drains, with another weight so that the map of the other
    /// servers stays as it is. It is named by its address if that is hashed.
    pub(super) fn backend(
        &self,
        other_weight: Option<Weight>,
        verdicts: &mut Verdicts,
    ) -> Option<Backend> {
        let Parameters {
            weight,
            most,
            disabled,
            backup,
            id,
            guid,
            hash_key,
        } = self.parameters.clone();
        let number = self.line.number;
        let address = self.address(verdicts)?;
        let by_address = hash_key.is_some_and(|by| by.starts_with("addr"));
        let name = self.line.word(1);
        let backend = if by_address && name != address {
            let reason = "named by its address, which is hashed";
            verdicts.at(&number).approximate("server", reason);
            Backend::new(address)
        } else if name == address || without_brackets(&address).as_deref() == Some(name) {
            Backend::new(address)
        } else {
            Backend::new(name).with_address(address)
        };
        let drains = weight == Some(None);
        if drains {
            let reason = "weight 0 becomes draining";
            verdicts.at(&number).exact("weight", reason);
        }
        let weight = if drains {
            other_weight
        } else {
            weight.flatten()
        };
        let attributes = Attributes {
            id: id.map(Number),
            guid,
            ..Attributes::default()
        };
        let backend = backend
            .with_weight(weight.unwrap_or_default())
            .with_drain(drains)
            .with_down(disabled)
            .with_backup(backup)
            .with_max_in_flight(most);
        Some(if attributes == Attributes::default() {
            backend
        } else {
            backend.with_attributes(attributes)
        })
    }

    /// Returns the weight, if it counts.
    pub(super) fn weight(&self) -> Option<Weight> {
        match self.parameters.weight {
            None => Some(Weight::MIN),
            Some(weight) => weight,
        }
    }

    /// Returns the address, as configs write it.
    fn address(&self, verdicts: &mut Verdicts) -> Option<String> {
        let written = self.line.word(2);
        let text = match written.split_once('@') {
            Some(("ipv4" | "ipv6" | "tcp" | "tcp4" | "tcp6", rest)) => rest.to_owned(),
            Some(("unix", path)) => format!("unix:{path}"),
            None if written.starts_with('/') => format!("unix:{written}"),
            _ => written.to_owned(),
        };
        let text = in_brackets(&text);
        match Address::parse(&text) {
            Some(address) if address.is_looked_up() => {
                let reason = "resolved by HAProxy; its identity does not depend on the address";
                verdicts.at(&self.line.number).exact("server", reason);
            }
            Some(_) => {}
            None => {
                let reason = format!("invalid address `{written}`; expected host:port");
                verdicts.at(&self.line.number).impossible("server", reason);
                return None;
            }
        }
        Some(text)
    }
}
