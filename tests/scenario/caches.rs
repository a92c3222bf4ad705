//! What caches make of it.

use std::io::Read;

use evenkeel::simulate::{CacheModel, Drawn, Model, Phase, Traffic};
use evenkeel::workload::Distribution;
use flate2::read::GzDecoder;

use crate::skipped::shared_data;

use super::support::{Case, ONE_SERVER, cached, trace};

/// The requests of a shop, a millisecond each.
fn web12() -> Option<Traffic> {
    let file = std::fs::File::open(shared_data("cache_web12.keys.gz")?).unwrap();
    let mut keys = String::new();
    GzDecoder::new(file).read_to_string(&mut keys).unwrap();
    let requests = keys.lines().enumerate();
    Some(trace(requests.map(|(number, key)| {
        (number as f64 / 1e3, 1e-6, key.to_owned())
    })))
}

#[test]
fn caches_of_a_shop_hit_as_published() {
    let Some(traffic) = web12() else { return };
    for (entries, hashed, in_turn) in [
        (100, 0.647, 0.168),
        (500, 0.807, 0.393),
        (0, 0.8561, 0.6155),
    ] {
        let case = Case {
            model: cached(entries),
            ..Case::of(10, &traffic)
        };
        let [by_key, turns] = ["rendezvous", "round-robin"]
            .map(|algorithm| case.figures(algorithm).hit_ratio.unwrap());
        println!("{entries}: {by_key:.4} {hashed}, {turns:.4} {in_turn}");
        // Taking turns is the same everywhere; which keys share a cache is up to the hash.
        assert!((turns - in_turn).abs() < 0.0006, "{entries}: {turns}");
        assert!((by_key - hashed).abs() < 0.006, "{entries}: {by_key}");
    }
    let unlimited = Case {
        model: cached(0),
        ..Case::of(10, &traffic)
    };
    // Every key misses once.
    let exactly = 1. - 13_756. / 95_607.;
    assert_eq!(unlimited.figures("ketama").hit_ratio, Some(exactly));
}

/// One of ten is lost in the middle: how many of the next 10,000 requests hit?
#[test]
fn a_lost_backend_costs_a_cache_what_was_published() {
    let Some(traffic) = web12() else { return };
    let next = |algorithm: &str, events: &str| {
        let case = Case {
            model: cached(0),
            events,
            ..Case::of(10, &traffic)
        };
        let phases = case.figures(algorithm).phases;
        let counts: Vec<_> = phases.iter().map(|phase: &Phase| phase.requests).collect();
        assert_eq!(counts, [47_804, 10_000, 95_607 - 57_804]);
        phases[1].hit_ratio.unwrap()
    };
    let without = "  - { at: 47803500us, slow: b1, speed: 1 }
  - { at: 57803500us, slow: b1, speed: 1 }";
    let lost = "  - { at: 47803500us, remove: b10 }
  - { at: 57803500us, slow: b1, speed: 1 }";
    for (algorithm, events, expected, tolerance) in [
        ("rendezvous", without, 0.883, 0.001),
        ("rendezvous", lost, 0.864, 0.004),
        ("modulo", lost, 0.709, 0.01),
    ] {
        let hits = next(algorithm, events);
        println!("{algorithm}: {hits:.4}, expected {expected}");
        assert!((hits - expected).abs() < tolerance, "{algorithm}: {hits}");
    }
}

#[test]
fn a_returning_backend_has_an_empty_cache() {
    let requests = (0..40).map(|number| (f64::from(number), 0.001, "key".to_owned()));
    let traffic = trace(requests);
    let hits = |events| {
        let case = Case {
            model: cached(10),
            events,
            ..Case::of(1, &traffic)
        };
        case.figures("ketama").hit_ratio.unwrap()
    };
    let misses = |of: f64, hits: f64| (of * (1. - hits)).round();
    assert_eq!(misses(40., hits("  - { at: 1ms, slow: b1, speed: 1 }")), 1.);
    // One request fails, and looks nothing up.
    assert_eq!(
        misses(39., hits("  - { at: 9500ms, for: 1s, stop: b1 }")),
        2.
    );
    assert_eq!(
        misses(
            39.,
            hits("  - { at: 9500ms, deploy: all, down: 1s, every: 1s }")
        ),
        2.
    );
}

#[test]
fn a_cache_makes_requests_shorter() {
    let requests = (0..10).map(|number| (f64::from(number), 0.1, "key".to_owned()));
    let traffic = trace(requests);
    let case = Case {
        model: Model {
            cache: Some(CacheModel {
                entries: None,
                hit_cost: 0.25,
            }),
            ..ONE_SERVER
        },
        ..Case::of(1, &traffic)
    };
    let sum = case.figures("random").latency.unwrap().sum_ns;
    assert_eq!(sum, 100_000_000 + 9 * 25_000_000);
}

/// A cache that costs nothing and saves nothing changes no time, however many load balancers draw.
#[test]
fn a_cache_makes_no_difference_to_strategies_that_draw() {
    let traffic = Traffic::from(Drawn::new(20_000, 0.7, 500, Distribution::Uniform));
    for algorithm in ["random", "power-of-two-choices", "round-robin"] {
        let sum = |model| {
            let case = Case {
                model,
                instances: 8,
                ..Case::of(10, &traffic)
            };
            case.figures(algorithm).latency.unwrap().sum_ns
        };
        assert_eq!(sum(ONE_SERVER), sum(cached(10)), "{algorithm}");
    }
}

/// Hits before, while and after one of ten is away, beside those had it stayed.
#[test]
fn what_an_event_costs_stands_beside() {
    let zipf = "zipf:0.8".parse::<Distribution>().unwrap();
    let traffic = Traffic::from(Drawn::new(100_000, 0.5, 2_000, zipf));
    let case = Case {
        model: cached(1_000),
        events: "  - { at: 5s, for: 5s, remove: b3 }",
        ..Case::of(10, &traffic)
    };
    let costs = |algorithm| {
        let phases = case.figures(algorithm).phases;
        let cost = |phase: &Phase| phase.undisturbed_hit_ratio.unwrap() - phase.hit_ratio.unwrap();
        phases.iter().map(cost).collect::<Vec<_>>()
    };
    let [hashed, by_modulo] = ["rendezvous", "modulo"].map(costs);
    assert_eq!((hashed[0], by_modulo[0]), (0., 0.));
    assert!(
        hashed[1] > 0. && by_modulo[1] > 3. * hashed[1],
        "{hashed:?} {by_modulo:?}"
    );
    assert!(hashed[2] < hashed[1], "{hashed:?}");
}
