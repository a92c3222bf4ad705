//! Least connections from several threads: a ticket is a request in flight and ends when it is
//! dropped. Meanwhile a backend drains and leaves.
//!
//! `cargo run --example least_connections`

use std::error::Error;
use std::thread;

use evenkeel_algorithms::{
    Backend, LeastConnections, LoadBalancer, Pool, RouteError, Snapshot, Ticket,
};

const WORKERS: usize = 4;
const REQUESTS: usize = 1_000;

/// Routes requests in turn. Returns how many have been served.
fn work(balancer: &LoadBalancer) -> Result<usize, RouteError> {
    for _ in 0..REQUESTS {
        let ticket = balancer.route(None)?;
        serve(ticket.backend());
    } // Each ticket is dropped here, and its request no longer counts.
    Ok(REQUESTS)
}

/// Where a real worker would talk to the backend.
fn serve(backend: &Backend) {
    std::hint::black_box(backend.name());
}

/// Returns the requests in flight on every backend of a snapshot.
fn in_flight(snapshot: &Snapshot) -> String {
    let pool = snapshot.pool();
    let counts = pool
        .slots()
        .map(|slot| format!("{} {}", pool.backend(slot).name(), pool.in_flight(slot)));
    counts.collect::<Vec<_>>().join(", ")
}

/// Holds three long requests while workers route and b3 leaves. Returns what can be observed.
pub(crate) fn run() -> Result<[String; 4], Box<dyn Error>> {
    let pool = Pool::new(["b1", "b2", "b3"])?;
    let balancer = LoadBalancer::new(LeastConnections, pool)?;

    let long: Vec<Ticket> = (0..3)
        .map(|_| balancer.route(None))
        .collect::<Result<_, _>>()?;
    let routed = in_flight(&balancer.snapshot());

    let served = thread::scope(|scope| {
        let workers = [(); WORKERS].map(|()| scope.spawn(|| work(&balancer)));
        // While they route, b3 drains: its requests in flight continue, and no new ones arrive.
        let draining = Backend::new("b3").with_drain(true);
        balancer.update(["b1".into(), "b2".into(), draining])?;
        let served = workers.map(|worker| worker.join().expect("a worker does not panic"));
        let served: usize = served.into_iter().sum::<Result<_, _>>()?;
        Ok::<_, Box<dyn Error>>(served)
    })?;
    let before = balancer.snapshot();
    let drained = in_flight(&before);

    // b3 may leave before its request has ended; the ticket still counts on its b3.
    balancer.update(["b1", "b2"])?;
    let left = in_flight(&balancer.snapshot());
    drop(long);
    let ended = in_flight(&before);

    Ok([
        format!("three long requests: {routed}"),
        format!("{served} short ones later, b3 draining: {drained}"),
        format!("b3 has left: {left}"),
        format!("the long ones have ended: {ended}"),
    ])
}

fn main() -> Result<(), Box<dyn Error>> {
    for line in run()? {
        println!("{line}");
    }
    Ok(())
}
