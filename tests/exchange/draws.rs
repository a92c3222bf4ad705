//! Configs of other programs, drawn.

use std::num::NonZeroU32;

use evenkeel::config::Config;
use evenkeel::exchange::Program;
use evenkeel_algorithms::{Attributes, Backend, Number, Weight};
use proptest::prelude::*;

use super::support::config;

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

pub(crate) fn configs() -> impl Strategy<Value = (Program, Config)> {
    let backends = (1usize..=7).prop_flat_map(|count| (1..=count).map(backend).collect::<Vec<_>>());
    (algorithm(), backends).prop_filter_map("cannot be built", |((program, text), backends)| {
        let read = config(&format!("{text}backends: [a]\n"));
        let config = Config { backends, ..read };
        config.balancer().is_ok().then_some((program, config))
    })
}
