//! Clusters of Envoy.

use evenkeel::exchange::{Fidelity, Program};
use evenkeel_algorithms::dialect::envoy_hash;

use super::support::{are_refused, config, exported, imported, inexact};

#[test]
fn what_envoy_has_and_we_have_not_is_named_with_its_line() {
    let host = "endpoint: {address: {socket_address: {address: 10.0.0.1, port_value: 80}}}";
    let cluster = |fields: &str, host: &str, group: &str| {
        format!(
            "clusters:\n- name: c\n  lb_policy: RING_HASH\n{fields}\n  load_assignment:\n    endpoints:\n    - lb_endpoints:\n      - {{{host}}}\n{group}\n"
        )
    };
    for (fields, host, group, line, what) in [
        ("  type: EDS", host.to_owned(), "", 4, "not in the file"),
        (
            "  lb_subset_config: {subset_selectors: []}",
            host.to_owned(),
            "",
            4,
            "subset",
        ),
        (
            "  common_lb_config: {locality_weighted_lb_config: {}}",
            host.to_owned(),
            "",
            4,
            "localities",
        ),
        (
            "  ring_hash_lb_config: {minimum_ring_size: 0}",
            host.to_owned(),
            "",
            3,
            "ring_size",
        ),
        (
            "",
            format!("{host}, health_status: DEGRADED"),
            "",
            8,
            "DEGRADED",
        ),
        (
            "",
            "endpoint: {address: {}}".to_owned(),
            "",
            8,
            "socket_address",
        ),
        (
            "",
            format!("{host}, load_balancing_weight: 9999999"),
            "",
            8,
            "9999999",
        ),
        (
            "",
            host.to_owned(),
            "      priority: 2",
            7,
            "evenkeel has two",
        ),
        (
            "",
            format!("{host}}}\n      - {{{host}"),
            "",
            9,
            "used twice",
        ),
    ] {
        are_refused(&[("", line, what)], |_| cluster(fields, &host, group));
    }
    let camel = r#"{"clusters":[{"name":"c","lbPolicy":"MAGLEV","maglevLbConfig":{"tableSize":"251"},
        "loadAssignment":{"endpoints":[{"lbEndpoints":[{"endpoint":{"address":{"socketAddress":
        {"address":"::1","portValue":80}}},"loadBalancingWeight":3}]}]}}]}"#;
    let config = imported(camel).config.unwrap();
    let options = config.options.get(envoy_hash::MAGLEV_SECTION);
    assert_eq!(options.table_size.get(), 251);
    assert_eq!(config.backends[0].name(), "[::1]:80");
}

/// What programs know of servers by themselves is not always how they are written here.
#[test]
fn hosts_keep_their_identity_in_envoy() {
    let metadata = |text: &str| {
        let exported = exported(&config(text), Program::Envoy);
        assert_ne!(exported.verdicts.worst(), Fidelity::Impossible, "{text}");
        let text = exported.text.unwrap();
        let lines = text.lines().filter(|line| line.contains("envoy.lb"));
        let keys = lines.map(|line| line.trim().to_owned());
        keys.collect::<Vec<_>>().join("\n")
    };
    let ring = "algorithm: envoy-ring-hash\n";
    let by_hostname = "algorithm: envoy-ring-hash\noptions: {envoy-ring-hash: {use_hostname_for_hashing: true}}\n";
    for (options, backend, expected) in [
        (ring, "'10.0.0.1:80'", ""),
        (ring, "'[::1]:80'", ""),
        (
            ring,
            "'unix:/a.sock'",
            "envoy.lb: { hash_key: \"unix:/a.sock\" }",
        ),
        (
            ring,
            "'[::102:304]:80'",
            "envoy.lb: { hash_key: \"[::102:304]:80\" }",
        ),
        (
            ring,
            "'a.example:80'",
            "envoy.lb: { hash_key: \"a.example:80\" }",
        ),
        (by_hostname, "'10.0.0.1:80'", ""),
        (
            by_hostname,
            "{name: '10.0.0.1:80', attributes: {hostname: h}}",
            "",
        ),
    ] {
        let text = format!("{options}backends: [{backend}]\n");
        assert_eq!(metadata(&text), expected, "{text}");
    }
    let cluster = |fields: &str, address: &str| {
        let text = format!(
            "clusters:\n- lb_policy: 2\n  name: c\n{fields}  load_assignment:\n    endpoints:\n    - lb_endpoints:\n      - health_status: 2\n        endpoint: {{address: {address}}}\n      - endpoint: {{address: {{pipe: {{path: /b.sock}}}}, hostname: b}}\n"
        );
        let verdicts = inexact(&text);
        (imported(&text).config, verdicts)
    };
    let (read, _) = cluster("", "{pipe: {path: /a.sock}}");
    let read = read.unwrap();
    let first = &read.backends[0];
    assert_eq!(
        (first.name(), first.address(), first.is_down()),
        ("/a.sock", Some("unix:/a.sock"), true)
    );
    assert_eq!(read.algorithm.name, "envoy-ring-hash");
    let named = "{socket_address: {address: a.example, port_value: 80}}";
    let (_, verdicts) = cluster("  type: 1\n", named);
    assert!(
        verdicts.contains("f:8: lb_endpoints") && verdicts.contains("hashes the resolved address"),
        "{verdicts}"
    );
    let by_hostname =
        "  common_lb_config: {consistent_hashing_lb_config: {use_hostname_for_hashing: true}}\n";
    let (read, _) = cluster(&format!("  type: STRICT_DNS\n{by_hostname}"), named);
    let hostname = read.unwrap().backends[0].attributes().hostname.clone();
    assert_eq!(hostname.as_deref(), Some("a.example"));
    // Envoy hashes the empty text.
    let (read, verdicts) = cluster(by_hostname, "{pipe: {path: /a.sock}}");
    assert_eq!(read.unwrap().backends[0].attributes().hostname, None);
    assert!(!verdicts.contains("hostname"), "{verdicts}");
}
