//! Configs of other programs: what is exported is imported as the same, and what cannot be carried over
//! is said, with its line.

use std::num::NonZeroU32;

use evenkeel::config::Config;
use evenkeel::exchange::{Fidelity, Program};
use evenkeel::export::{Exported, KeySource, Wiring, export};
use evenkeel::import::{Imported, import};
use evenkeel_algorithms::dialect::envoy_hash;
use evenkeel_algorithms::{Attributes, Backend, Number, Weight};
use proptest::prelude::*;

fn wiring(config: &Config) -> Wiring {
    let key = match config.algorithm.name {
        "nginx-ip-hash" => KeySource::Client,
        _ => KeySource::Header("x-key".to_owned()),
    };
    Wiring {
        key: Some(key),
        listen: "127.0.0.1:8080".parse().unwrap(),
        name: "pool".to_owned(),
        section_only: false,
    }
}

fn exported(config: &Config, program: Program) -> Exported {
    export(config, program, &wiring(config))
}

fn imported(text: &str) -> Imported {
    import(text, None, None).unwrap_or_else(|fault| panic!("{fault}\n{text}"))
}

fn config(text: &str) -> Config {
    Config::parse(text).unwrap_or_else(|fault| panic!("{fault}\n{text}"))
}

/// An algorithm of a program with some of its options, as a config has them.
fn algorithm() -> impl Strategy<Value = (Program, &'static str)> {
    let haproxy = "algorithm: haproxy-hash-consistent\noptions:\n  haproxy-hash-consistent:";
    prop::sample::select(vec![
        (Program::Nginx, "algorithm: nginx-hash-consistent\n".to_owned()),
        (Program::Nginx, "algorithm: nginx-hash\n".to_owned()),
        (Program::Nginx, "algorithm: nginx-ip-hash\n".to_owned()),
        (Program::Nginx, "algorithm: nginx-round-robin\n".to_owned()),
        (Program::Nginx, "algorithm: nginx-least-conn\n".to_owned()),
        (Program::Haproxy, "algorithm: haproxy-hash-consistent\n".to_owned()),
        (Program::Haproxy, format!("{haproxy} {{function: sdbm}}\n")),
        (Program::Haproxy, format!("{haproxy} {{function: wt6, avalanche: true}}\n")),
        (Program::Haproxy, format!("{haproxy} {{hash_key: addr, hash_balance_factor: 130}}\n")),
        (Program::Haproxy, format!("{haproxy} {{hash_key: guid}}\n")),
        (
            Program::Haproxy,
            "algorithm: haproxy-hash-map-based\noptions: {haproxy-hash-map-based: {function: djb2, avalanche: true}}\n".to_owned(),
        ),
        (Program::Haproxy, "algorithm: haproxy-roundrobin\n".to_owned()),
        (Program::Haproxy, "algorithm: haproxy-static-rr\n".to_owned()),
        (Program::Haproxy, "algorithm: haproxy-leastconn\n".to_owned()),
        (Program::Haproxy, "algorithm: haproxy-first\n".to_owned()),
        (
            Program::Envoy,
            "algorithm: envoy-ring-hash\noptions: {envoy-ring-hash: {minimum_ring_size: 100, maximum_ring_size: 700, hash_function: MURMUR_HASH_2, hash_balance_factor: 150, use_hostname_for_hashing: true}}\n".to_owned(),
        ),
        (
            Program::Envoy,
            "algorithm: envoy-maglev\noptions: {envoy-maglev: {table_size: 251, healthy_panic_threshold: 0}}\n".to_owned(),
        ),
        (Program::Twemproxy, "algorithm: twemproxy-ketama\n".to_owned()),
        (
            Program::Twemproxy,
            "algorithm: twemproxy-modula\noptions: {twemproxy-modula: {hash: crc32a, hash_tag: '{}'}}\n".to_owned(),
        ),
    ])
    .prop_map(|(program, text)| (program, &*text.leak()))
}

/// A backend with a number of its own: what its name and its address are like, and its other facts.
fn backend(number: usize) -> impl Strategy<Value = Backend> {
    let names = prop::sample::select(vec![
        (format!("10.0.0.{number}:8080"), None),
        (format!("10.0.0.{number}:8080"), None),
        (format!("10.0.0.{number}:8080"), None),
        (format!("[2001:db8::{number}]:80"), None),
        (format!("[2001:DB8:0:0::0:{number}]:80"), None),
        (
            format!("node-{number}"),
            Some(format!("10.1.0.{number}:11211")),
        ),
        (
            format!("odd name {number}"),
            Some(format!("10.1.0.{number}:80")),
        ),
        (format!("host-{number}.example.com:11211"), None),
        (format!("b{number}"), None),
        (format!("unix:/run/app-{number}.sock"), None),
    ]);
    let rarely = || prop::bool::weighted(0.08);
    let facts = (1u64..=4, rarely(), rarely(), rarely(), rarely(), rarely());
    (names, facts).prop_map(
        move |((name, address), (weight, down, drain, backup, cap, facts))| {
            let backend = Backend::new(name)
                .with_weight(Weight::new(weight * weight).unwrap())
                .with_down(down)
                .with_drain(drain)
                .with_backup(backup)
                .with_max_in_flight(NonZeroU32::new(u32::from(cap) * 7))
                .with_attributes(Attributes {
                    id: facts.then_some(Number(40 + number as u64)),
                    guid: facts.then(|| format!("guid:{number}").into()),
                    hash_key: facts.then(|| format!("no {number} \"x\"").into()),
                    hostname: facts.then(|| format!("h{number}").into()),
                    ..Attributes::default()
                });
            match address {
                Some(address) => backend.with_address(address),
                None => backend,
            }
        },
    )
}

fn configs() -> impl Strategy<Value = (Program, Config)> {
    let backends = (1usize..=7).prop_flat_map(|count| (1..=count).map(backend).collect::<Vec<_>>());
    (algorithm(), backends).prop_filter_map("cannot be built", |((program, text), backends)| {
        let read = config(&format!("{text}backends: [a]\n"));
        let config = Config { backends, ..read };
        config.balancer().is_ok().then_some((program, config))
    })
}

/// Where a config sends some keys, by the backends' names.
fn routes(config: &Config) -> Vec<Option<String>> {
    let balancer = config.balancer().unwrap();
    let keys = (0..60).map(|number| format!("10.0.{number}.1"));
    keys.map(|key| {
        let ticket = balancer.route(Some(key.as_bytes())).ok()?;
        Some(ticket.backend().name().to_owned())
    })
    .collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_global_rejects: 20_000, ..ProptestConfig::default() })]

    /// Cases in which something is not exact are left out, and not too many of them may be.
    #[test]
    fn what_is_exact_comes_back_with_its_fingerprint((program, config) in configs()) {
        let Exported { verdicts, text } = exported(&config, program);
        prop_assume!(verdicts.worst() == Fidelity::Exact);
        let text = text.unwrap();
        let back = imported(&text);
        prop_assert_eq!(back.program, program);
        let again = back.config.ok_or_else(|| TestCaseError::fail(back.verdicts.lines(&text)))?;
        let again = self::config(&again.to_yaml().unwrap());
        let print = |config: &Config| config.balancer().unwrap().fingerprint();
        prop_assert_eq!(print(&again), print(&config), "{}", text);
        prop_assert_eq!(routes(&again), routes(&config), "{}", text);
    }

    /// Whatever is written is read again, and whatever is impossible is not written.
    #[test]
    fn nothing_is_written_by_halves((program, config) in configs()) {
        let Exported { verdicts, text } = exported(&config, program);
        prop_assert_eq!(text.is_none(), verdicts.worst() == Fidelity::Impossible);
        if let Some(text) = text {
            let back = imported(&text);
            let count = back.config.map(|config| config.backends.len());
            prop_assert_eq!(count, Some(config.backends.len()), "{}\n{}", text, back.verdicts.lines(""));
        }
    }

    /// What stands in a file may be anything: it is read, refused, or no configuration at all.
    #[test]
    fn a_damaged_configuration_is_read_whole_or_not(
        (program, config) in configs(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..5),
    ) {
        let Some(text) = exported(&config, program).text else { return Ok(()) };
        let mut bytes = text.into_bytes();
        for (place, byte) in damage {
            // Nothing is left to be damaged.
            if bytes.is_empty() {
                break;
            }
            let place = place.index(bytes.len());
            match byte % 4 {
                0 => { bytes.remove(place); }
                1 => bytes.truncate(place.max(1)),
                2 => bytes[place] = b"{}[];:\"'#, \nx0"[usize::from(byte) % 14],
                _ => bytes.insert(place, b"{}[];:\"'#, \nx0"[usize::from(byte) % 14]),
            }
        }
        let text = String::from_utf8_lossy(&bytes);
        if let Ok(imported) = import(&text, Some(program), None) {
            let refused = imported.verdicts.worst() == Fidelity::Impossible;
            prop_assert_eq!(imported.config.is_none(), refused);
            prop_assert!(imported.config.is_none_or(|config| config.balancer().is_ok()));
        }
    }
}

/// What stands in a file, the line that is named, and what is said of it.
type Refused<'a> = (&'a str, usize, &'a str);

/// Each is refused, where it stands.
fn are_refused(cases: &[Refused<'_>], whole: impl Fn(&str) -> String) {
    for (inner, line, what) in cases {
        let text = whole(inner);
        let found = inexact(&text);
        let is_named = found.contains(&format!("f:{line}: ")) && found.contains(what);
        assert!(is_named, "{text}: {found}");
        assert!(imported(&text).config.is_none(), "{text}");
    }
}

/// The verdicts that are not exact, as lines.
fn inexact(text: &str) -> String {
    let lines = imported(text).verdicts.lines("f");
    let inexact = lines.lines().filter(|line| !line.starts_with("exact"));
    inexact.map(|line| line.to_owned() + "\n").collect()
}

#[test]
fn what_nginx_has_and_we_have_not_is_named_with_its_line() {
    let upstream = |inner: &str| format!("http {{\nupstream u {{\n{inner}\n}}\n}}\n");
    let server = "server 10.0.0.1:80;";
    let cases = [
        ("sticky cookie sid;\nserver a:1;", 3, "nothing like it"),
        (
            "hash $a consistent;\ninclude more.conf;\nserver a:1;",
            4,
            "nginx -T",
        ),
        (
            "hash $a consistent;\nserver 10.0.0.1:80 backup;",
            4,
            "none beside a hash",
        ),
        ("server 10.0.0.1:80;\nserver 10.0.0.1:80;", 4, "given twice"),
        ("server 10.0.0.1:80 weigth=2;", 3, "`weigth=2` is not known"),
        ("server 10.0.0.1:80 weight=0;", 3, "weight"),
        ("server 10.0.0.1:80 max_conns=x;", 3, "no number"),
        ("server $backend;", 3, "no address"),
        (
            "hash $a consistend;\nserver 10.0.0.1:80;",
            3,
            "not known in an upstream",
        ),
        (
            "least_time header;\nserver 10.0.0.1:80;",
            3,
            "nothing like it",
        ),
        ("", 2, "there are no servers"),
    ];
    are_refused(&cases, upstream);
    let slow = upstream(&format!("{server}\nserver 10.0.0.2:80 slow_start=30s;"));
    assert!(inexact(&slow).starts_with("approximate  f:4: slow_start"));
    let workers = format!("worker_processes auto;\n{}", upstream(server));
    assert!(inexact(&workers).contains("auto workers"));
}

#[test]
fn what_haproxy_has_and_we_have_not_is_named_with_its_line() {
    let cases = [
        (
            "balance rr\nserver a 10.0.0.1:80",
            2,
            "not known of `balance`",
        ),
        (
            "balance hash url\nhash-type consistend\nserver a 10.0.0.1:80",
            3,
            "expected consistent",
        ),
        (
            "balance hash url\nhash-type consistent md5\nserver a 10.0.0.1:80",
            3,
            "md5",
        ),
        (
            "balance hash url\nhash-type consistent sdbm avalance\nserver a 10.0.0.1:80",
            3,
            "avalanche",
        ),
        ("option allbackups\nserver a 10.0.0.1:80", 2, "first backup"),
        ("server-template w 3 app:80", 2, "nothing like it"),
        (
            "server a 10.0.0.1:80\nuse-server a if TRUE",
            3,
            "nothing like it",
        ),
        (
            "server a 10.0.0.1:80\nserver a 10.0.0.2:80",
            3,
            "given twice",
        ),
        ("server a 10.0.0.1:80 weight x", 2, "no weight"),
        ("server a 10.0.0.1:80 weight 300", 1, "256"),
        ("server a 10.0.0.300:80", 2, "no address"),
        (
            "server a 10.0.0.1:80 id 0\nbalance first",
            3,
            "out of range",
        ),
        (
            "balance hash url\nhash-type consistent\nserver a 10.0.0.1:80 hash-key addr\nserver b 10.0.0.2:80",
            5,
            "one for all",
        ),
    ];
    are_refused(&cases, |inner| format!("backend b\n{inner}\n"));
    let left_out = "backend b\noption prefer-last-server\nserver a 10.0.0.1:80 slowstart 3s frobnicate check\n";
    let found = inexact(left_out);
    assert!(
        found.contains("f:2: option prefer-last-server") && found.contains("f:3: slowstart"),
        "{found}"
    );
    assert!(found.contains("`frobnicate` is not known"), "{found}");
    assert!(imported(left_out).config.is_some());
}

#[test]
fn haproxy_defaults_and_weight_zero_are_understood() {
    let text = "\
defaults one
  balance hash req.fhdr(x)
  hash-type consistent
  default-server weight 3
defaults
  balance leastconn
backend a from one
  server s1 10.0.0.1:80
  server s2 10.0.0.2:80 weight 0
  server s3 ::1:80 disabled backup
";
    let config = imported(text).config.unwrap();
    assert_eq!(config.algorithm.name, "haproxy-hash-consistent");
    let [one, two, three] = &config.backends[..] else {
        panic!()
    };
    assert_eq!((one.weight().get(), two.weight().get()), (3, 3));
    assert!(two.is_draining() && three.is_down() && three.is_backup());
    assert_eq!(three.address(), Some("[::1]:80"));
}

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
            "given twice",
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

#[test]
fn what_twemproxy_has_and_we_have_not_is_named_with_its_line() {
    let cases = [
        ("  hash: crc16\n  servers: ['10.0.0.1:1:1']", 2, "crc16"),
        (
            "  hash_tag: '{'\n  servers: ['10.0.0.1:1:1']",
            2,
            "two ASCII",
        ),
        (
            "  distribution: consistent\n  servers: ['10.0.0.1:1:1']",
            2,
            "expected ketama",
        ),
        (
            "  servers:\n  - '10.0.0.1:1:1'\n  - '10.0.0.1:1'",
            4,
            "no address",
        ),
        ("  servers:\n  - '10.0.0.1:1:0'", 3, "weight"),
        (
            "  servers:\n  - '10.0.0.1:1:1 a'\n  - '10.0.0.2:1:1 a'",
            4,
            "given twice",
        ),
        (
            "  sharding: yes\n  servers: ['10.0.0.1:1:1']",
            2,
            "not known of a pool",
        ),
    ];
    are_refused(&cases, |inner| format!("p:\n{inner}\n"));
}

#[test]
fn a_section_is_chosen_by_its_name_and_never_guessed() {
    let two = "upstream a {\n server a1:1;\n}\nupstream b {\n server b1:1;\n}\n";
    let fault = import(two, None, None).unwrap_err();
    assert_eq!(fault.place, Some((4, 1)));
    assert!(
        fault.what.contains("`a`, `b`") && fault.what.contains("--name"),
        "{fault}"
    );
    let chosen = import(two, None, Some("b")).unwrap().config.unwrap();
    assert_eq!(chosen.backends[0].name(), "b1:1");
    let fault = import(two, None, Some("c")).unwrap_err();
    assert!(fault.what.contains("expected one of `a`, `b`"), "{fault}");
    for nothing in ["", "a: 1", "events {}", "{", "\u{0}"] {
        assert!(import(nothing, None, None).is_err(), "{nothing}");
    }
}

/// The traps that the programs' own checks or routing hold.
#[test]
fn what_a_program_would_do_otherwise_is_refused() {
    for (program, text, field) in [
        (
            Program::Nginx,
            "algorithm: nginx-hash-consistent\nbackends: [{name: b, address: '10.0.0.1:80'}]",
            "backends.address",
        ),
        (
            Program::Nginx,
            "algorithm: nginx-hash\nbackends: ['10.0.0.1:80', {name: '10.0.0.2:80', backup: true}]",
            "backends.backup",
        ),
        (
            Program::Nginx,
            "algorithm: nginx-round-robin\nbackends: [{name: '10.0.0.2:80', backup: true}]",
            "backends.backup",
        ),
        (
            Program::Nginx,
            "algorithm: nginx-round-robin\nbackends: [b1, b2]",
            "backends.address",
        ),
        (
            Program::Nginx,
            "algorithm: ketama\nbounded_load: 1.25\nbackends: ['10.0.0.1:80']",
            "bounded_load",
        ),
        (
            Program::Haproxy,
            "algorithm: ketama\nbackends: [{name: '10.0.0.1:80', weight: 257}]",
            "backends",
        ),
        (
            Program::Haproxy,
            "algorithm: haproxy-leastconn\nbackends: ['10.0.0.1']",
            "backends.address",
        ),
        (
            Program::Haproxy,
            "algorithm: ketama\nsubset: {client: c, size: 1}\nbackends: ['10.0.0.1:80']",
            "subset",
        ),
        (
            Program::Envoy,
            "algorithm: envoy-maglev\nbackends: [{name: a, address: '10.0.0.1:80'}, {name: b, address: '10.0.0.1:80'}]",
            "backends.address",
        ),
        (
            Program::Envoy,
            "algorithm: envoy-maglev\nbackends: [{name: '10.0.0.1:80', max_in_flight: 3}]",
            "backends.max_in_flight",
        ),
        (
            Program::Envoy,
            "algorithm: haproxy-first\nbackends: ['10.0.0.1:80']",
            "algorithm",
        ),
        (
            Program::Twemproxy,
            "algorithm: twemproxy-ketama\nbackends: [{name: '10.0.0.1:80', down: true}]",
            "backends.down",
        ),
        (
            Program::Twemproxy,
            "algorithm: twemproxy-ketama\nbackends: [{name: 'a:11211', address: '10.0.0.1:1'}, {name: a, address: '10.0.0.1:2'}]",
            "backends.name",
        ),
        (
            Program::Haproxy,
            "algorithm: random\nbackends: [{name: '10.0.0.1:80', weight: 257}]",
            "backends.weight",
        ),
        (
            Program::Twemproxy,
            "algorithm: round-robin\nbackends: ['10.0.0.1:80']",
            "algorithm",
        ),
    ] {
        let config = config(text);
        let exported = exported(&config, program);
        let mut impossible = exported
            .verdicts
            .iter()
            .filter(|verdict| verdict.verdict == Fidelity::Impossible);
        assert!(
            impossible.any(|verdict| verdict.field == field),
            "{text}: {:?}",
            exported.verdicts
        );
        assert_eq!(exported.text, None, "{text}");
    }
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
        (
            by_hostname,
            "'10.0.0.1:80'",
            "envoy.lb: { hash_key: \"10.0.0.1:80\" }",
        ),
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
        verdicts.contains("f:8: lb_endpoints") && verdicts.contains("hashes the address"),
        "{verdicts}"
    );
    let by_hostname =
        "  common_lb_config: {consistent_hashing_lb_config: {use_hostname_for_hashing: true}}\n";
    let (read, _) = cluster(&format!("  type: STRICT_DNS\n{by_hostname}"), named);
    let hostname = read.unwrap().backends[0].attributes().hostname.clone();
    assert_eq!(hostname.as_deref(), Some("a.example"));
    let (read, verdicts) = cluster(by_hostname, "{pipe: {path: /a.sock}}");
    assert!(
        read.is_none() && verdicts.contains("no hostname"),
        "{verdicts}"
    );
}

#[test]
fn a_label_is_not_cut_where_a_name_is() {
    let pool = "p:\n  servers: ['127.0.0.1:1:1 a:11211', '127.0.0.1:2:1 b', '::1:3:1']\n";
    let config = imported(pool).config.unwrap();
    let names: Vec<_> = config.backends.iter().map(Backend::name).collect();
    assert_eq!(names, ["a:11211:11211", "b", "::1:3"]);
    let text = exported(&config, Program::Twemproxy).text.unwrap();
    assert!(
        text.contains("\"127.0.0.1:1:1 a:11211\"") && text.contains("\"::1:3:1 ::1:3\""),
        "{text}"
    );
}

#[test]
fn haproxy_sections_inherit_from_those_they_name() {
    let text = "\
defaults base
  balance leastconn
  default-server backup weight 2
defaults other
  balance first
defaults web from base
  option allbackups
  no option allbackups
backend app from web
  server a tcp4@10.0.0.1:80 no-backup
  server b 10.0.0.2:80
";
    let config = imported(text).config.unwrap();
    assert_eq!(config.algorithm.name, "haproxy-leastconn");
    let backups: Vec<_> = config.backends.iter().map(Backend::is_backup).collect();
    assert_eq!(backups, [false, true]);
    assert_eq!(config.backends[0].weight().get(), 2);
}

/// A bound goes over to a program that has one, and is never lost without a word.
#[test]
fn options_of_another_program_are_not_lost_without_a_word() {
    let of = |algorithm: &str, options: &str, program| {
        let text = format!(
            "algorithm: {algorithm}\noptions: {{{algorithm}: {{{options}}}}}\nbackends: ['10.0.0.1:80', '10.0.0.2:80']\n"
        );
        let exported = exported(&config(&text), program);
        (
            exported.text.unwrap_or_default(),
            exported.verdicts.lines(""),
        )
    };
    let haproxy = "haproxy-hash-consistent";
    let (text, lines) = of(haproxy, "hash_balance_factor: 150", Program::Envoy);
    assert!(text.contains("hash_balance_factor: 150"), "{text}");
    assert!(
        lines.contains("approximate  options.hash_balance_factor"),
        "{lines}"
    );
    let (text, _) = of("envoy-maglev", "hash_balance_factor: 150", Program::Haproxy);
    assert!(text.contains("hash-balance-factor 150"), "{text}");
    let (text, lines) = of(haproxy, "hash_balance_factor: 150", Program::Nginx);
    assert!(
        text.is_empty() && lines.contains("impossible   options.hash_balance_factor"),
        "{lines}"
    );
    let (_, lines) = of(haproxy, "function: djb2", Program::Nginx);
    assert!(
        lines.contains("approximate  options.function") && lines.contains("djb2 is left out"),
        "{lines}"
    );
}

/// A section alone goes into a configuration that is there, and is read as the same.
#[test]
fn a_section_can_be_written_alone() {
    for (program, algorithm, first) in [
        (Program::Nginx, "nginx-hash-consistent", "upstream pool {"),
        (Program::Haproxy, "haproxy-hash-consistent", "backend pool"),
        (Program::Envoy, "envoy-maglev", "- name: \"pool\""),
        (Program::Twemproxy, "twemproxy-ketama", "pool:"),
    ] {
        let config = config(&format!(
            "algorithm: {algorithm}\nbackends: ['10.0.0.1:80', {{name: '10.0.0.2:80', weight: 2}}]\n"
        ));
        let wiring = Wiring {
            section_only: true,
            ..wiring(&config)
        };
        let text = export(&config, program, &wiring).text.unwrap();
        assert_eq!(text.lines().nth(1), Some(first), "{text}");
        let whole = match program {
            Program::Envoy => format!("clusters:\n{text}"),
            _ => text,
        };
        let back = imported(&whole).config.unwrap();
        let print = |config: &Config| config.balancer().unwrap().fingerprint();
        assert_eq!(print(&back), print(&config), "{whole}");
    }
}

/// A config that no program has stands in for nothing silently: how alike it is is measured.
#[test]
fn what_stands_in_says_how_alike_it_is() {
    let servers = "backends: ['10.0.0.1:11211', '10.0.0.2:11211', '10.0.0.3:11211']\n";
    for (algorithm, program, reason) in [
        (
            "libmemcached-ketama-weighted",
            Program::Twemproxy,
            "all of 10000 keys reach",
        ),
        ("crc15-modulo", Program::Twemproxy, "twemproxy-modula"),
        ("pingora-ketama", Program::Nginx, "all of 10000 keys reach"),
        ("maglev", Program::Envoy, "envoy-maglev"),
        ("least-connections", Program::Nginx, "nginx-least-conn"),
        (
            "power-of-two-choices",
            Program::Haproxy,
            "draws or counts by itself",
        ),
    ] {
        let config = config(&format!("algorithm: {algorithm}\n{servers}"));
        let exported = exported(&config, program);
        let lines = exported.verdicts.lines("");
        assert!(
            lines.contains("approximate  algorithm") && lines.contains(reason),
            "{lines}"
        );
        assert!(exported.text.is_some());
    }
}
