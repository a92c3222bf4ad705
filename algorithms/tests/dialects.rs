//! Dialects at the limits of what a config can express: they answer or reject it, and never panic.

use super::common::{backend, name};
use evenkeel_algorithms::dialect::CARDS;
use evenkeel_algorithms::{Backend, Card, Key, LoadBalancer, Options, Pool, Registry, Seed};

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

/// Asks where all keys go, traced and untraced.
fn ask(balancer: &LoadBalancer) {
    let profile = balancer.snapshot().profile();
    for key in KEYS.map(Some).into_iter().chain([None]) {
        let routed = balancer.route(key);
        let traced = balancer.trace(key, &[], &mut |_| ());
        if profile.key == Key::Required && !profile.in_flight {
            assert_eq!(routed.map(|it| it.slot()), traced.map(|it| it.slot()));
        }
    }
}

fn at_the_edges(dialect: &Card, backends: Vec<Backend>) {
    let algorithm = dialect.algorithm(Seed::DEFAULT, &Options::default());
    let names: Vec<_> = backends.iter().map(Backend::shared_name).collect();
    let Ok(balancer) = LoadBalancer::new(algorithm, Pool::new(backends).expect("a sound pool"))
    else {
        return;
    };
    ask(&balancer);
    for out in &names {
        balancer.set_healthy(out, false).unwrap();
        ask(&balancer);
    }
    let panics = balancer.snapshot().balancer().overrides_health();
    if let Some(back) = names.last().filter(|_| !panics) {
        balancer.set_healthy(back, true).unwrap();
        assert_eq!(name(balancer.route(Some(b"k"))), **back, "{dialect}");
    }
}

#[test]
fn unusual_pools_and_keys_cause_no_panic() {
    for dialect in CARDS.iter().flat_map(|group| group.iter()) {
        pools()
            .into_iter()
            .for_each(|backends| at_the_edges(dialect, backends));
    }
}

/// Returns the backend to which a dialect sends a key.
fn routed(dialect: &str, names: &[&str], key: &[u8]) -> String {
    let dialect = Registry::builtin().named(dialect).expect("a dialect");
    let algorithm = dialect.algorithm(Seed::DEFAULT, &Options::default());
    let pool = Pool::new(names.iter().copied()).expect("a sound pool");
    let balancer = LoadBalancer::new(algorithm, pool).expect("a sound balancer");
    let ticket = balancer.route(Some(key)).expect("a backend");
    ticket.backend().name().to_owned()
}

#[test]
fn twemproxy_sorts_its_servers_whatever_their_order_is() {
    let sorted = ["10.0.0.9:11211", "10.0.0.12:11211", "10.0.0.1:8080"];
    let [a, b, c] = sorted;
    for key in 0..100 {
        let key = format!("key:{key}");
        let expected = routed("twemproxy-modula", &sorted, key.as_bytes());
        let listed = routed("twemproxy-modula", &[c, b, a], key.as_bytes());
        assert_eq!(listed, expected, "{key}");
    }
    // They share a point, which this key selects. nutcracker 0.5.0 gives this answer in both orders.
    let [first, second] = ["127.0.0.1:31066", "127.0.0.1:31795"];
    assert_eq!(
        routed("twemproxy-ketama", &[first, second], b"k23200"),
        first
    );
    assert_eq!(
        routed("twemproxy-ketama", &[second, first], b"k23200"),
        first
    );
}
