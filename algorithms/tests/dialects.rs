//! Dialects at the edges of what a config can say: they answer or refuse, and never panic.
#![cfg(feature = "dialects")]

mod common;

use common::{backend, name};
use evenkeel_algorithms::dialect::DIALECTS;
use evenkeel_algorithms::{Algorithm, Backend, Balancer, Key, LoadBalancer, Options, Pool, Seed};

const KEYS: [&[u8]; 9] = [
    b"",
    b"k",
    b"\xFF\xFE",
    &[b'k'; 1_000],
    b"192.0.2.1",
    b"2001:db8::1",
    b"192.0.2.1:40000,443,tcp",
    b"{}",
    b"|#|",
];

fn pools() -> [Vec<Backend>; 5] {
    let odd = [
        "[::1]:80",
        "unix:/run/a",
        "é",
        "a:99999",
        "127.0.0.1:",
        ":",
        "/",
    ];
    [
        vec![],
        vec![backend("a", 1)],
        vec![backend("a", 1_000_000)],
        vec![
            backend("a", 1),
            backend("b", 1_000_000),
            backend("c", 999_999),
        ],
        odd.map(|name| backend(name, 3)).into(),
    ]
}

/// Where all keys go, traced or not.
fn ask(balancer: &LoadBalancer) {
    let profile = balancer.snapshot().strategy().profile();
    for key in KEYS.map(Some).into_iter().chain([None]) {
        let routed = balancer.route(key);
        let traced = balancer.trace(key, &[], &mut |_| ());
        if profile.key == Key::Required && !profile.in_flight {
            assert_eq!(routed.map(|it| it.slot()), traced.map(|it| it.slot()));
        }
    }
}

fn at_the_edges(dialect: &Algorithm, backends: Vec<Backend>) {
    let strategy = dialect.strategy(Seed::DEFAULT, &Options::default());
    let names: Vec<_> = backends.iter().map(Backend::shared_name).collect();
    let Ok(balancer) = LoadBalancer::new(strategy, Pool::new(backends).expect("a sound pool"))
    else {
        return;
    };
    ask(&balancer);
    for out in &names {
        balancer.set_eligible(out, false);
        ask(&balancer);
    }
    let panics = balancer.snapshot().strategy().profile().panics;
    if let Some(back) = names.last().filter(|_| !panics) {
        balancer.set_eligible(back, true);
        assert_eq!(name(balancer.route(Some(b"k"))), **back, "{dialect}");
    }
}

#[test]
fn no_pool_and_no_key_is_too_odd() {
    for dialect in DIALECTS.iter().flat_map(|group| group.iter()) {
        pools()
            .into_iter()
            .for_each(|backends| at_the_edges(dialect, backends));
    }
}
