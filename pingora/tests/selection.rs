//! Pingora's load balancer selects the same backends as our own, for every strategy and any weights.

use std::collections::BTreeSet;
use std::sync::Arc;

use evenkeel_algorithms::strategy::{CARDS, anchor, bounded_load::Factor};
use evenkeel_algorithms::{
    self as evenkeel, Algorithm, Anchor, BoundedLoad, Card, Ketama, Key, LeastConnections, Options,
    Pool, Rendezvous, RoundRobin, Seed, Weight,
};
use evenkeel_pingora::{Config, ConfigError, Selection};
use futures::FutureExt;
use pingora_load_balancing::discovery::Static;
use pingora_load_balancing::selection::{BackendIter, BackendSelection};
use pingora_load_balancing::{Backend, Backends, LoadBalancer};

const WEIGHTS: [usize; 6] = [1, 2, 5, 1, 3, 1];

fn addresses() -> impl Iterator<Item = (String, usize)> {
    let weights = WEIGHTS.into_iter().enumerate();
    weights.map(|(number, weight)| (format!("10.0.0.{number}:80"), weight))
}

fn backends(addresses: impl Iterator<Item = (String, usize)>) -> BTreeSet<Backend> {
    let backend = |(address, weight): (String, usize)| Backend::new_with_weight(&address, weight);
    addresses
        .map(|described| backend(described).unwrap())
        .collect()
}

fn ours(
    algorithm: impl Algorithm + 'static,
    addresses: impl Iterator<Item = (String, usize)>,
) -> evenkeel::LoadBalancer {
    let balancer = evenkeel::LoadBalancer::new(algorithm, Pool::new([""; 0]).unwrap()).unwrap();
    balancer.update(described(addresses)).unwrap();
    balancer
}

fn described(addresses: impl Iterator<Item = (String, usize)>) -> Vec<evenkeel::Backend> {
    let described = addresses.map(|(address, weight)| {
        evenkeel::Backend::new(address).with_weight(Weight::new(weight as u64).unwrap())
    });
    described.collect()
}

fn keyed() -> impl Iterator<Item = &'static Card> {
    let is_keyed = |card: &&&Card| {
        let algorithm = card.algorithm(Seed::DEFAULT, &Options::default());
        algorithm.profile().key == Key::Required
    };
    CARDS.iter().filter(is_keyed).copied()
}

fn algorithm(card: &Card) -> Box<dyn Algorithm> {
    card.algorithm(Seed(3), &Options::default())
}

fn keys() -> impl Iterator<Item = [u8; 4]> {
    (0..300u32).map(u32::to_le_bytes)
}

fn owners(selection: &Arc<Selection>, key: &[u8]) -> Vec<String> {
    let mut owners = selection.iter(key);
    let next = || owners.next().map(|backend| backend.addr.to_string());
    std::iter::from_fn(next).collect()
}

fn names(balancer: &evenkeel::LoadBalancer, key: &[u8]) -> Vec<String> {
    let owners = balancer.owners(key, 10).unwrap();
    owners.iter().map(|owner| owner.name().to_owned()).collect()
}

#[test]
fn every_key_goes_where_our_own_load_balancer_sends_it() {
    for card in keyed() {
        let config = Config::new(algorithm(card)).unwrap();
        let discovered = Backends::new(Static::new(backends(addresses())));
        let theirs = LoadBalancer::<Selection>::from_backends_with_config(discovered, Some(config));
        theirs.update().now_or_never().unwrap().unwrap();
        let ours = ours(algorithm(card), addresses());
        for key in keys() {
            let expected = names(&ours, &key);
            let selected = theirs.select(&key, 1).unwrap();
            assert_eq!(selected.addr.to_string(), expected[0], "{}", card.name);
            // The first is out of order: the next owner.
            let taken = theirs.select_with(&key, 10, |backend, _| *backend != selected);
            assert_eq!(
                taken.unwrap().addr.to_string(),
                expected[1],
                "{}",
                card.name
            );
        }
    }
}

#[test]
fn the_owners_are_all_backends_in_our_order_after_every_change() {
    for card in keyed() {
        let config = Config::new(algorithm(card)).unwrap();
        let ours = ours(algorithm(card), addresses());
        let all = || addresses();
        let fewer = || addresses().filter(|(address, _)| address != "10.0.0.2:80");
        let steps: [Vec<_>; 4] = [
            all().collect(),
            fewer().collect(),
            all().collect(),
            fewer().collect(),
        ];
        for step in steps {
            let selection = Selection::build_with_config(&backends(step.iter().cloned()), &config);
            ours.update(described(step.into_iter())).unwrap();
            let selection = Arc::new(selection);
            for key in keys() {
                assert_eq!(
                    owners(&selection, &key),
                    names(&ours, &key),
                    "{}",
                    card.name
                );
            }
        }
    }
}

#[test]
fn without_a_config_it_is_a_ring() {
    let theirs = LoadBalancer::<Selection>::try_from_iter(addresses().map(|(address, _)| address));
    let theirs = theirs.unwrap();
    let equal = addresses().map(|(address, _)| (address, 1));
    let ours = ours(Ketama::default(), equal);
    for key in keys() {
        let selected = theirs.select(&key, 1).unwrap().addr.to_string();
        assert_eq!(selected, names(&ours, &key)[0]);
    }
    let nobody = Arc::new(Selection::build(&BTreeSet::new()));
    assert!(owners(&nobody, b"key").is_empty());
}

#[test]
fn weight_zero_gets_nothing_and_a_huge_weight_is_the_largest() {
    let config = || Config::new(Rendezvous::default()).unwrap();
    let some = [
        ("10.0.0.1:80", 0),
        ("10.0.0.2:80", usize::MAX),
        ("10.0.0.3:80", 1),
    ];
    // Of one address, the heavier counts.
    let twice = some.into_iter().chain([("10.0.0.2:80", 1)]);
    let set = backends(twice.map(|(address, weight)| (address.to_owned(), weight)));
    let selection = Arc::new(Selection::build_with_config(&set, &config()));
    for key in keys() {
        assert_eq!(owners(&selection, &key), ["10.0.0.2:80", "10.0.0.3:80"]);
    }
}

#[test]
fn a_set_that_does_not_fit_leaves_the_remaining_backends() {
    let options = anchor::Options {
        capacity: Some(anchor::Capacity::new(3).unwrap()),
    };
    let config = Config::new(Anchor::new(Seed::DEFAULT, options)).unwrap();
    let numbered = |numbers: std::ops::Range<usize>| {
        backends(numbers.map(|number| (format!("10.0.0.{number}:80"), 1)))
    };
    let before = Arc::new(Selection::build_with_config(&numbered(0..3), &config));
    let after = Arc::new(Selection::build_with_config(&numbered(1..9), &config));
    for key in keys() {
        let mut expected = owners(&before, &key);
        assert_eq!(expected.len(), 3);
        expected.retain(|owner| owner != "10.0.0.0:80");
        assert_eq!(owners(&after, &key), expected);
    }
}

#[test]
fn only_strategies_by_key_alone_are_accepted() {
    let error = |algorithm: Box<dyn Algorithm>| Config::new(algorithm).unwrap_err();
    assert_eq!(error(Box::new(RoundRobin)), ConfigError::WithoutKey);
    assert_eq!(error(Box::new(LeastConnections)), ConfigError::WithoutKey);
    let bounded = BoundedLoad::new(Ketama::default(), Factor::new(1.25).unwrap());
    assert_eq!(error(Box::new(bounded)), ConfigError::InFlight);
}
