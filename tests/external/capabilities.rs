//! What programs can do is found by asking.

use evenkeel_algorithms::strategy::{ketama, least_connections, round_robin};
use evenkeel_algorithms::{Backend, BackendField, Field, Key, LoadBalancer, Pool, Weight};

use super::support::{algorithm, balancer, native, python, route, serve};

#[test]
fn what_serve_can_do_is_that_of_its_strategy() {
    for (config, key, in_flight, order_free, history) in [
        ("ketama", Key::Required, false, true, false),
        ("anchor", Key::Required, false, true, true),
        ("redis-cluster", Key::Required, false, false, false),
        ("pingora-ketama", Key::Required, false, true, false),
        ("nginx-ip-hash", Key::Optional, false, false, false),
        ("bounded-load", Key::Required, true, true, false),
        ("least-connections", Key::Unused, true, false, false),
        ("power-of-two-choices", Key::Unused, true, false, false),
        ("round-robin", Key::Unused, false, false, false),
        ("random", Key::Unused, false, false, false),
    ] {
        let profile = algorithm(&serve(&format!("configs/{config}.yaml"))).profile();
        assert_eq!(profile.key, key, "{config}");
        assert_eq!(profile.in_flight, in_flight, "{config}");
        assert_eq!(profile.order_free, order_free, "{config}");
        assert_eq!(profile.history, history, "{config}");
        assert!(profile.weighted && !profile.minimal, "{config}");
        assert!(!profile.rebuilt_on_health && !profile.on_change, "{config}");
    }
}

const NAMES: [&str; 5] = ["a", "b", "c", "d", "e"];

#[test]
fn health_retries_and_owners_are_those_of_the_strategy() {
    let served = balancer(&serve("configs/ketama.yaml"), &NAMES).unwrap();
    let ours = native(&ketama::CARD, &NAMES);
    for health in [true, false, true] {
        for balancer in [&served, &ours] {
            balancer.set_healthy("b", health).unwrap();
        }
        for number in 0..50 {
            let key = format!("key-{number}");
            let expected = route(&ours, &key).unwrap();
            assert_eq!(route(&served, &key).unwrap(), expected, "{key}");
            let retry = |balancer: &LoadBalancer| {
                let ticket = balancer.retry(Some(key.as_bytes()), &[&expected]).unwrap();
                ticket.backend().name().to_owned()
            };
            assert_eq!(retry(&served), retry(&ours), "{key}");
            let key = key.as_bytes();
            assert_eq!(served.owners(key, 5), ours.owners(key, 5));
        }
    }
}

#[test]
fn turns_are_those_of_the_strategy() {
    let served = balancer(&serve("configs/round-robin.yaml"), &NAMES).unwrap();
    let ours = native(&round_robin::CARD, &NAMES);
    for _ in 0..12 {
        assert_eq!(route(&served, "any"), route(&ours, "any"));
    }
}

/// Holds some requests, releases them in turn, and says where each went.
fn with_some_open(balancer: &LoadBalancer) -> Vec<String> {
    let (mut open, mut went) = (Vec::new(), Vec::new());
    for number in 0..60 {
        let ticket = balancer.route(None).unwrap();
        went.push(ticket.backend().name().to_owned());
        open.push(ticket);
        if number % 3 == 2 {
            open.remove(number % open.len()).release();
        }
    }
    went
}

#[test]
fn a_program_counts_itself_if_it_is_not_to_be_told() {
    let ours = with_some_open(&native(&least_connections::CARD, &NAMES));
    let served = balancer(&serve("configs/least-connections.yaml"), &NAMES).unwrap();
    assert_eq!(with_some_open(&served), ours);
    let Some(command) = python("tests/external/programs/counting.py") else {
        return;
    };
    let profile = algorithm(&command).profile();
    assert!(profile.in_flight && profile.on_change && profile.rebuilt_on_health);
    assert_eq!(with_some_open(&balancer(&command, &NAMES).unwrap()), ours);
}

#[test]
fn a_program_that_is_not_told_of_health_is_started_again() {
    let Some(command) = python("tests/external/programs/counting.py") else {
        return;
    };
    let balancer = balancer(&command, &NAMES).unwrap();
    balancer.set_healthy("a", false).unwrap();
    assert_eq!(route(&balancer, "any").unwrap(), "b");
    balancer.set_healthy("a", true).unwrap();
    assert_eq!(route(&balancer, "any").unwrap(), "a");
}

#[test]
fn a_program_without_weights_is_built_for_equal_ones_only() {
    let Some(command) = python("tests/external/programs/wrong.py") else {
        return;
    };
    let heavy = |weight| {
        let weight = Weight::new(weight).unwrap();
        Backend::new("heavy").with_weight(weight)
    };
    let algorithm = algorithm(&command);
    assert!(!algorithm.profile().weighted);
    let built = |other| {
        let pool = Pool::new([heavy(2), heavy(other).with_name("other")]).unwrap();
        algorithm.build(&pool, None).map(drop)
    };
    built(2).unwrap();
    let error = built(3).unwrap_err();
    assert!(
        error.to_string().contains("does not support weights"),
        "{error}"
    );
    let expected = Field::Backend {
        name: "other",
        field: BackendField::Weight,
    };
    assert_eq!(error.field(), expected);
}
