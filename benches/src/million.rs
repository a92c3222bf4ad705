//! A million backends: the time of the build and of a pick, and the memory.

use std::hint::black_box;
use std::time::Instant;

use evenkeel_algorithms::strategy::maglev;
use evenkeel_algorithms::{
    Algorithm, Anchor, ChooseK, JumpBack, LeastConnections, LoadBalancer, Memento, Pool,
    Rendezvous, RoundRobin, Seed,
};

use crate::keys::Keys;

pub struct Row {
    pub name: &'static str,
    pub build_milliseconds: f64,
    pub route_nanoseconds: f64,
    pub megabytes: f64,
}

pub fn rows(keys: &Keys) -> Vec<Row> {
    let table_size = maglev::TableSize::new(5_000_011).expect("a prime");
    let maglev = maglev::Maglev::new(Seed::DEFAULT, maglev::Options { table_size });
    let (many, few) = (keys.part(0, 100_000), keys.part(0, 500));
    vec![
        row("anchor", Anchor::default(), many),
        row("choose-k", ChooseK::default(), many),
        row("jump-back", JumpBack::default(), many),
        row("least-connections", LeastConnections, many),
        row("maglev, 5,000,011 entries", maglev, many),
        row("memento", Memento::default(), many),
        row("rendezvous", Rendezvous::default(), few),
        row("round-robin", RoundRobin, many),
    ]
}

fn row(name: &'static str, algorithm: impl Algorithm + 'static, keys: &[&str]) -> Row {
    let pool = Pool::new((0..1_000_000).map(|number| format!("backend-{number}")));
    let pool = pool.expect("distinct names");
    let start = Instant::now();
    let balancer = LoadBalancer::new(algorithm, pool).expect("it fits a million");
    let build_milliseconds = start.elapsed().as_secs_f64() * 1e3;
    let start = Instant::now();
    for key in keys {
        drop(black_box(balancer.route(Some(key.as_bytes()))));
    }
    Row {
        name,
        build_milliseconds,
        route_nanoseconds: start.elapsed().as_secs_f64() * 1e9 / keys.len() as f64,
        megabytes: balancer.snapshot().balancer().memory() as f64 / 1e6,
    }
}
