//! What happens to backends and their requests.

use std::num::NonZeroUsize;

use evenkeel::simulate::{CacheModel, Drawn, Model, Traffic};
use evenkeel::workload::Distribution;
use evenkeel_algorithms::strategy::CARDS;

use super::support::{Case, ONE_SERVER, seconds, shared};

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
fn a_stopped_backend_loses_its_requests_until_the_stop_is_noticed() {
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
fn a_drained_backend_finishes_its_requests_and_gets_no_more() {
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
