//! What another program would do otherwise is said.

use evenkeel::exchange::{Fidelity, Program};

use super::support::{config, exported};

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
        lines.contains("approximate  options.function") && lines.contains("djb2 is omitted"),
        "{lines}"
    );
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

/// The counterpart would follow the weights that the strategy ignores.
#[test]
fn ignored_weights_are_omitted() {
    let backends = "backends: [{name: '10.0.0.1:80', weight: 4}, '10.0.0.2:80']";
    let ignoring = config(&format!("algorithm: pymemcache-rendezvous\n{backends}"));
    let exported = self::exported(&ignoring, Program::Nginx);
    assert!(!exported.text.unwrap().contains("weight="));
    let of_weight = |of: &evenkeel::exchange::Verdict| of.field == "backends.weight";
    let verdict = exported.verdicts.iter().find(|of| of_weight(of)).unwrap();
    assert_eq!(verdict.verdict, Fidelity::Approximate);
    let following = config(&format!("algorithm: rendezvous\n{backends}"));
    let exported = self::exported(&following, Program::Nginx);
    assert!(exported.text.unwrap().contains("weight=4"));
}
