//! Envoy: a static cluster and a listener with a route that hashes by the key.

use std::collections::BTreeSet;
use std::fmt::Write;

use evenkeel_algorithms::dialect::envoy_hash::{self, HashBalanceFactor, HealthyPanicThreshold};
use evenkeel_algorithms::strategy::power_of_two_choices;
use evenkeel_algorithms::{Backend, Family};
use evenkeel_config::Config;

use super::backends::{address_with_port, exact_fields, options_are_exact, quoted};
use super::draft::Draft;
use super::key::KeySource;
use super::wiring::Wiring;
use crate::exchange::{Address, Host, Verdicts};

/// The prefix of the types of Envoy's balancing policies.
const POLICIES: &str = "type.googleapis.com/envoy.extensions.load_balancing_policies";

/// Writes the configuration. Every text is quoted, because Envoy's YAML reads a bare `N` as false.
pub(super) fn write(config: &Config, wiring: &Wiring, verdicts: &mut Verdicts) -> Draft {
    let Wiring { name, listen, .. } = wiring;
    let (host, port) = (listen.ip(), listen.port());
    let hash_policy = hash_policy(wiring, verdicts);
    let cluster_type = if config.backends.iter().any(is_looked_up) {
        "STRICT_DNS"
    } else {
        "STATIC"
    };
    let before = format!(
        r#"static_resources:
  listeners:
    - name: "{name}"
      address: {{ socket_address: {{ address: "{host}", port_value: {port} }} }}
      filter_chains:
        - filters:
            - name: "envoy.filters.network.http_connection_manager"
              typed_config:
                "@type": "type.googleapis.com/envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager"
                stat_prefix: "{name}"
                route_config:
                  virtual_hosts:
                    - name: "{name}"
                      domains: ["*"]
                      routes:
                        - match: {{ prefix: "/" }}
                          route:
                            cluster: "{name}"
{hash_policy}                http_filters:
                  - name: "envoy.filters.http.router"
                    typed_config:
                      "@type": "type.googleapis.com/envoy.extensions.filters.http.router.v3.Router"
  clusters:
"#
    );
    let mut section = format!(
        "    - name: \"{name}\"\n      type: \"{cluster_type}\"\n      connect_timeout: \"5s\"\n"
    );
    section += &policy(config, verdicts);
    section += &endpoints(config, name, verdicts);
    fields(config, verdicts);
    Draft {
        before,
        section,
        after: String::new(),
    }
}

fn hash_policy(wiring: &Wiring, verdicts: &mut Verdicts) -> String {
    let Some(key) = &wiring.key else {
        return String::new();
    };
    let policy = KeySource::for_envoy(key);
    let without = match key {
        KeySource::Cookie(_) => "goes to a random host, and gets no cookie from Envoy",
        _ => "goes to a random host",
    };
    let reason = format!("{policy}, a hash_policy of the route; a request without it {without}");
    verdicts.exact("key", reason);
    format!("                            hash_policy:\n                              - {policy}\n")
}

/// Returns the balancing policy and the related settings of the cluster.
fn policy(config: &Config, verdicts: &mut Verdicts) -> String {
    let (name, kind, fields) = match config.algorithm.family {
        Family::Ring => ("ring_hash", "RingHash", ring(config)),
        Family::Table => ("maglev", "Maglev", table(config)),
        Family::Turns => ("round_robin", "RoundRobin", String::new()),
        Family::Fewest => {
            let fields = format!("{INDENT}selection_method: \"FULL_SCAN\"\n");
            ("least_request", "LeastRequest", fields)
        }
        Family::FewestOfSome => {
            let choices = config.options.get(power_of_two_choices::SECTION).choices;
            let fields = format!("{INDENT}choice_count: {choices}\n");
            ("least_request", "LeastRequest", fields)
        }
        _ => ("random", "Random", String::new()),
    };
    let mut text = format!(
        "      load_balancing_policy:\n        policies:\n          - typed_extension_config:\n              \
         name: \"envoy.load_balancing_policies.{name}\"\n              typed_config:\n{INDENT}\
         \"@type\": \"{POLICIES}.{name}.v3.{kind}\"\n{fields}"
    );
    if config.algorithm.origin.is_dialect() {
        options_are_exact(config, verdicts);
    }
    if let Some(Consistent { threshold, .. }) = Consistent::of(config) {
        let _ = write!(
            text,
            "      common_lb_config:\n        healthy_panic_threshold: {{ value: {threshold} }}\n"
        );
    }
    text
}

/// The indentation of the fields of a policy.
const INDENT: &str = "                ";

fn ring(config: &Config) -> String {
    let own = config.options.get(envoy_hash::RING_SECTION);
    format!(
        "{INDENT}hash_function: \"{}\"\n{INDENT}minimum_ring_size: {}\n{INDENT}maximum_ring_size: {}\n{}",
        own.hash_function,
        own.minimum_ring_size,
        own.maximum_ring_size,
        Consistent::of_ring(own).text()
    )
}

fn table(config: &Config) -> String {
    let own = config.options.get(envoy_hash::MAGLEV_SECTION);
    format!(
        "{INDENT}table_size: {}\n{}",
        own.table_size.get(),
        Consistent::of_table(own).text()
    )
}

/// The common part of the ring and the table.
struct Consistent {
    by_hostname: bool,
    factor: Option<HashBalanceFactor>,
    threshold: HealthyPanicThreshold,
}

impl Consistent {
    /// Returns the settings of the config's algorithm, if it is a ring or a table.
    fn of(config: &Config) -> Option<Self> {
        let ring = config.own_options(envoy_hash::RING_SECTION);
        let table = || config.own_options(envoy_hash::MAGLEV_SECTION);
        ring.map(Self::of_ring)
            .or_else(|| table().map(Self::of_table))
    }

    const fn of_ring(ring: envoy_hash::RingHashOptions) -> Self {
        Self {
            by_hostname: ring.use_hostname_for_hashing,
            factor: ring.hash_balance_factor,
            threshold: ring.healthy_panic_threshold,
        }
    }

    const fn of_table(table: envoy_hash::MaglevOptions) -> Self {
        Self {
            by_hostname: table.use_hostname_for_hashing,
            factor: table.hash_balance_factor,
            threshold: table.healthy_panic_threshold,
        }
    }

    /// Returns the fields of a policy.
    fn text(&self) -> String {
        let by_hostname = self.by_hostname;
        let mut text = format!(
            "{INDENT}consistent_hashing_lb_config:\n{INDENT}  use_hostname_for_hashing: {by_hostname}\n"
        );
        if let Some(factor) = self.factor {
            let _ = writeln!(text, "{INDENT}  hash_balance_factor: {factor}");
        }
        text
    }
}

/// Returns the endpoints in the config's order, with a group for each run of backups or of others.
fn endpoints(config: &Config, name: &str, verdicts: &mut Verdicts) -> String {
    let mut text =
        format!("      load_assignment:\n        cluster_name: \"{name}\"\n        endpoints:\n");
    let runs = config
        .backends
        .chunk_by(|a, b| a.is_backup() == b.is_backup());
    let mut seen = BTreeSet::new();
    for run in runs {
        let priority = u8::from(run[0].is_backup());
        let _ = write!(
            text,
            "          - priority: {priority}\n            lb_endpoints:\n"
        );
        for backend in run {
            let Some(address) = address_with_port(backend, verdicts) else {
                continue;
            };
            if !seen.insert(address.to_string()) {
                let reason =
                    format!("Envoy does not accept two endpoints at one address, `{address}`");
                verdicts.impossible("backends.address", reason);
            }
            text += &endpoint(config, backend, &address);
        }
    }
    text
}

fn endpoint(config: &Config, backend: &Backend, address: &Address<'_>) -> String {
    let place = match address {
        Address::Unix(path) => format!("pipe: {{ path: {} }}", quoted(path)),
        Address::Inet { host, port } => {
            let host = match host {
                Host::Ip(ip) => ip.to_string(),
                Host::Name(name) => (*name).to_owned(),
            };
            let (host, port) = (quoted(&host), port.unwrap_or_default());
            format!("socket_address: {{ address: {host}, port_value: {port} }}")
        }
    };
    let hostname = backend.attributes().hostname.as_deref();
    let mut text = format!("              - endpoint:\n                  address: {{ {place} }}\n");
    if let Some(hostname) = hostname {
        let _ = writeln!(text, "                  hostname: {}", quoted(hostname));
    }
    text += &metadata(config, backend, address);
    if backend.weight().get() > 1 {
        let _ = writeln!(
            text,
            "                load_balancing_weight: {}",
            backend.weight()
        );
    }
    // A draining backend is no longer a host, up or down.
    let status = match (backend.is_draining(), backend.is_down()) {
        (true, _) => "DRAINING",
        (_, true) => "UNHEALTHY",
        _ => return text,
    };
    let _ = writeln!(text, "                health_status: \"{status}\"");
    text
}

/// Returns the metadata with the endpoint's hash key and name, where its address does not give them.
fn metadata(config: &Config, backend: &Backend, address: &Address<'_>) -> String {
    let name = backend.name();
    let in_envoy = address.in_envoy();
    let by_hostname = Consistent::of(config).is_some_and(|own| own.by_hostname);
    let given = |text: &&str| !text.is_empty();
    let own = backend.attributes().hash_key.as_deref().filter(given);
    let is_known = by_hostname || in_envoy.as_deref() == Some(name);
    let key = own.or_else(|| (!is_known).then_some(name));
    let mut maps = String::new();
    if let Some(key) = key {
        let key = quoted(key);
        let _ = writeln!(maps, "                    envoy.lb: {{ hash_key: {key} }}");
    }
    if in_envoy.unwrap_or_else(|| address.to_string()) != name {
        let name = quoted(name);
        let _ = writeln!(maps, "                    evenkeel: {{ name: {name} }}");
    }
    if maps.is_empty() {
        return maps;
    }
    format!("                metadata:\n                  filter_metadata:\n{maps}")
}

fn fields(config: &Config, verdicts: &mut Verdicts) {
    exact_fields(
        config,
        &[
            ("weight", "load_balancing_weight"),
            ("down", "health_status UNHEALTHY"),
            ("drain", "health_status DRAINING"),
        ],
        verdicts,
    );
    for backend in &config.backends {
        if backend.max_in_flight().is_some() {
            let reason = "Envoy ignores caps when it picks a host; remove the cap, or bound the load with hash_balance_factor";
            verdicts.impossible("backends.max_in_flight", reason);
        }
        let attributes = backend.attributes();
        if attributes.hash_key.is_some() {
            verdicts.exact("backends.attributes.hash_key", "metadata envoy.lb");
        }
        if attributes.hostname.is_some() {
            verdicts.exact("backends.attributes.hostname", "hostname");
        }
    }
    weights(config, verdicts);
    backups(config, verdicts);
}

/// Envoy sums the weights of a priority in 32 bits.
fn weights(config: &Config, verdicts: &mut Verdicts) {
    for is_backup in [false, true] {
        let hosts = config
            .backends
            .iter()
            .filter(|backend| backend.is_backup() == is_backup);
        let sum: u64 = hosts.map(|backend| u64::from(backend.weight().get())).sum();
        if sum > u32::MAX.into() {
            let reason = format!(
                "the sum of the weights, {sum}, exceeds Envoy's maximum of {}",
                u32::MAX
            );
            verdicts.impossible("backends.weight", reason);
        }
    }
}

/// Envoy sends part of the requests to the backups before all other backends are down.
fn backups(config: &Config, verdicts: &mut Verdicts) {
    let (backups, others): (Vec<_>, Vec<_>) = config
        .backends
        .iter()
        .partition(|backend| backend.is_backup());
    if backups.is_empty() {
        return;
    }
    let hosts = others.iter().filter(|backend| !backend.is_draining());
    let healthy = hosts.clone().filter(|backend| !backend.is_down()).count();
    let is_whole = 140 * healthy >= 100 * hosts.count();
    if is_whole && healthy > 0 {
        verdicts.exact("backends.backup", "priority 1");
    } else {
        let reason = "priority 1, which gets part of the requests while fewer than 72% of the other backends are healthy";
        verdicts.approximate("backends.backup", reason);
    }
}

fn is_looked_up(backend: &Backend) -> bool {
    let text = backend.address().unwrap_or(backend.name());
    Address::parse(text).is_some_and(|address| address.is_looked_up())
}
