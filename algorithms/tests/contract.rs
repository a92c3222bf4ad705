//! The laws that every algorithm obeys, looped over all of them, each also inside a custom one. What
//! an algorithm promises in its profile decides which laws apply, so a new one is covered unasked.
//! Here are laws 1 to 3 and the order of preference; `shares.rs` has laws 4 and 5 (what moves, and what
//! gets how much), `tickets.rs` law 6 (threads and counts), `histories.rs` random histories.

mod common;

use std::num::NonZeroU32;

use common::{Around, Subject, backend, backends, keys, name, owners, replay, set_healthy, warm};
use evenkeel_algorithms::{
    Backend, Hashing, HealthError, Key, LoadBalancer, RouteError, Seed, Step,
};
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

const WEIGHTS: [u64; 8] = [1, 2, 3, 1, 5, 2, 1, 4];

fn chosen(mask: usize, index: usize) -> bool {
    mask >> index & 1 == 1
}

// Law 1: what is allowed is found, and nothing else.

#[test]
fn whoever_is_allowed_is_found_and_nobody_else_is_picked() {
    for subject in Subject::all() {
        for ineligible in 0..32 {
            let balancer = with_ineligible(subject, ineligible);
            for tried in 0..32 {
                finds_only_the_allowed(&balancer, ineligible, tried, subject);
            }
        }
    }
}

/// Five backends; of those in the mask the odd ones drain and the even ones are unhealthy.
fn with_ineligible(subject: Subject, mask: usize) -> LoadBalancer {
    let drained = backends(&WEIGHTS[..5]).into_iter().enumerate();
    let drained =
        drained.map(|(index, backend)| backend.with_drain(index % 2 == 1 && chosen(mask, index)));
    let balancer = subject.balancer(&drained.collect::<Vec<_>>());
    for index in (0..5).step_by(2) {
        balancer
            .set_healthy(&format!("b{index}"), !chosen(mask, index))
            .unwrap();
    }
    balancer
}

fn finds_only_the_allowed(balancer: &LoadBalancer, ineligible: usize, tried: usize, who: Subject) {
    let names = ["b0", "b1", "b2", "b3", "b4"];
    let excluded = (0..5).filter(|&index| chosen(tried, index));
    let excluded: Vec<_> = excluded.map(|index| names[index]).collect();
    let forbidden = ineligible | tried;
    for key in keys(0..6) {
        let reached = balancer.retry(Some(&key), &excluded);
        let right = match &reached {
            Ok(ticket) => !chosen(forbidden, ticket.slot().index()),
            Err(error) => *error == RouteError::NoBackend && forbidden == 0b11111,
        };
        assert!(
            right,
            "{who:?}: {reached:?}, ineligible {ineligible:b}, tried {tried:b}"
        );
    }
}

#[test]
fn an_empty_pool_routes_nothing_and_later_members_are_found() {
    for subject in Subject::all() {
        let balancer = subject.balancer(&[]);
        let error = || balancer.route(Some(b"k")).unwrap_err();
        assert_eq!(error(), RouteError::NoBackend, "{subject:?}");
        balancer.update(["late"]).unwrap();
        assert_eq!(name(balancer.route(Some(b"k"))), "late", "{subject:?}");
        balancer.update([""; 0]).unwrap();
        assert_eq!(error(), RouteError::NoBackend, "{subject:?}");
    }
}

#[test]
fn a_key_is_asked_for_exactly_where_it_is_needed() {
    for subject in Subject::all() {
        let balancer = subject.balancer(&backends(&WEIGHTS));
        let (routed, owned) = match subject.profile().key {
            Key::Required => (Err(RouteError::KeyRequired), Ok(2)),
            Key::Optional => (Ok(()), Ok(2)),
            Key::Unused => (Ok(()), Err(RouteError::KeyUnused)),
        };
        assert_eq!(balancer.route(None).map(drop), routed, "{subject:?}");
        let owners = balancer.owners(b"k", 2).map(|owners| owners.len());
        assert_eq!(owners, owned, "{subject:?}");
    }
}

// Law 2: the same config and seed, the same answers.

#[test]
fn two_builds_give_the_same_answers() {
    for subject in Subject::all() {
        let answers = || replay(&subject.balancer(&backends(&WEIGHTS)), 500);
        assert_eq!(answers(), answers(), "{subject:?}");
    }
}

#[test]
fn order_free_strategies_answer_alike_in_any_order() {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    for subject in Subject::that(|profile| profile.order_free) {
        let mut members = backends(&WEIGHTS);
        let expected = replay(&subject.balancer(&members), 500);
        for _ in 0..5 {
            members.shuffle(&mut random);
            assert_eq!(
                replay(&subject.balancer(&members), 500),
                expected,
                "{subject:?}"
            );
        }
    }
}

#[test]
fn a_custom_strategy_answers_and_explains_as_the_one_inside() {
    for subject in Subject::all().filter(|subject| subject.custom) {
        let plain = Subject {
            custom: false,
            ..subject
        };
        let [plain, custom] = [plain, subject].map(|subject| subject.balancer(&backends(&WEIGHTS)));
        assert_eq!(
            explained(&plain, subject),
            explained(&custom, subject),
            "{subject:?}"
        );
        let [inside, outside] = [&plain, &custom].map(LoadBalancer::snapshot);
        assert_eq!(inside.balancer().memory(), outside.balancer().memory());
        // A number that follows from the key and the count needs nothing beside.
        let holds_nothing = subject.card.name == "mcrouter-ch3";
        let empty = outside.balancer().memory() == 0;
        assert!(!empty || holds_nothing, "{subject:?}");
        assert_eq!(inside.profile(), outside.profile());
        assert_eq!(replay(&plain, 200), replay(&custom, 200), "{subject:?}");
    }
}

/// Where traced requests went, and the hashes told. It must be where untraced ones go.
fn explained(balancer: &LoadBalancer, subject: Subject) -> (Vec<String>, Vec<u128>) {
    let mut hashes = Vec::new();
    let went = keys(0..100).map(|key| {
        let traced = name(balancer.trace(Some(&key), &[], &mut |step| {
            if let Step::Hash { hash, .. } = step {
                hashes.push(hash);
            }
        }));
        if subject.profile().key == Key::Required {
            assert_eq!(traced, name(balancer.route(Some(&key))));
        }
        traced
    });
    (went.collect(), hashes)
}

#[test]
fn the_ring_tells_the_point_of_a_key() {
    let ketama =
        |subject: &Subject| subject.card.name == "ketama" && subject.around == Around::Nothing;
    let point = |key: [u8; 8]| u128::from(Hashing::default().key(&key) >> 32);
    let expected: Vec<_> = keys(0..100).map(point).collect();
    for subject in Subject::all().filter(ketama) {
        let (_, hashes) = explained(&subject.balancer(&backends(&WEIGHTS)), subject);
        assert_eq!(hashes, expected, "{subject:?}");
    }
}

// Law 3: keyed answers depend on the pool, not on the road to it.

#[test]
fn every_road_to_a_pool_ends_in_the_same_answers() {
    for subject in Subject::keyed() {
        let target = backends(&WEIGHTS);
        for seed in 0..4 {
            let balancer = wandered(subject, &mut ChaCha8Rng::seed_from_u64(seed));
            balancer.update(target.iter().cloned()).unwrap();
            for member in &target {
                balancer.set_healthy(member.name(), true).unwrap();
            }
            warm(&balancer);
            let fresh = subject.twin(&balancer);
            assert_eq!(balancer.fingerprint(), fresh.fingerprint(), "{subject:?}");
            let [went, expected] = [&balancer, &fresh].map(|balancer| replay(balancer, 500));
            assert!(went == expected, "{subject:?}, road {seed}");
        }
    }
}

#[test]
fn whatever_decides_where_keys_go_is_in_the_fingerprint() {
    for subject in Subject::all() {
        let fingerprint = |change: &dyn Fn(&mut Vec<Backend>)| {
            let mut members = backends(&WEIGHTS);
            change(&mut members);
            subject.balancer(&members).fingerprint()
        };
        let edit = |index: usize, edit: fn(Backend) -> Backend| {
            fingerprint(&|members| members[index] = edit(members[index].clone()))
        };
        let same = fingerprint(&|_| ());
        let twice = edit(2, |backend| {
            backend.with_address("10.0.0.1").with_connections(3)
        });
        assert_eq!(same, twice, "{subject:?}");
        let ordered = fingerprint(&|members| members.reverse());
        assert_eq!(same == ordered, subject.profile().order_free, "{subject:?}");
        let mut all = vec![
            same,
            fingerprint(&|members| members.truncate(7)),
            fingerprint(&|members| members[0] = backend("other", 1)),
            edit(1, |backend| backend.with_drain(true)),
            edit(1, |backend| backend.with_backup(true)),
            edit(1, |backend| backend.with_max_in_flight(NonZeroU32::MIN)),
        ];
        let balancer = subject.balancer(&backends(&WEIGHTS));
        balancer.set_healthy("b0", false).unwrap();
        all.push(balancer.fingerprint());
        let reweighted = edit(1, |_| backend("b1", 3));
        if subject.profile().weighted {
            all.push(reweighted);
        } else {
            assert_eq!(reweighted, same, "{subject:?}");
        }
        if subject.native() && subject.profile().key == Key::Required {
            all.push(subject.seeded(Seed(3), &backends(&WEIGHTS)).fingerprint());
        }
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count, "{subject:?}");
    }
}

#[test]
fn every_strategy_has_a_fingerprint_of_its_own() {
    let plain = Subject::all().filter(|subject| !subject.custom);
    let print = |subject: Subject| subject.balancer(&backends(&WEIGHTS)).fingerprint();
    let mut all: Vec<_> = plain.map(print).collect();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!(all.len(), count);
}

#[test]
fn a_thousand_shuffles_of_a_pool_have_one_fingerprint() {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    for subject in Subject::that(|profile| profile.order_free).filter(|subject| !subject.custom) {
        let mut members = backends(&WEIGHTS);
        let expected = subject.balancer(&members).fingerprint();
        for _ in 0..1_000 {
            members.shuffle(&mut random);
            let fingerprint = subject.balancer(&members).fingerprint();
            assert_eq!(fingerprint, expected, "{subject:?}");
        }
    }
}

/// A load balancer after thirty random changes of its pool, health and algorithm.
fn wandered(subject: Subject, random: &mut ChaCha8Rng) -> LoadBalancer {
    let balancer = subject.balancer(&[]);
    for step in 0..30 {
        let mut members = backends(&[1; 12].map(|_: u64| random.random_range(1..=6)));
        members.shuffle(random);
        members.truncate(random.random_range(0..=12));
        balancer.update(members).unwrap();
        let name = format!("b{}", random.random_range(0..12));
        set_healthy(&balancer, &name, step % 2 == 0);
        if step % 10 == 5 {
            let detour = Subject::all().nth(step / 10).unwrap();
            balancer.set_algorithm(detour.algorithm(Seed(9))).unwrap();
            balancer
                .set_algorithm(subject.algorithm(Seed::DEFAULT))
                .unwrap();
        }
    }
    balancer
}

// The order of preference: owners and retries.

#[test]
fn owners_are_distinct_and_the_first_is_routed_to() {
    for subject in Subject::keyed() {
        let balancer = subject.balancer(&backends(&WEIGHTS));
        for key in keys(0..200) {
            let all = owners(&balancer, &key, 100);
            let mut distinct = all.clone();
            distinct.sort();
            distinct.dedup();
            assert_eq!((all.len(), distinct.len()), (8, 8), "{subject:?}");
            assert_eq!(all[0], name(balancer.route(Some(&key))), "{subject:?}");
            assert_eq!(all[..3], owners(&balancer, &key, 3), "{subject:?}");
            assert!(owners(&balancer, &key, 0).is_empty(), "{subject:?}");
        }
    }
}

#[test]
fn a_retry_goes_to_the_next_owner() {
    for subject in Subject::keyed() {
        let balancer = subject.balancer(&backends(&WEIGHTS));
        for key in keys(0..200) {
            let all = owners(&balancer, &key, 8);
            let mut tried = vec!["long gone"];
            for owner in &all {
                let next = name(balancer.retry(Some(&key), &tried));
                assert_eq!(&next, owner, "{subject:?}, tried {tried:?}");
                tried.push(owner);
            }
            let error = balancer.retry(Some(&key), &tried).unwrap_err();
            assert_eq!(error, RouteError::NoBackend, "{subject:?}");
        }
    }
}

#[test]
fn the_ineligible_own_nothing() {
    for subject in Subject::keyed() {
        let balancer = subject.balancer(&backends(&WEIGHTS));
        for key in keys(0..50) {
            let mut expected = owners(&balancer, &key, 8);
            let out = expected.remove(1);
            balancer.set_healthy(&out, false).unwrap();
            let left = owners(&balancer, &key, 8);
            assert!(!left.contains(&out) && left.len() == 7, "{subject:?}");
            // Programs that build their tables again move keys of others too.
            if subject.native() || !subject.profile().rebuilt_on_health {
                assert_eq!(left[0], expected[0], "{subject:?}");
            }
            balancer.set_healthy(&out, true).unwrap();
        }
    }
}

#[test]
fn a_refused_update_changes_nothing() {
    for subject in Subject::all() {
        let [refusing, other] = [(); 2].map(|()| subject.balancer(&backends(&WEIGHTS)));
        assert!(refusing.update(["b1", "b0", "b1"]).is_err());
        assert!(refusing.update(["b1", ""]).is_err());
        let unknown = refusing.set_healthy("no such backend", false);
        assert!(matches!(unknown, Err(HealthError::UnknownBackend(_))));
        assert_eq!(replay(&refusing, 100), replay(&other, 100), "{subject:?}");
    }
}
