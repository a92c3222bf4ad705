//! Build and pick of every strategy: `cargo bench --bench strategies`.
//!
//! Keys are visited in random order, so that the tables are read as in service; a pick includes the
//! key's hash. Unkeyed strategies are timed with a ticket and its release, since a pick alone leaves
//! out what keeps their counts.

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use evenkeel_algorithms::strategy::ALGORITHMS;
use evenkeel_algorithms::{Algorithm, Balancer, LoadBalancer, Options, Pool, Seed};
use rand::rngs::ChaCha8Rng;
use rand::{RngExt, SeedableRng};

const SIZES: [usize; 3] = [10, 1_000, 10_000];

fn pool(backends: usize) -> Pool {
    Pool::new((0..backends).map(|number| format!("backend-{number}"))).expect("distinct names")
}

fn balancer(algorithm: &Algorithm, backends: usize) -> LoadBalancer {
    let strategy = algorithm.strategy(Seed::DEFAULT, &Options::default());
    LoadBalancer::new(strategy, pool(backends)).expect("the default options fit")
}

/// A million keys of 15 bytes in random order.
fn keys() -> Vec<[u8; 15]> {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    (0..1_000_000).map(|_| rng.random()).collect()
}

fn build(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("build");
    group.sample_size(10);
    for algorithm in ALGORITHMS {
        for backends in SIZES {
            let (pool, strategy) = (
                pool(backends),
                algorithm.strategy(Seed::DEFAULT, &Options::default()),
            );
            let id = BenchmarkId::new(algorithm.name, backends);
            group.bench_function(id, |bencher| {
                bencher.iter(|| strategy.rebuild(black_box(&pool)));
            });
        }
    }
}

fn route(criterion: &mut Criterion) {
    let keys = keys();
    let mut group = criterion.benchmark_group("route and release");
    for algorithm in ALGORITHMS {
        for backends in SIZES {
            let balancer = balancer(algorithm, backends);
            let mut keys = keys.iter().cycle();
            group.bench_function(BenchmarkId::new(algorithm.name, backends), |bencher| {
                bencher.iter(|| balancer.route(keys.next().map(<[u8; 15]>::as_slice)));
            });
        }
    }
}

criterion_group!(benches, build, route);
criterion_main!(benches);
