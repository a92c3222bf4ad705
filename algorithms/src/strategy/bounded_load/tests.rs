use std::collections::BTreeSet;

use super::*;
use crate::backend::Weight;
use crate::option::MILLIONTHS;
use crate::strategy::ketama;
use crate::{Backend, Ketama, LoadBalancer, Maglev, Rendezvous, RouteError, Ticket};
use proptest::collection;
use proptest::prelude::{Just, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

/// The counts are ahead of their sum, as when threads have counted but not yet reported: still one backend has room.
#[test]
fn a_lagging_sum_rejects_no_request() {
    for overflow in [Overflow::Walk, Overflow::Rehash] {
        let pool = Pool::new(["a", "b"]).unwrap();
        let factor = Factor::new(1.).unwrap();
        let bounded = BoundedLoad::new(Rendezvous::default(), Options { factor, overflow });
        let bounded = bounded.built(&pool, None).unwrap();
        let raised = [Slot(0), Slot(1), Slot(1)];
        assert!(raised.iter().all(|&slot| pool.member(slot).raise()));
        for key in 0..100u8 {
            assert_eq!(bounded.pick(&Pick::new(&pool, Some(&[key]))), Some(Slot(0)));
        }
    }
}

#[test]
fn an_algorithm_without_a_key_takes_no_bound() {
    let bounded = BoundedLoad::new(crate::RoundRobin, Factor::new(2.).unwrap());
    let error = LoadBalancer::new(bounded, Pool::new(["a"]).unwrap()).unwrap_err();
    assert_eq!(error, BuildError::BoundedLoadWithoutKey);
}

/// The only backend with room was tried: the bound still holds.
#[test]
fn a_bound_is_not_broken_for_a_retry() {
    let bounded = BoundedLoad::new(Rendezvous::default(), Factor::new(1.).unwrap());
    let balancer = LoadBalancer::new(bounded, Pool::new(["a", "b"]).unwrap()).unwrap();
    let first = balancer.route(Some(b"k")).unwrap();
    let second = if first.backend().name() == "a" {
        "b"
    } else {
        "a"
    };
    let error = balancer.retry(Some(b"k"), &[second]).unwrap_err();
    assert_eq!(error, RouteError::NoBackend);
    assert!(
        balancer
            .retry(Some(b"k"), &[first.backend().name()])
            .is_ok()
    );
}

/// A backend at its own cap does not count for the mean by which the others are bounded.
#[test]
fn a_full_backend_does_not_bound_the_others() {
    let capped = Backend::new("a").with_max_in_flight(std::num::NonZeroU32::MIN);
    let backends = [capped, Backend::new("b"), Backend::new("c")];
    let bounded = BoundedLoad::new(Ketama::default(), Factor::new(1.).unwrap());
    let balancer = LoadBalancer::new(bounded, Pool::new(backends).unwrap()).unwrap();
    let tickets: Vec<_> = (0..31u8).map(|key| balancer.route(Some(&[key]))).collect();
    assert!(tickets.iter().all(Result::is_ok));
    assert_eq!(balancer.in_flight("a"), Some(1));
    assert_eq!(balancer.in_flight("b"), balancer.in_flight("c"));
}

/// Returns how many backends get requests when all keys belong to the same one of twenty on a ring of one
/// point each.
fn reached_by_overflow(overflow: Overflow) -> usize {
    let points = ketama::PointsPerWeight::new(1).unwrap();
    let ring = Ketama::new(
        Hashing::default(),
        ketama::Options {
            points_per_weight: points,
        },
    );
    let factor = Factor::new(3.).unwrap();
    let bounded = BoundedLoad::new(ring, Options { factor, overflow });
    let pool = Pool::new((0..20).map(|name| name.to_string())).unwrap();
    let balancer = LoadBalancer::new(bounded, pool).unwrap();
    let owner = |key: &u32| balancer.owners(&key.to_le_bytes(), 1).unwrap()[0].clone();
    let hot = owner(&0);
    // Before any request is in flight.
    let keys: Vec<u32> = (0..).filter(|key| owner(key) == hot).take(500).collect();
    let route = |key: u32| balancer.route(Some(&key.to_le_bytes())).unwrap();
    let open: Vec<Ticket> = keys.into_iter().map(route).collect();
    let names = open.iter().map(|ticket| ticket.backend().name().to_owned());
    names.collect::<BTreeSet<_>>().len()
}

/// A walk fills one backend after another up to the bound, 3/20 of the requests.
#[test]
fn rehashing_avoids_the_cascade_of_a_walk() {
    assert_eq!(reached_by_overflow(Overflow::Walk), 7);
    assert!(reached_by_overflow(Overflow::Rehash) > 15);
}

/// Computes ⌈c · m · w / W⌉ with the division that the pick avoids.
fn cap(millionths: u128, requests: u128, weight: u128, weights: u128) -> u128 {
    (millionths * requests * weight).div_ceil(weights * u128::from(MILLIONTHS))
}

proptest! {
    /// A few keys are hot, backends join and leave, requests end: each placement is within the bound, and one is always
    /// found.
    #[test]
    fn no_placement_exceeds_the_cap(
        weights in collection::vec(1..6u64, 1..9),
        factor in 1_000_000..3_000_000u32,
        events in collection::vec((any::<u8>(), any::<u8>()), 1..300),
        kind in 0..3usize,
        overflow in prop_oneof![Just(Overflow::Walk), Just(Overflow::Rehash)],
    ) {
        let inner: [Box<dyn Algorithm>; 3] = [
            Box::new(Ketama::default()),
            Box::new(Maglev::default()),
            Box::new(Rendezvous::default()),
        ];
        let inner = inner.into_iter().nth(kind).unwrap();
        let backend = |(index, &weight): (usize, &u64)| {
            Backend::new(index.to_string()).with_weight(Weight::new(weight).unwrap())
        };
        let pool = Pool::new(weights.iter().enumerate().map(backend)).unwrap();
        let factor = Factor::new(f64::from(factor) / f64::from(MILLIONTHS)).unwrap();
        let balancer = LoadBalancer::new(BoundedLoad::new(inner, Options { factor, overflow }), pool).unwrap();
        let mut open: Vec<Ticket> = Vec::new();
        for (event, detail) in events {
            let detail = usize::from(detail);
            match event % 8 {
                0 if !open.is_empty() => drop(open.swap_remove(detail % open.len())),
                1 => {
                    let name = (detail % weights.len()).to_string();
                    balancer.set_healthy(&name, event % 16 == 1).unwrap();
                }
                _ => {}
            }
            let snapshot = balancer.snapshot();
            let pool = snapshot.pool();
            let active = || pool.slots().filter(|&slot| pool.is_active(slot));
            let Ok(ticket) = balancer.route(Some(&[event % 4])) else {
                prop_assert_eq!(active().count(), 0);
                continue;
            };
            let requests = active().map(|slot| u128::from(pool.in_flight(slot))).sum();
            let weights = active().map(|slot| u128::from(pool.weight(slot).get())).sum();
            let weight = ticket.backend().weight().get().into();
            let most = cap(factor.millionths().into(), requests, weight, weights);
            prop_assert!(u128::from(pool.in_flight(ticket.slot())) <= most);
            open.push(ticket);
        }
    }
}
