//! Models of ticket, count and snapshot: loom tries the interleavings of their threads and the values that each read
//! may see.
//!
//! ```sh
//! RUSTFLAGS="--cfg loom" cargo test --release --package evenkeel-algorithms --test loom
//! ```
//!
//! The code is the library's own, except that the swap of a snapshot is a lock here, which orders more than the real
//! one, and `OnceLock` is used unchanged.
//!
//! loom keeps the single order of sequentially consistent operations for a value only after such an operation has
//! written it. So every count that must not be missed is changed before the threads start.

#![cfg(loom)]

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use evenkeel_algorithms::{
    Algorithm, Backend, LeastConnections, LoadBalancer, Pick, Pool, RoundRobin, RouteError,
    SlotSet, Ticket,
};
use loom::model::Builder;
use loom::sync::Arc;
use loom::thread;

/// Runs a scene in every interleaving.
fn model(scene: impl Fn() + Send + Sync + 'static) {
    let mut builder = Builder::new();
    // An index is read number by number.
    builder.max_branches = 10_000;
    builder.check(scene);
}

fn balancer<B: Into<Backend>>(
    algorithm: impl Algorithm,
    backends: impl IntoIterator<Item = B>,
) -> Arc<LoadBalancer> {
    let pool = Pool::new(backends).unwrap();
    Arc::new(LoadBalancer::new(algorithm, pool).unwrap())
}

fn least_connections() -> LeastConnections {
    LeastConnections
}

fn route(balancer: &LoadBalancer) -> Ticket {
    balancer.route(None).expect("a backend is eligible")
}

/// Returns the counts of the current pool, in its order.
fn counts(balancer: &LoadBalancer) -> Vec<u64> {
    let snapshot = balancer.snapshot();
    let pool = snapshot.pool();
    pool.slots().map(|slot| pool.in_flight(slot)).collect()
}

/// Checks that the index picks the backend that a scan of the counts finds, whatever was tried.
fn assert_scan_agrees(balancer: &LoadBalancer) {
    let snapshot = balancer.snapshot();
    let pool = snapshot.pool();
    let tried = pool.slots().map(|slot| SlotSet::from_iter([slot]));
    for tried in tried.chain([SlotSet::new()]) {
        let pick = Pick::new(pool, None).excluding(&tried);
        let allowed = pool.slots().filter(|&slot| pick.allows(slot));
        let least = allowed.min_by_key(|&slot| pool.in_flight(slot));
        assert_eq!(snapshot.balancer().pick(&pick), least, "{tried:?}");
    }
}

/// Checks that the index has each count: otherwise some further request would go elsewhere.
fn assert_index_is_right(balancer: &LoadBalancer) {
    let mut more = Vec::new();
    for _ in 0..3 {
        assert_scan_agrees(balancer);
        more.push(route(balancer));
    }
}

#[test]
fn counts_return_to_zero_and_the_index_follows() {
    model(|| {
        let balancer = balancer(least_connections(), ["a", "b"]);
        let open = [route(&balancer), route(&balancer)];
        let other = thread::spawn({
            let balancer = Arc::clone(&balancer);
            move || drop(route(&balancer))
        });
        drop(route(&balancer));
        other.join().unwrap();
        assert_eq!(counts(&balancer), [1, 1]);
        drop(open);
        assert_eq!(counts(&balancer), [0, 0]);
        assert_index_is_right(&balancer);
    });
}

#[test]
fn no_count_is_lost_to_an_update() {
    model(|| {
        let balancer = balancer(least_connections(), ["a", "b"]);
        let before = balancer.snapshot();
        let (leaver, stayer) = (route(&balancer), route(&balancer));
        let other = thread::spawn({
            let balancer = Arc::clone(&balancer);
            move || {
                drop(stayer);
                drop(route(&balancer));
            }
        });
        balancer.update(["b", "c"]).unwrap();
        other.join().unwrap();
        assert_eq!(counts(&balancer), [0, 0]);
        assert_scan_agrees(&balancer);
        let slot = leaver.slot();
        assert_eq!(before.pool().in_flight(slot), 1);
        drop(leaver);
        assert_eq!(before.pool().in_flight(slot), 0);
        assert_eq!(counts(&balancer), [0, 0]);
        assert_index_is_right(&balancer);
    });
}

fn raise_beside_a_new_index(backends: [Backend; 2]) {
    let balancer = balancer(RoundRobin, backends);
    let open = [route(&balancer), route(&balancer)];
    let other = thread::spawn({
        let balancer = Arc::clone(&balancer);
        move || route(&balancer)
    });
    balancer.set_algorithm(least_connections()).unwrap();
    let raised = other.join().unwrap();
    assert_eq!(counts(&balancer), [2, 1]);
    assert_index_is_right(&balancer);
    drop((open, raised));
    assert_eq!(counts(&balancer), [0, 0]);
}

#[test]
fn no_raise_is_lost_to_a_new_index() {
    model(|| raise_beside_a_new_index(["a", "b"].map(Backend::new)));
}

#[test]
fn no_raise_under_a_cap_is_lost_to_a_new_index() {
    let capped = |name| Backend::new(name).with_max_in_flight(NonZeroU32::MAX);
    model(move || raise_beside_a_new_index(["a", "b"].map(capped)));
}

#[test]
fn no_release_is_lost_to_a_new_index() {
    model(|| {
        let balancer = balancer(RoundRobin, ["a", "b"]);
        let (open, released) = (route(&balancer), route(&balancer));
        let other = thread::spawn(move || drop(released));
        balancer.set_algorithm(least_connections()).unwrap();
        balancer.set_algorithm(RoundRobin).unwrap();
        balancer.set_algorithm(least_connections()).unwrap();
        other.join().unwrap();
        assert_eq!(counts(&balancer), [1, 0]);
        assert_index_is_right(&balancer);
        drop(open);
    });
}

#[test]
fn one_place_is_taken_by_one_at_a_time() {
    /// Returns whether the place was free.
    fn visit(balancer: &LoadBalancer, inside: &AtomicU32) -> bool {
        let ticket = match balancer.route(None) {
            Ok(ticket) => ticket,
            Err(error) => {
                assert_eq!(error, RouteError::NoBackend);
                return false;
            }
        };
        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
        assert_eq!(balancer.in_flight("a"), Some(1));
        inside.fetch_sub(1, Ordering::SeqCst);
        drop(ticket);
        true
    }

    model(|| {
        let place = Backend::new("a").with_max_in_flight(NonZeroU32::MIN);
        let balancer = balancer(least_connections(), [place]);
        drop(route(&balancer));
        let inside = Arc::new(AtomicU32::new(0));
        let other = thread::spawn({
            let (balancer, inside) = (Arc::clone(&balancer), Arc::clone(&inside));
            move || visit(&balancer, &inside)
        });
        let first = visit(&balancer, &inside);
        assert!(first | other.join().unwrap());
        assert_eq!(counts(&balancer), [0]);
        assert!(visit(&balancer, &inside));
    });
}

#[test]
fn no_recovery_is_lost_to_a_release() {
    for backup in [false, true] {
        model(move || {
            let other = Backend::new("b").with_backup(backup);
            let balancer = balancer(least_connections(), [Backend::new("a"), other]);
            let released = route(&balancer);
            balancer.set_healthy("a", false).unwrap();
            let other = thread::spawn(move || drop(released));
            balancer.set_healthy("a", true).unwrap();
            other.join().unwrap();
            assert_eq!(counts(&balancer), [0, 0]);
            assert_index_is_right(&balancer);
        });
    }
}

/// loom itself fails a model that leaks.
#[test]
fn everything_is_freed_when_a_ticket_outlives_its_load_balancer() {
    model(|| {
        let pool = Pool::new(["a", "b"]).unwrap();
        let balancer = LoadBalancer::new(least_connections(), pool).unwrap();
        let (ticket, snapshot) = (route(&balancer), balancer.snapshot());
        let other = thread::spawn(move || drop((ticket, snapshot)));
        drop(balancer);
        other.join().unwrap();
    });
}
