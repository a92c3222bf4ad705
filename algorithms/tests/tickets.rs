//! Law 6 over every algorithm: each request is counted once and released once, whatever becomes of
//! its backend, the pool and the algorithm meanwhile, on any number of threads.

mod common;

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use common::{Subject, backend, backends, least_loaded, set_healthy};
use evenkeel_algorithms::strategy::least_connections;
use evenkeel_algorithms::{Backend, LoadBalancer, Outcome, RouteError, Seed, SlotSet, Ticket};
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};

/// The counts of the current pool, in its order.
fn counts(balancer: &LoadBalancer) -> Vec<u64> {
    let snapshot = balancer.snapshot();
    let pool = snapshot.pool();
    pool.slots().map(|slot| pool.in_flight(slot)).collect()
}

fn route(balancer: &LoadBalancer) -> Ticket {
    balancer.route(Some(b"k")).expect("a backend is eligible")
}

#[test]
fn a_ticket_counts_until_it_is_dropped_or_released() {
    for subject in Subject::all() {
        let balancer = subject.balancer(&backends(&[1, 2, 1]));
        let first = route(&balancer);
        let second = balancer.retry(Some(b"k"), &[first.backend().name()]);
        let second = second.expect("another is eligible");
        let mut expected = vec![0; 3];
        expected[first.slot().index()] = 1;
        expected[second.slot().index()] = 1;
        assert_eq!(counts(&balancer), expected, "{subject:?}");
        expected[second.slot().index()] = 0;
        second.release();
        assert_eq!(counts(&balancer), expected, "{subject:?}");
        drop(first);
        assert_eq!(counts(&balancer), [0; 3], "{subject:?}");
    }
}

#[test]
fn a_finished_request_is_released_once() {
    for subject in Subject::all() {
        let balancer = subject.balancer(&backends(&[1, 2, 1]));
        let _open = route(&balancer);
        let before = counts(&balancer);
        route(&balancer).finish(Outcome::success(Duration::from_millis(3)));
        route(&balancer).finish(Outcome::failure(Duration::MAX));
        assert_eq!(counts(&balancer), before, "{subject:?}");
        let outlived = route(&balancer);
        drop(balancer);
        outlived.finish(Outcome::success(Duration::ZERO));
    }
}

/// Around a dialect threads meet nothing that they do not meet around our own.
fn in_threads(subject: &Subject) -> bool {
    subject.native() || subject.is_plain()
}

#[test]
fn counts_outlive_changes_of_pool_and_algorithm() {
    for subject in Subject::all().filter(in_threads) {
        let balancer = subject.balancer(&backends(&[1, 2, 1]));
        let ticket = route(&balancer);
        let reweighted = [4, 3, 2].map(|weight| backend(&format!("b{}", weight - 2), weight));
        balancer.update(reweighted).unwrap();
        for next in Subject::all().filter(Subject::is_plain) {
            balancer.set_algorithm(next.algorithm(Seed(3))).unwrap();
            let place = 2 - ticket.slot().index();
            assert_eq!(counts(&balancer)[place], 1, "{subject:?} to {next:?}");
            assert_eq!(
                counts(&balancer).iter().sum::<u64>(),
                1,
                "{subject:?} to {next:?}"
            );
        }
        drop(ticket);
        assert_eq!(counts(&balancer), [0; 3], "{subject:?}");
    }
}

/// Each thread adds its own backends, makes them heavier and removes every other one.
#[test]
fn no_change_of_some_backends_is_lost_to_another() {
    for subject in Subject::all().filter(in_threads) {
        let balancer = subject.balancer(&backends(&[1]));
        thread::scope(|scope| {
            for number in 0..THREADS {
                let balancer = &balancer;
                scope.spawn(move || change_some(balancer, number));
            }
        });
        let snapshot = balancer.snapshot();
        let left = snapshot.pool().backends().skip(1);
        let mut left: Vec<_> = left
            .map(|left| (left.name(), left.weight().get()))
            .collect();
        left.sort_unstable();
        let names: Vec<_> = (0..THREADS)
            .flat_map(|number| [0, 2].map(|place| own(number, place)))
            .collect();
        let expected: Vec<_> = names.iter().map(|name| (&**name, 2)).collect();
        assert_eq!(left, expected, "{subject:?}");
        assert_eq!(snapshot.generation(), 1 + 7 * THREADS, "{subject:?}");
    }
}

fn own(number: u64, place: usize) -> String {
    format!("thread {number}, {place}")
}

fn change_some(balancer: &LoadBalancer, number: u64) {
    let names = [0, 1, 2].map(|place| own(number, place));
    for name in &names {
        let join = |backends: &mut Vec<Backend>| backends.push(backend(name, 1));
        balancer.update_with(join).expect("a name of its own");
        drop(balancer.route(Some(name.as_bytes())));
        let reweight = |backends: &mut Vec<Backend>| {
            let own = backends.iter_mut().find(|own| own.name() == name);
            *own.expect("it has joined") = backend(name, 2);
        };
        balancer.update_with(reweight).expect("a small weight");
    }
    let leave = |backends: &mut Vec<Backend>| backends.retain(|own| own.name() != names[1]);
    balancer.update_with(leave).expect("distinct names");
}

#[test]
fn a_request_left_in_flight_stays_counted() {
    for subject in Subject::all() {
        let balancer = subject.balancer(&[backend("a", 1).with_connections(2)]);
        route(&balancer).leave_in_flight();
        route(&balancer).release();
        // What is in the pool keeps the pool's own count, whatever the update says.
        balancer
            .update([backend("a", 1).with_connections(70)])
            .unwrap();
        assert_eq!(counts(&balancer), [3], "{subject:?}");
    }
}

#[test]
fn a_backend_that_left_and_came_back_starts_anew() {
    for subject in Subject::all() {
        let balancer = subject.balancer(&backends(&[1]));
        let old = route(&balancer);
        balancer.update(["other"]).unwrap();
        balancer.update(["b0"]).unwrap();
        assert_eq!(counts(&balancer), [0], "{subject:?}");
        let new = route(&balancer);
        drop(old);
        assert_eq!(counts(&balancer), [1], "{subject:?}");
        drop(new);
        assert_eq!(counts(&balancer), [0], "{subject:?}");
    }
}

#[test]
fn tickets_may_outlive_their_load_balancer() {
    for subject in Subject::all() {
        let balancer = subject.balancer(&backends(&[1, 1]));
        let (first, second) = (route(&balancer), route(&balancer));
        let snapshot = balancer.snapshot();
        drop(balancer);
        assert!(first.backend().name().starts_with('b'), "{subject:?}");
        first.release();
        drop(second);
        let pool = snapshot.pool();
        assert!(
            pool.slots().all(|slot| pool.in_flight(slot) == 0),
            "{subject:?}"
        );
    }
}

#[test]
fn a_request_placed_elsewhere_counts_until_its_ticket_is_released() {
    for subject in Subject::all() {
        let capped = backend("b0", 1).with_max_in_flight(NonZeroU32::new(1));
        let balancer = subject.balancer(&[capped, backend("b1", 1)]);
        let held = [(); 2].map(|()| balancer.hold("b0").expect("a known name"));
        assert!(balancer.hold("b2").is_err());
        assert_eq!(balancer.in_flight("b0"), Some(2), "{subject:?}");
        assert_eq!(route(&balancer).backend().name(), "b1", "{subject:?}");
        drop(held);
        assert_eq!(counts(&balancer), [0; 2], "{subject:?}");
    }
}

/// Threads fight for few places: no count ever exceeds its cap, and in the end all are free.
#[test]
fn a_cap_holds_exactly_on_any_number_of_threads() {
    for subject in Subject::all().filter(in_threads) {
        let capped = backends(&[1; 3]).into_iter();
        let capped = capped.map(|backend| backend.with_max_in_flight(NonZeroU32::new(2)));
        let balancer = subject.balancer(&capped.collect::<Vec<_>>());
        thread::scope(|scope| {
            for number in 0..THREADS {
                let balancer = &balancer;
                scope.spawn(move || fight_for_places(balancer, number));
            }
        });
        assert_eq!(counts(&balancer), [0; 3], "{subject:?}");
        let all: Vec<_> = (0..6u8).map(|key| balancer.route(Some(&[key]))).collect();
        let routed = all.iter().flatten().count();
        assert!(routed == 6 || subject.is_bounded(), "{subject:?}: {routed}");
        assert_eq!(
            balancer.route(Some(b"k")).err(),
            Some(RouteError::NoBackend)
        );
    }
}

fn fight_for_places(balancer: &LoadBalancer, number: u64) {
    let mut random = ChaCha8Rng::seed_from_u64(number);
    let mut open = Vec::new();
    for _ in 0..2_000 {
        open.extend(balancer.route(Some(&random.random::<[u8; 8]>())));
        assert!(counts(balancer).iter().all(|&count| count <= 2));
        if !open.is_empty() && random.random_range(0..3) > 0 {
            drop(open.swap_remove(random.random_range(0..open.len())));
        }
    }
}

const THREADS: u64 = 8;
const UPDATES: u64 = 1_000;

#[test]
fn every_count_returns_to_zero_after_a_storm_of_changes() {
    for subject in Subject::all().filter(in_threads) {
        let balancer = subject.balancer(&backends(&[1; 6]));
        let open = storm(&balancer, subject);
        for (backend, count) in balancer.snapshot().pool().backends().zip(counts(&balancer)) {
            // Those that left and came back do not count the requests from before.
            let held = open
                .iter()
                .filter(|ticket| ticket.backend().name() == backend.name());
            assert!(
                count <= held.count() as u64,
                "{subject:?}: {backend:?} has {count}"
            );
        }
        picks_as_a_scan_does(&balancer, subject);
        drop(open);
        assert!(
            counts(&balancer).iter().all(|&count| count == 0),
            "{subject:?}"
        );
        picks_as_a_scan_does(&balancer, subject);
    }
}

/// Threads route and release until another has made all its changes. Returns what they still hold.
fn storm(balancer: &LoadBalancer, subject: Subject) -> Vec<Ticket> {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        let over = &over;
        let routers: Vec<_> = (0..THREADS)
            .map(|number| scope.spawn(move || route_until(balancer, over, number)))
            .collect();
        scope.spawn(|| {
            change_everything(balancer, subject);
            over.store(true, Ordering::Release);
        });
        let held = routers
            .into_iter()
            .map(|router| router.join().expect("no panic"));
        held.flatten().collect()
    })
}

fn route_until(balancer: &LoadBalancer, over: &AtomicBool, number: u64) -> Vec<Ticket> {
    let mut random = ChaCha8Rng::seed_from_u64(number);
    let mut open = Vec::new();
    let mut routed = 0;
    while routed < 2_000 || !over.load(Ordering::Acquire) {
        routed += 1;
        match balancer.route(Some(&random.random::<[u8; 8]>())) {
            Ok(ticket) => open.push(ticket),
            Err(error) => assert_eq!(error, RouteError::NoBackend),
        }
        if open.len() > 10 {
            drop(open.swap_remove(random.random_range(0..open.len())));
        }
    }
    open
}

/// A thousand updates among ten names, with changes of health and of algorithm between them. It ends
/// with the subject's algorithm, long in use, and all healthy.
fn change_everything(balancer: &LoadBalancer, subject: Subject) {
    let mut random = ChaCha8Rng::seed_from_u64(99);
    let mut others = std::iter::repeat_with(Subject::all)
        .flatten()
        .filter(in_threads);
    for step in 0..UPDATES {
        let mut members = backends(&[1; 10].map(|_: u64| random.random_range(1..=4)));
        members.shuffle(&mut random);
        members.truncate(random.random_range(1..=10));
        balancer.update(members).expect("a sound pool");
        for _ in 0..3 {
            let name = format!("b{}", random.random_range(0..10));
            set_healthy(balancer, &name, random.random());
        }
        if step % 5 == 0 {
            let other = others.next().expect("an endless cycle");
            let next = if step % 2 == 0 { other } else { subject };
            balancer
                .set_algorithm(next.algorithm(Seed(step)))
                .expect("a fitting pool");
        }
    }
    balancer
        .set_algorithm(subject.algorithm(Seed::DEFAULT))
        .expect("a fitting pool");
    for step in 0..UPDATES {
        let name = format!("b{}", step % 10);
        set_healthy(balancer, &name, step % 3 == 0);
    }
    for number in 0..10 {
        set_healthy(balancer, &format!("b{number}"), true);
    }
}

/// A balancer by the counts holds an index over them: after all threads have ended, its picks are
/// those of a scan.
fn picks_as_a_scan_does(balancer: &LoadBalancer, subject: Subject) {
    if *subject.card == least_connections::CARD && subject.is_whole() {
        let mut open = Vec::new();
        for _ in 0..100 {
            let snapshot = balancer.snapshot();
            let expected = least_loaded(&snapshot, &SlotSet::new());
            open.push(route(balancer));
            assert_eq!(open.last().map(Ticket::slot), expected, "{subject:?}");
        }
    }
}
