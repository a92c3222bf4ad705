//! What is drawn is the same for a seed, also beside keys and times of files.

use evenkeel::simulate::{Drawn, Sample, Service, Traffic};
use evenkeel::workload::Workload;
use evenkeel_algorithms::strategy::CARDS;
use evenkeel_algorithms::{LoadBalancer, Registry, Seed};

use crate::skipped::shared_data;

use super::support::{ONE_SERVER, config, drawn, figures, file, latency, simulated};

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let json = |seed| {
        let mut config = config(5);
        config.hashing.seed = Seed(seed);
        let traffic = Traffic::from(drawn(20_000, 0.9));
        let names: Vec<_> = CARDS.iter().map(|algorithm| algorithm.name).collect();
        let report = simulated(&config, &names, &traffic, ONE_SERVER, 2_000);
        assert!(report.skipped.is_empty());
        serde_json::to_string(&report).unwrap()
    };
    assert_eq!(json(1), json(1));
    assert_ne!(json(1), json(2));
}

#[test]
fn keys_of_a_file_are_asked_in_its_order() {
    let Some(path) = shared_data("cache_web12.keys.gz") else {
        return;
    };
    let workload = Workload::from_keys(&path).unwrap();
    let (config, traffic) = (config(7), Traffic::from(Drawn::of(&workload, 0.5)));
    assert_eq!(traffic.requests(), 95_607);
    let report = simulated(&config, &["ketama", "round-robin"], &traffic, ONE_SERVER, 0);
    let strategy = config.configured_as(Registry::builtin().named("ketama").unwrap());
    let balancer = LoadBalancer::new(strategy, config.pool().unwrap()).unwrap();
    let mut counts = [0; 7];
    for (_, key) in workload.requests() {
        let ticket = balancer.route(Some(key)).unwrap();
        counts[ticket.slot().index()] += 1;
        ticket.release();
    }
    let found: Vec<_> = figures(&report, "ketama")
        .backends
        .iter()
        .map(|share| share.requests)
        .collect();
    assert_eq!(found, counts);
    // Arrivals and times are those of drawn keys: a strategy that uses none sees no difference.
    let drawn = Traffic::from(drawn(95_607, 0.5));
    let drawn = simulated(&config, &["round-robin"], &drawn, ONE_SERVER, 0);
    let sums = [&report, &drawn].map(|report| latency(report, "round-robin").sum_ns);
    assert_eq!(sums[0], sums[1]);
}

#[test]
fn what_is_drawn_beside_a_file_is_the_same_for_a_seed() {
    let keys = file("a\nb\nc\na\n");
    let workload = Workload::from_keys(keys.path()).unwrap();
    let json = |seed| {
        let mut config = config(2);
        config.hashing.seed = Seed(seed);
        let mut drawn = Drawn::of(&workload, 0.9);
        let times: Vec<_> = (162..=172).map(|ms| ms * 1_000_000).collect();
        drawn.service = Service::Empirical(Sample::of(&times).unwrap());
        let traffic = Traffic::from(drawn);
        assert_eq!(traffic.service_mean(), Some(167_000_000));
        let report = simulated(&config, &["maglev"], &traffic, ONE_SERVER, 0);
        serde_json::to_string(&report).unwrap()
    };
    assert_eq!(json(1), json(1));
    assert_ne!(json(1), json(2));
}
