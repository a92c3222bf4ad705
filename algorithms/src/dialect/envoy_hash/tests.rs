use super::*;
use crate::algorithm::carried;
use crate::{Attributes, Backend, BuildError, Card, LoadBalancer, Options, Pool, Seed};

fn balancer(card: &Card, options: &Options, backends: Vec<Backend>) -> LoadBalancer {
    let algorithm = card.algorithm(Seed::DEFAULT, options);
    LoadBalancer::new(algorithm, Pool::new(backends).unwrap()).unwrap()
}

fn name(balancer: &LoadBalancer, key: &[u8]) -> String {
    balancer
        .route(Some(key))
        .unwrap()
        .backend()
        .name()
        .to_owned()
}

fn named(names: &[&str]) -> Vec<Backend> {
    names.iter().map(|&name| Backend::new(name)).collect()
}

#[test]
fn panic_routing_picks_unhealthy_hosts() {
    for card in [&RING, &MAGLEV] {
        let balancer = balancer(card, &Options::default(), named(&["a", "b", "c"]));
        let keys: Vec<_> = (0..100u8).map(|key| [key]).collect();
        let before: Vec<_> = keys.iter().map(|key| name(&balancer, key)).collect();
        balancer.set_healthy("a", false).unwrap();
        assert!(keys.iter().all(|key| name(&balancer, key) != "a"));
        balancer.set_healthy("b", false).unwrap();
        let snapshot = balancer.snapshot();
        let built = carried::<Built>(Some(snapshot.balancer()));
        assert!(built.is_some_and(Built::is_panicking));
        let panicking: Vec<_> = keys.iter().map(|key| name(&balancer, key)).collect();
        assert_eq!(panicking, before);
    }
}

#[test]
fn a_host_without_a_point_is_the_last_resort() {
    let mut options = Options::default();
    options.change(RING_SECTION, |own| {
        own.minimum_ring_size = MinimumRingSize::new(1).unwrap();
        own.maximum_ring_size = MaximumRingSize::new(1).unwrap();
    });
    let balancer = balancer(&RING, &options, named(&["a", "b"]));
    assert_eq!(balancer.owners(b"k", 2).unwrap().len(), 2);
}

#[test]
fn other_identities_have_another_fingerprint() {
    let keyed = |key: &str| {
        let attributes = Attributes {
            hash_key: Some(key.into()),
            ..Attributes::default()
        };
        vec![
            Backend::new("a").with_attributes(attributes),
            Backend::new("b"),
        ]
    };
    let [one, other] = ["k1", "k2"].map(|key| balancer(&MAGLEV, &Options::default(), keyed(key)));
    assert_ne!(one.fingerprint(), other.fingerprint());
}

#[test]
fn a_minimum_above_the_maximum_is_refused() {
    let mut options = Options::default();
    options.change(RING_SECTION, |own| {
        own.maximum_ring_size = MaximumRingSize::new(1_000).unwrap();
    });
    let algorithm = RING.algorithm(Seed::DEFAULT, &options);
    let error = algorithm.build(&Pool::new(["a"]).unwrap(), None);
    assert_eq!(
        error.unwrap_err(),
        BuildError::RingSizes {
            least: 1_024,
            most: 1_000
        }
    );
}
