//! A weight is a capacity: speeds, caches, and what backends are offered.

use std::num::NonZeroUsize;

use evenkeel::config::Config;
use evenkeel::simulate::{
    BackendFigures, CacheModel, Drawn, Figures, Machines, Model, Scenario, Simulation, Timeline,
    Traffic,
};
use evenkeel::workload::Distribution;
use evenkeel_algorithms::{Backend, Registry, Weight};

use super::support::{ONE_SERVER, drawn, trace};

/// A pool of weighted backends, and what is simulated with it.
struct Case<'a> {
    weights: &'a [(&'a str, u64)],
    model: Model,
    events: &'a str,
    warm_up: u64,
}

impl<'a> Case<'a> {
    const fn of(weights: &'a [(&'a str, u64)]) -> Self {
        Self {
            weights,
            model: ONE_SERVER,
            events: "",
            warm_up: 0,
        }
    }

    fn config(&self) -> Config {
        let backend = |&(name, weight): &(&str, u64)| {
            Backend::new(name).with_weight(Weight::new(weight).unwrap())
        };
        Config::of(self.weights.iter().map(backend).collect())
    }

    fn figures(
        &self,
        algorithm: &str,
        traffic: &Traffic,
        machines: impl FnOnce(Machines) -> Machines,
    ) -> Figures {
        let config = self.config();
        let timeline = match self.events {
            "" => Timeline::quiet(&config.backends),
            events => {
                let scenario = Scenario::parse(&format!("events:\n{events}")).unwrap();
                Timeline::of(&scenario, &config.backends).unwrap()
            }
        };
        let simulation = Simulation {
            config: &config,
            algorithms: &[Registry::builtin().named(algorithm).unwrap()],
            traffic,
            model: self.model,
            machines: &machines(Machines::of(&config.backends)),
            instances: 1,
            warm_up: self.warm_up,
            limit: None,
            timeline: &timeline,
            window: None,
        };
        let mut report = simulation.run(|_| ()).unwrap();
        report.results.swap_remove(0).figures
    }
}

fn offered(figures: &Figures) -> Vec<f64> {
    let backends = figures.backends.iter();
    backends.map(|of| of.offered_load.unwrap()).collect()
}

/// By Little: the mean time of a backend's requests, in milliseconds.
fn mean_time(figures: &Figures, backend: &BackendFigures) -> f64 {
    let time = (figures.ended_ns - figures.measured_from_ns) as f64 / 1e6;
    backend.mean_queue * time / backend.requests as f64
}

/// A naive program, from the definition: requests at random times go to server i with a probability, wait for those
/// before them, and are served at its rate. Returns the mean time at each server.
fn naive(shares: &[f64], rates: &[f64], arrivals: f64, requests: u32) -> Vec<f64> {
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut uniform = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
    };
    let (mut now, mut free) = (0., vec![0.; rates.len()]);
    let (mut times, mut counts) = (vec![0.; rates.len()], vec![0.; rates.len()]);
    for _ in 0..requests {
        now -= libm::log(uniform()) / arrivals;
        let (mut server, mut drawn) = (0, uniform());
        while drawn >= shares[server] && server + 1 < shares.len() {
            drawn -= shares[server];
            server += 1;
        }
        let service = -libm::log(uniform()) / rates[server];
        free[server] = f64::max(free[server], now) + service;
        times[server] += free[server] - now;
        counts[server] += 1.;
    }
    times
        .iter()
        .zip(counts)
        .map(|(time, count)| time / count)
        .collect()
}

/// Each backend is an M/M/1 queue: the mean time there is 1 / (its rate − the rate of its arrivals).
#[test]
fn unequal_backends_take_as_long_as_queueing_theory_says() {
    let by_weight = [("a", 4), ("b", 2), ("c", 1)];
    let alike = [("a", 1), ("b", 1), ("c", 1)];
    let cases = [
        // Weights as capacities, in proportion to which requests are sent: all are equally loaded.
        (by_weight, [4., 2., 1.], [4. / 7., 2. / 7., 1. / 7.], 0.7),
        // Equal weights of unequal machines: the slow one has most to do.
        (alike, [4., 2., 1.5], [1. / 3., 1. / 3., 1. / 3.], 0.5),
    ];
    for (weights, speeds, shares, load) in cases {
        let case = Case {
            warm_up: 100_000,
            ..Case::of(&weights)
        };
        let figures =
            case.figures(
                "random",
                &drawn(1_000_000, load).into(),
                |machines| match weights == by_weight {
                    true => machines,
                    false => machines
                        .with_speed("a", 4.)
                        .with_speed("b", 2.)
                        .with_speed("c", 1.5),
                },
            );
        let arrivals = load * speeds.iter().sum::<f64>();
        let naive = naive(&shares, &speeds, arrivals, 1_000_000);
        for (place, backend) in figures.backends.iter().enumerate() {
            let own = arrivals * shares[place];
            let theory = 1. / (speeds[place] - own);
            let mean = mean_time(&figures, backend);
            println!(
                "{}: {mean:.4} {:.4} {theory:.4}",
                backend.backend, naive[place]
            );
            assert!((mean / theory - 1.).abs() < 0.03, "{mean} {theory}");
            assert!((naive[place] / theory - 1.).abs() < 0.03);
            let offered = backend.offered_load.unwrap();
            assert!(
                (offered * speeds[place] / own - 1.).abs() < 0.01,
                "{offered}"
            );
        }
        let mean = figures.latency.unwrap().mean_ns / 1e6;
        let of_one = |place: usize| shares[place] / (speeds[place] - arrivals * shares[place]);
        let theory: f64 = (0..3).map(of_one).sum();
        assert!((mean / theory - 1.).abs() < 0.02, "{mean} {theory}");
    }
}

#[test]
fn the_scale_of_the_weights_does_not_matter() {
    let times = |weights: &[(&str, u64)], algorithm| {
        let case = Case::of(weights);
        let figures = case.figures(algorithm, &drawn(5_000, 0.7).into(), |machines| machines);
        figures.latency.unwrap().sum_ns
    };
    let small = times(&[("a", 1), ("b", 1), ("c", 2)], "round-robin");
    let large = times(&[("a", 100), ("b", 100), ("c", 200)], "round-robin");
    assert_eq!(small, large);
}

/// Requests of a second each, one of which is in the pool at a time.
#[test]
fn a_backend_that_joins_is_as_fast_as_its_weight_says_and_a_new_weight_changes_no_machine() {
    let requests = "arrival_us,service_us\n1000000,1000000\n11000000,1000000\n21000000,1000000\n\
                    31000000,1000000\n41000000,1000000\n";
    let case = Case {
        events: "
  - { at: 5s, reweight: a, weight: 8 }
  - { at: 10s, add: { name: b, weight: 8 } }
  - { at: 10s, remove: a }
  - { at: 20s, add: { name: c, weight: 1 } }
  - { at: 20s, remove: b }
  - { at: 30s, add: { name: b, weight: 4 } }
  - { at: 30s, remove: c }
  - { at: 40s, reweight: b, weight: 1 }",
        ..Case::of(&[("a", 2)])
    };
    let figures = case.figures("random", &trace(requests).unwrap(), |machines| machines);
    let means = figures
        .phases
        .iter()
        .filter_map(|phase| phase.latency.as_ref());
    let means: Vec<_> = means.map(|latency| latency.mean_ns / 1e9).collect();
    // a as configured, b of weight 8, c of weight 1, the new b of weight 4, twice.
    assert_eq!(means, [1., 0.25, 2., 0.5, 0.5]);
}

/// Two requests of half a second arrive each second, in turn. In the second half, b is stopped, and all are sent to a.
#[test]
fn offered_load_is_measured_while_a_backend_is_up() {
    let mut requests = "arrival_us,service_us\n".to_owned();
    for number in 0..200 {
        requests += &format!("{},500000\n", number * 500_000 + 1);
    }
    let case = Case {
        events: "  - { at: 50s, stop: b }",
        ..Case::of(&[("a", 1), ("b", 1)])
    };
    let traffic = trace(&requests).unwrap();
    let figures = case.figures("round-robin", &traffic, |machines| machines);
    let of = offered(&figures);
    assert!(
        (of[0] - 0.75).abs() < 0.01 && (of[1] - 0.5).abs() < 0.01,
        "{of:?}"
    );
    // Slower by half, and stopped before it is noticed: what is lost is no work.
    let case = Case {
        events: "  - { at: 50s, stop: b, noticed_after: 1h }\n  - { at: 0s, slow: a, speed: 0.5 }",
        ..case
    };
    let figures = case.figures("round-robin", &traffic, |machines| machines);
    let of = offered(&figures);
    assert!(
        (of[0] - 1.).abs() < 0.02 && (of[1] - 0.5).abs() < 0.01,
        "{of:?}"
    );
    assert!(figures.failed > 40);
}

#[test]
fn a_backend_that_is_offered_too_much_is_overloaded() {
    let case = Case::of(&[("a", 4), ("b", 1)]);
    let traffic = Traffic::from(drawn(20_000, 0.7));
    let alike = case.figures("round-robin", &traffic, |machines| {
        machines.with_common_speed(1.)
    });
    let of = offered(&alike);
    // 1.4 arrive per millisecond, and a gets four of five.
    assert!(
        (of[0] - 1.12).abs() < 0.02 && (of[1] - 0.28).abs() < 0.02,
        "{of:?}"
    );
    assert!(alike.backends[0].is_overloaded() && !alike.backends[1].is_overloaded());
    let by_weight = case.figures("round-robin", &traffic, |machines| machines);
    assert!(!by_weight.backends.iter().any(BackendFigures::is_overloaded));
}

/// The hits of a cache, from the definition: a list of keys, the latest at its end.
fn naive_hits(keys: &[String], size: usize) -> usize {
    let (mut cache, mut hits) = (Vec::<&String>::new(), 0);
    for key in keys {
        match cache.iter().position(|&held| held == key) {
            Some(place) => {
                hits += 1;
                cache.remove(place);
            }
            None if cache.len() == size => {
                cache.remove(0);
            }
            None => {}
        }
        cache.push(key);
    }
    hits
}

#[test]
fn each_cache_has_its_own_size_and_its_hits_are_less_work() {
    let config = Case::of(&[("a", 2), ("b", 1)]).config();
    let balancer = config.changed(
        Registry::builtin().named("rendezvous").unwrap(),
        config.backends.clone(),
    );
    let balancer = balancer.unwrap().balancer().unwrap();
    let (mut requests, mut keys) = ("arrival_us,service_us,key\n".to_owned(), [vec![], vec![]]);
    for number in 0_u64..4_000 {
        let key = format!("key-{}", number.wrapping_mul(number) % 97 * (number % 3));
        requests += &format!("{},1000,{key}\n", number * 1_000);
        let slot = balancer.route(Some(key.as_bytes())).unwrap().slot();
        keys[slot.index()].push(key);
    }
    let traffic = trace(&requests).unwrap();
    let case = Case {
        model: Model {
            cache: Some(CacheModel {
                entries: NonZeroUsize::new(10),
                hit_cost: 0.,
            }),
            ..ONE_SERVER
        },
        ..Case::of(&[("a", 2), ("b", 1)])
    };
    let check = |figures: &Figures, sizes: [usize; 2]| {
        for ((backend, keys), size) in figures.backends.iter().zip(&keys).zip(sizes) {
            let hits = naive_hits(keys, size) as f64 / keys.len() as f64;
            assert_eq!(backend.hit_ratio, Some(hits), "{size}");
        }
    };
    check(
        &case.figures("rendezvous", &traffic, |machines| machines),
        [10, 10],
    );
    let by_weight = case.figures("rendezvous", &traffic, Machines::with_caches_by_weight);
    check(&by_weight, [20, 10]);
    let own = case.figures("rendezvous", &traffic, |machines| {
        machines.with_cache("b", NonZeroUsize::new(30).unwrap())
    });
    check(&own, [10, 30]);
    // A request a millisecond for 1 ms at speed 1: misses are all the work.
    for (backend, keys) in by_weight.backends.iter().zip(&keys) {
        let speed = if backend.backend == "a" { 2. } else { 1. };
        let misses = keys.len() as f64 * (1. - backend.hit_ratio.unwrap());
        let offered = misses / 4_000. / speed;
        assert!((backend.offered_load.unwrap() - offered).abs() < 0.001);
    }
}

#[test]
fn drawn_requests_fill_the_capacity_of_all_weights() {
    let traffic = Traffic::from(Drawn::new(50_000, 0.6, 1_000, Distribution::Uniform));
    let case = Case::of(&[("a", 300), ("b", 100), ("c", 200)]);
    let figures = case.figures("round-robin", &traffic, |machines| machines);
    for offered in offered(&figures) {
        assert!((offered - 0.6).abs() < 0.02, "{offered}");
    }
}
