//! The engine's law for every algorithm: each request is counted once and released once, whatever happens to its
//! backend, the pool and the algorithm meanwhile. `laws.rs` checks the counts of histories and of many threads.

use std::num::NonZeroU32;
use std::thread;
use std::time::Duration;

use super::common::{backend, backends, subjects};
use evenkeel_algorithms::{Backend, LoadBalancer, Outcome, Seed, Ticket};

/// Returns the counts of the current pool, in its order.
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
    for subject in subjects::all() {
        let balancer = subject.balancer(&backends(&[1, 2, 1])).unwrap();
        let first = route(&balancer);
        let second = balancer.retry(Some(b"k"), &[first.backend().name()]);
        let second = second.expect("another is eligible");
        let mut expected = vec![0; 3];
        expected[first.slot().index()] = 1;
        expected[second.slot().index()] = 1;
        assert_eq!(counts(&balancer), expected, "{subject}");
        expected[second.slot().index()] = 0;
        second.release();
        assert_eq!(counts(&balancer), expected, "{subject}");
        drop(first);
        assert_eq!(counts(&balancer), [0; 3], "{subject}");
    }
}

#[test]
fn a_finished_request_is_released_once() {
    for subject in subjects::all() {
        let balancer = subject.balancer(&backends(&[1, 2, 1])).unwrap();
        let _open = route(&balancer);
        let before = counts(&balancer);
        route(&balancer).finish(Outcome::success(Duration::from_millis(3)));
        route(&balancer).finish(Outcome::failure(Duration::MAX));
        assert_eq!(counts(&balancer), before, "{subject}");
        let outlived = route(&balancer);
        drop(balancer);
        outlived.finish(Outcome::success(Duration::ZERO));
    }
}

#[test]
fn counts_outlive_changes_of_pool_and_algorithm() {
    for subject in subjects::all().filter(|subject| subjects::is_own_or_plain(subject)) {
        let balancer = subject.balancer(&backends(&[1, 2, 1])).unwrap();
        let ticket = route(&balancer);
        let reweighted = [4, 3, 2].map(|weight| backend(&format!("b{}", weight - 2), weight));
        balancer.update(reweighted).unwrap();
        for next in subjects::all().filter(|next| next.is_plain()) {
            balancer
                .set_algorithm(next.clone().with_seed(Seed(3)).algorithm())
                .unwrap();
            let place = 2 - ticket.slot().index();
            assert_eq!(counts(&balancer)[place], 1, "{subject} to {next}");
            assert_eq!(
                counts(&balancer).iter().sum::<u64>(),
                1,
                "{subject} to {next}"
            );
        }
        drop(ticket);
        assert_eq!(counts(&balancer), [0; 3], "{subject}");
    }
}

const THREADS: u64 = 8;

/// Each thread adds its own backends, makes them heavier and removes every second one.
#[test]
fn no_change_of_some_backends_is_lost_to_another() {
    for subject in subjects::all().filter(|subject| subjects::is_own_or_plain(subject)) {
        let balancer = subject.balancer(&backends(&[1])).unwrap();
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
        assert_eq!(left, expected, "{subject}");
        assert_eq!(snapshot.generation(), 1 + 7 * THREADS, "{subject}");
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
    for subject in subjects::all() {
        let balancer = subject
            .balancer(&[backend("a", 1).with_connections(2)])
            .unwrap();
        route(&balancer).leave_in_flight();
        route(&balancer).release();
        // A backend in the pool keeps the pool's own count, whatever the update sets.
        balancer
            .update([backend("a", 1).with_connections(70)])
            .unwrap();
        assert_eq!(counts(&balancer), [3], "{subject}");
    }
}

#[test]
fn a_backend_that_left_and_came_back_starts_again() {
    for subject in subjects::all() {
        let balancer = subject.balancer(&backends(&[1])).unwrap();
        let old = route(&balancer);
        balancer.update(["other"]).unwrap();
        balancer.update(["b0"]).unwrap();
        assert_eq!(counts(&balancer), [0], "{subject}");
        let new = route(&balancer);
        drop(old);
        assert_eq!(counts(&balancer), [1], "{subject}");
        drop(new);
        assert_eq!(counts(&balancer), [0], "{subject}");
    }
}

#[test]
fn tickets_may_outlive_their_load_balancer() {
    for subject in subjects::all() {
        let balancer = subject.balancer(&backends(&[1, 1])).unwrap();
        let (first, second) = (route(&balancer), route(&balancer));
        let snapshot = balancer.snapshot();
        drop(balancer);
        assert!(first.backend().name().starts_with('b'), "{subject}");
        first.release();
        drop(second);
        let pool = snapshot.pool();
        assert!(
            pool.slots().all(|slot| pool.in_flight(slot) == 0),
            "{subject}"
        );
    }
}

#[test]
fn a_request_placed_elsewhere_counts_until_its_ticket_is_released() {
    for subject in subjects::all() {
        let capped = backend("b0", 1).with_max_in_flight(NonZeroU32::new(1));
        let balancer = subject.balancer(&[capped, backend("b1", 1)]).unwrap();
        let held = [(); 2].map(|()| balancer.hold("b0").expect("a known name"));
        assert!(balancer.hold("b2").is_err());
        assert_eq!(balancer.in_flight("b0"), Some(2), "{subject}");
        assert_eq!(route(&balancer).backend().name(), "b1", "{subject}");
        drop(held);
        assert_eq!(counts(&balancer), [0; 2], "{subject}");
    }
}
