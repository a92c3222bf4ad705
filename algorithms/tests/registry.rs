//! Properties of all algorithms together.

use std::collections::BTreeSet;

use super::common::{backends, keys, subjects};
use evenkeel_algorithms::contract::Subject;
use evenkeel_algorithms::strategy::ketama;
use evenkeel_algorithms::{Backend, Cost, Hashing, Step};
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

const WEIGHTS: [u64; 8] = [1, 2, 3, 1, 5, 2, 1, 4];

/// Returns every algorithm in each wrapper that fits it, not relayed.
fn direct() -> impl Iterator<Item = &'static Subject> {
    subjects::all().filter(|subject| !subject.is_relayed())
}

fn fingerprint(subject: &Subject, backends: &[Backend]) -> u64 {
    subject.balancer(backends).unwrap().fingerprint()
}

#[test]
fn every_strategy_has_a_fingerprint_of_its_own() {
    let members = backends(&WEIGHTS);
    let all: Vec<_> = direct()
        .map(|subject| fingerprint(subject, &members))
        .collect();
    let distinct: BTreeSet<_> = all.iter().collect();
    assert_eq!(all.len(), distinct.len());
}

#[test]
fn a_thousand_shuffles_of_a_pool_have_one_fingerprint() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    for subject in direct().filter(|subject| subject.profile().order_free) {
        let mut members = backends(&WEIGHTS);
        let expected = fingerprint(subject, &members);
        for _ in 0..1_000 {
            members.shuffle(&mut random);
            assert_eq!(fingerprint(subject, &members), expected, "{subject}");
        }
    }
}

#[test]
fn balancers_report_their_memory() {
    for subject in subjects::all() {
        let balancer = subject.balancer(&backends(&WEIGHTS)).unwrap();
        let holds_nothing = balancer.snapshot().balancer().memory() == 0;
        // Where an answer follows from the key and the number of backends, nothing is built.
        assert!(
            !holds_nothing || subject.card().build == Cost::CONSTANT,
            "{subject}"
        );
    }
}

#[test]
fn the_ring_reports_the_point_of_a_key() {
    let point = |key: [u8; 8]| u128::from(Hashing::default().key(&key) >> 32);
    let expected: Vec<_> = keys(0..100).map(point).collect();
    for subject in [
        Subject::new(&ketama::CARD),
        Subject::new(&ketama::CARD).relayed(),
    ] {
        let balancer = subject.balancer(&backends(&WEIGHTS)).unwrap();
        let mut hashes = Vec::new();
        for key in keys(0..100) {
            let mut tell = |step: Step<'_>| {
                if let Step::Hash { hash, .. } = step {
                    hashes.push(hash);
                }
            };
            drop(balancer.trace(Some(&key), &[], &mut tell));
        }
        assert_eq!(hashes, expected, "{subject}");
    }
}
