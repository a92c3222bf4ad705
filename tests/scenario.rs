//! Simulations in which something happens: backends that slow down, stop, come and go, and what caches
//! make of it. The trace of keys is not part of the project; where the folder `shared/data` lies beside it
//! it is used, elsewhere these tests say that they are skipped.

use std::io::{Read, Write};
use std::num::NonZeroUsize;
use std::path::Path;

use evenkeel::config::Config;
use evenkeel::simulate::{
    CacheModel, Discipline, Drawn, Figures, Model, Phase, Scenario, Simulated, Simulation,
    Timeline, Traffic,
};
use evenkeel::workload::Distribution;
use evenkeel_algorithms::{Registry, strategy::CARDS};
use flate2::read::GzDecoder;
use tempfile::NamedTempFile;

/// What is simulated, with what is usual.
struct Case<'a> {
    backends: usize,
    traffic: &'a Traffic,
    model: Model,
    events: &'a str,
    warm_up: u64,
    limit: Option<u64>,
    window: Option<u64>,
    instances: u32,
}

const ONE_SERVER: Model = Model {
    servers: 1,
    queue_limit: None,
    discipline: Discipline::Fcfs,
    cache: None,
};

impl<'a> Case<'a> {
    fn of(backends: usize, traffic: &'a Traffic) -> Self {
        Self {
            backends,
            traffic,
            model: ONE_SERVER,
            events: "",
            warm_up: 0,
            limit: None,
            window: None,
            instances: 1,
        }
    }

    fn run(&self, algorithms: &[&str]) -> Simulated {
        self.with(algorithms, |simulation| simulation.run(|_| ()).unwrap())
    }

    fn with<T>(&self, algorithms: &[&str], told: impl FnOnce(Simulation<'_>) -> T) -> T {
        let names = (1..=self.backends).map(|number| format!("b{number}").into());
        let config = Config::of(names.collect());
        let algorithms = algorithms.iter();
        let algorithms: Vec<_> = algorithms
            .map(|name| Registry::builtin().named(name).unwrap())
            .collect();
        let timeline = if self.events.is_empty() {
            Timeline::quiet(&config.backends)
        } else {
            let scenario = Scenario::parse(format!("events:\n{}", self.events)).unwrap();
            Timeline::of(&scenario, &config.backends).unwrap()
        };
        told(Simulation {
            config: &config,
            algorithms: &algorithms,
            traffic: self.traffic,
            model: self.model,
            speeds: &vec![1.; self.backends],
            instances: self.instances,
            warm_up: self.warm_up,
            limit: self.limit,
            timeline: &timeline,
            window: self.window,
        })
    }

    fn proposed_window(&self) -> Option<u64> {
        self.with(&[], |simulation| simulation.proposed_window())
    }

    fn figures(&self, algorithm: &str) -> Figures {
        self.run(&[algorithm]).results.swap_remove(0).figures
    }
}

/// A trace of (arrival, service, key), in seconds.
fn trace(requests: impl IntoIterator<Item = (f64, f64, String)>) -> Traffic {
    let mut file = NamedTempFile::new().unwrap();
    writeln!(file, "arrival_us,service_us,key").unwrap();
    for (arrival, service, key) in requests {
        let [arrival, service] = [arrival, service].map(|seconds| (seconds * 1e6).round());
        writeln!(file, "{arrival},{service},{key}").unwrap();
    }
    Traffic::from_trace(file.path()).unwrap()
}

/// Requests of a second each at these seconds.
fn seconds(arrivals: &[f64]) -> Traffic {
    let arrivals = arrivals.iter();
    trace(arrivals.map(|&arrival| (arrival, 1., "key".to_owned())))
}

fn shared(model: Model) -> Model {
    Model {
        discipline: Discipline::Ps,
        ..model
    }
}

/// At 0.5 s half of the request is left, which takes a second at half speed; at 1 s a quarter is, which
/// takes as long at full speed.
#[test]
fn a_request_goes_on_at_the_new_speed() {
    let traffic = seconds(&[0.]);
    for model in [ONE_SERVER, shared(ONE_SERVER)] {
        let time = |events| {
            let case = Case {
                model,
                events,
                ..Case::of(1, &traffic)
            };
            case.figures("random").latency.unwrap().sum_ns
        };
        assert_eq!(
            time("  - { at: 500ms, slow: b1, speed: 0.5 }"),
            1_500_000_000
        );
        assert_eq!(
            time("  - { at: 500ms, for: 500ms, slow: b1, speed: 0.5 }"),
            1_250_000_000
        );
    }
}

/// b1 stops at 0.5 s with the first request; the second comes before that is noticed, the third after.
#[test]
fn who_stops_loses_what_is_there_and_what_comes_until_it_is_noticed() {
    let traffic = seconds(&[0., 0.75, 1.5, 3.]);
    let case = Case {
        events: "  - { at: 500ms, for: 2s, stop: b1, noticed_after: 500ms }",
        ..Case::of(1, &traffic)
    };
    let figures = case.figures("random");
    assert_eq!(
        (figures.requests, figures.failed, figures.rejected),
        (1, 2, 1)
    );
    let failed: Vec<_> = figures.phases.iter().map(|phase| phase.failed).collect();
    assert_eq!(failed, [1, 1, 0]);
    // With another to go to only the lost one and the one before the notice fail.
    let case = Case {
        backends: 2,
        ..case
    };
    let figures = case.figures("round-robin");
    assert_eq!(
        (figures.requests, figures.failed, figures.rejected),
        (3, 1, 0)
    );
}

#[test]
fn who_is_drained_ends_what_it_has_and_gets_no_more() {
    let traffic = seconds(&[0., 0.1, 0.2, 0.3]);
    for event in ["drain: b1", "remove: b1"] {
        let events = format!("  - {{ at: 150ms, {event} }}");
        let case = Case {
            events: &events,
            ..Case::of(2, &traffic)
        };
        let figures = case.figures("round-robin");
        let requests = figures.backends.iter().map(|share| share.requests);
        assert_eq!(requests.collect::<Vec<_>>(), [1, 3], "{event}");
        assert_eq!((figures.requests, figures.failed), (4, 0), "{event}");
    }
}

#[test]
fn weights_and_newcomers_count_from_their_time_on() {
    let arrivals: Vec<_> = (0..400).map(|number| f64::from(number) * 2.).collect();
    let traffic = seconds(&arrivals);
    let case = Case {
        events: "  - { at: 200s, for: 200s, reweight: b1, weight: 3 }
  - { at: 600s, add: { name: b3, weight: 2 } }",
        ..Case::of(2, &traffic)
    };
    let figures = case.figures("round-robin");
    // 100 evenly, 100 by 3 to 1, 100 evenly, 100 by 1 to 1 to 2.
    let requests = figures.backends.iter().map(|share| share.requests);
    assert_eq!(
        requests.collect::<Vec<_>>(),
        [50 + 75 + 50 + 25, 50 + 25 + 50 + 25, 50]
    );
    assert_eq!(figures.backends[2].backend, "b3");
}

/// Every strategy goes through all events with every request finished, lost or rejected.
#[test]
fn no_request_is_forgotten_whatever_happens() {
    let mut drawn = Drawn::new(30_000, 0.8, 500, Distribution::Uniform);
    drawn.service_mean = 1_000_000;
    let traffic = Traffic::from(drawn);
    for model in [ONE_SERVER, shared(ONE_SERVER)] {
        let case = Case {
            backends: 5,
            traffic: &traffic,
            model: Model {
                queue_limit: Some(20),
                cache: Some(CacheModel {
                    entries: NonZeroUsize::new(50),
                    hit_cost: 0.5,
                }),
                ..model
            },
            events: "  - { at: 500ms, for: 1s, slow: b1, speed: 0.2 }
  - { at: 1s, for: 500ms, stop: b2, noticed_after: 100ms }
  - { at: 2s, add: b6 }
  - { at: 2500ms, remove: b3 }
  - { at: 3s, for: 1s, hot_key: client-7, share: 0.5 }
  - { at: 4s, for: 500ms, drain: b4 }
  - { at: 5s, reweight: b5, weight: 3 }
  - { at: 6s, deploy: [b1, b2, b4], down: 200ms, every: 300ms }",
            warm_up: 0,
            limit: None,
            window: Some(250_000_000),
            instances: 2,
        };
        let names: Vec<_> = CARDS.iter().map(|algorithm| algorithm.name).collect();
        let report = case.run(&names);
        assert!(report.skipped.is_empty(), "{:?}", report.skipped);
        for outcome in &report.results {
            let (name, figures) = (outcome.algorithm, &outcome.figures);
            let all = figures.requests + figures.failed + figures.rejected;
            assert_eq!(all, 30_000, "{name}");
            assert!(figures.failed > 0, "{name}");
            let of_phases = figures.phases.iter();
            let of_phases = of_phases.map(|phase| phase.requests + phase.failed + phase.rejected);
            assert_eq!(of_phases.sum::<u64>(), 30_000, "{name}");
            let windows = figures.windows.iter();
            let of_windows =
                windows.map(|window| window.requests + window.failed + window.rejected);
            assert_eq!(of_windows.sum::<u64>(), 30_000, "{name}");
            assert_eq!(figures.windows.last().unwrap().until_ns, figures.ended_ns);
        }
        let again = serde_json::to_string(&case.run(&names)).unwrap();
        assert_eq!(again, serde_json::to_string(&report).unwrap());
    }
}

/// The windows' loads, weighed by their length, are the whole's.
#[test]
fn windows_and_the_whole_agree() {
    let traffic = Traffic::from(Drawn::new(20_000, 0.7, 500, Distribution::Uniform));
    let case = Case {
        window: Some(100_000_000),
        ..Case::of(3, &traffic)
    };
    let figures = case.figures("least-connections");
    for (place, share) in figures.backends.iter().enumerate() {
        let mut from = 0;
        let parts = figures.windows.iter().map(|window| {
            let length = (window.until_ns - from) as f64;
            from = window.until_ns;
            length * window.mean_queue[place]
        });
        let first_arrival_to_end = figures.ended_ns as f64;
        let mean = parts.sum::<f64>() / first_arrival_to_end;
        assert!(
            (mean / share.mean_queue - 1.).abs() < 0.001,
            "{mean} {}",
            share.mean_queue
        );
    }
}

#[test]
fn a_hot_key_is_asked_for_as_often_as_it_should_be() {
    let traffic = Traffic::from(Drawn::new(40_000, 0.5, 10_000, Distribution::Uniform));
    let case = Case {
        backends: 10,
        events: "  - { at: 2s, for: 2s, hot_key: one, share: 0.3 }",
        window: Some(1_000_000_000),
        ..Case::of(10, &traffic)
    };
    let figures = case.figures("rendezvous");
    // 500 requests a second and backend, of which all but three tenths, and one backend those as well.
    let busiest = |window: usize| {
        let busy = figures.windows[window].busy_servers.iter();
        busy.copied().fold(0., f64::max)
    };
    assert!(busiest(0) < 0.65, "{}", busiest(0));
    assert!(busiest(3) > 0.99, "{}", busiest(3));
    assert_eq!(figures.phases.len(), 3);
}

fn cached(entries: usize) -> Model {
    Model {
        cache: Some(CacheModel {
            entries: NonZeroUsize::new(entries),
            hit_cost: 1.,
        }),
        ..ONE_SERVER
    }
}

/// The requests of a shop, a millisecond each.
fn web12() -> Option<Traffic> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let path = folder.join("cache_web12.keys.gz");
    let Ok(file) = std::fs::File::open(&path) else {
        eprintln!("skipped: {} is not there", path.display());
        return None;
    };
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
fn who_comes_back_has_forgotten_all() {
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
fn a_cache_makes_no_difference_to_who_draws() {
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

/// Load balancers that take turns do not all begin with the same backend.
#[test]
fn turns_of_many_do_not_come_in_step() {
    let traffic = Traffic::from(Drawn::new(20_000, 0.7, 500, Distribution::Uniform));
    let case = Case {
        instances: 20,
        ..Case::of(10, &traffic)
    };
    let mean = |algorithm| case.figures(algorithm).latency.unwrap().mean_ns;
    assert!(mean("round-robin") < 1.1 * mean("random"));
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

#[test]
fn a_window_for_pictures_is_about_a_hundredth_of_the_time() {
    let drawn =
        |requests, load| Traffic::from(Drawn::new(requests, load, 100, Distribution::Uniform));
    // 30,000 requests of 1 ms at 10 backends: 3 s of work, which arrive over 6 s at half the load.
    for (requests, load, expected) in [
        (30_000, 0.5, 50_000_000),
        (30_000, 1., 20_000_000),
        (300, 0.5, 500_000),
    ] {
        let (traffic, what) = (drawn(requests, load), format!("{requests} at {load}"));
        assert_eq!(
            Case::of(10, &traffic).proposed_window(),
            Some(expected),
            "{what}"
        );
    }
    let mut short = Drawn::new(300, 0.5, 100, Distribution::Uniform);
    short.service_mean = 10;
    assert_eq!(Case::of(10, &short.into()).proposed_window(), Some(1_000));
    // The last comes after 90 s; where all come at once nothing is known.
    assert_eq!(
        Case::of(2, &seconds(&[0., 1., 90.])).proposed_window(),
        Some(500_000_000)
    );
    assert_eq!(Case::of(2, &seconds(&[3., 3.])).proposed_window(), None);
}

/// Also if nearly all requests go to one backend, and that is slow.
#[test]
fn a_window_for_pictures_is_not_too_short_to_be_held() {
    let mut proposed = 0;
    for (backends, load, speed) in [
        (5, 0.5, "1"),
        (40, 0.9, "1"),
        (100, 2., "1"),
        (10, 0.5, "0.01"),
        (900, 0.9, "1"),
    ] {
        let traffic = Traffic::from(Drawn::new(20_000, load, 100, Distribution::Uniform));
        let slow =
            (1..=backends).map(|n| format!("  - {{ at: 1ms, slow: b{n}, speed: {speed} }}\n"));
        let hot = "  - { at: 1us, for: 3600s, hot_key: hot, share: 99% }".to_owned();
        let events: String = slow.chain([hot]).collect();
        let case = Case {
            window: None,
            events: &events,
            ..Case::of(backends, &traffic)
        };
        let Some(window) = case.proposed_window() else {
            continue;
        };
        proposed += 1;
        let report = Case {
            window: Some(window),
            ..case
        }
        .run(&["ketama", "modulo"]);
        assert!(
            report.skipped.is_empty(),
            "{backends}: {:?}",
            report.skipped
        );
        assert!(
            report
                .results
                .iter()
                .all(|outcome| outcome.figures.windows.len() >= 10)
        );
    }
    assert_eq!(proposed, 4);
}

#[test]
fn windows_that_nobody_asked_for_are_forgotten() {
    let traffic = seconds(&[0., 1., 2.]);
    let case = Case::of(2, &traffic);
    let mut with = Case {
        window: case.proposed_window(),
        ..Case::of(2, &traffic)
    }
    .run(&["modulo"]);
    assert!(with.results[0].figures.windows.len() > 100);
    with.set_windows_aside();
    let [with, without] =
        [with, case.run(&["modulo"])].map(|report| serde_json::to_string(&report).unwrap());
    assert_eq!(with, without);
}
