//! Tests of timelines.

use evenkeel_algorithms::Backend;
use evenkeel_config::Fault;

use super::steps::{Step, Timeline};
use crate::simulate::event::{Event, Members};
use crate::simulate::scenario::Scenario;

fn backends() -> Vec<Backend> {
    ["a", "b", "c"].map(Backend::new).to_vec()
}

fn timeline(events: &str) -> Result<Timeline, Fault> {
    let scenario = Scenario::parse(&format!("events:\n{events}")).unwrap();
    Timeline::of(&scenario, &backends())
}

/// Returns the time in seconds and a short text of each step.
fn told(timeline: &Timeline) -> Vec<String> {
    let told = |step: &Step| {
        let station = |backend| timeline.station(backend).unwrap();
        let event = match &step.event {
            Event::Speed { backend, factor } => format!("speed {} {factor}", station(backend)),
            Event::Stop { backend } => format!("stop {}", station(backend)),
            Event::Start { backend } => format!("start {}", station(backend)),
            Event::Health { backend, healthy } => format!("health {backend} {healthy}"),
            Event::Hot(hot) => format!("hot {}", hot.is_some()),
            Event::Members(Members {
                backends, stations, ..
            }) => {
                let all = backends.iter().zip(stations).map(|(backend, station)| {
                    let drains = if backend.is_draining() { "!" } else { "" };
                    format!(" {}{drains}:{}@{station}", backend.name(), backend.weight())
                });
                format!("members{}", all.collect::<String>())
            }
        };
        format!("{} {event}", step.at / 1_000_000_000)
    };
    timeline.steps.iter().map(told).collect()
}

#[test]
fn events_end_and_earlier_states_return() {
    let timeline = timeline(
        "  - { at: 1s, for: 9s, slow: a, speed: 0.5 }
  - { at: 2s, for: 3s, stop: b, noticed_after: 1s }
  - { at: 3s, for: 2s, remove: c }
  - { at: 6s, reweight: c, weight: 4, for: 1s }
  - { at: 8s, add: d }
  - { at: 9s, hot_key: k, share: 0.5, for: 1s }",
    );
    let timeline = timeline.unwrap();
    let expected = [
        "1 speed 0 0.5",
        "2 stop 1",
        "3 health b false",
        "3 members a:1@0 b:1@1",
        "5 start 1",
        "5 health b true",
        "5 members a:1@0 b:1@1 c:1@2",
        "5 start 2",
        "6 members a:1@0 b:1@1 c:4@2",
        "7 members a:1@0 b:1@1 c:1@2",
        "8 members a:1@0 b:1@1 c:1@2 d:1@3",
        "8 start 3",
        "9 hot true",
        "10 speed 0 1",
        "10 hot false",
    ];
    assert_eq!(told(&timeline), expected);
    let turns: Vec<_> = timeline
        .turns
        .iter()
        .map(|turn| turn.at / 1_000_000_000)
        .collect();
    assert_eq!(turns, [1, 2, 3, 5, 6, 7, 8, 9, 10]);
    assert_eq!(
        timeline.turns[3].what,
        ["b stopped: over", "c removed: over"]
    );
}

#[test]
fn a_deployment_takes_backends_out_in_turn() {
    let timeline = timeline("  - { at: 1s, deploy: [c, a], down: 2s, every: 2s }").unwrap();
    let expected = [
        "1 members a:1@0 b:1@1 c!:1@2",
        "3 start 2",
        "3 members a:1@0 b:1@1 c:1@2",
        "3 members a!:1@0 b:1@1 c:1@2",
        "5 start 0",
        "5 members a:1@0 b:1@1 c:1@2",
    ];
    assert_eq!(told(&timeline), expected);
}

#[test]
fn the_end_of_an_event_restores_the_earlier_state() {
    let timeline = timeline(
        "  - { at: 1s, slow: a, speed: 0.6 }
  - { at: 2s, for: 1s, slow: a, speed: 0.9 }
  - { at: 1s, drain: b }
  - { at: 2s, for: 1s, drain: b }
  - { at: 4s, for: 1s, remove: a }
  - { at: 6s, remove: a }
  - { at: 7s, add: a }",
    );
    let expected = [
        "1 speed 0 0.6",
        "1 members a:1@0 b!:1@1 c:1@2",
        "2 speed 0 0.9",
        "2 members a:1@0 b!:1@1 c:1@2",
        "3 speed 0 0.6",
        "3 members a:1@0 b!:1@1 c:1@2",
        "4 members b!:1@1 c:1@2",
        "5 members a:1@0 b!:1@1 c:1@2",
        "5 start 0",
        "5 speed 0 1",
        "6 members b!:1@1 c:1@2",
        "7 members b!:1@1 c:1@2 a:1@0",
        "7 start 0",
    ];
    assert_eq!(told(&timeline.unwrap()), expected);
}

#[test]
fn events_that_do_not_fit_are_rejected_with_their_location() {
    for (events, line, expected) in [
        (
            "  - { at: 1s, slow: x, speed: 0.5 }",
            2,
            "no backend `x` at that time",
        ),
        ("  - { at: 1s, remove: x }", 2, "there is no backend `x`"),
        (
            "  - { at: 1s, add: a }",
            2,
            "a backend with this name exists",
        ),
        (
            "  - { at: 1s, remove: a }\n  - { at: 2s, drain: a }",
            3,
            "no backend `a` at that time",
        ),
        (
            "  - { at: 3s, stop: a }\n  - { at: 2s, for: 2s, drain: a }",
            2,
            "begins before `a drained` (event 2) has ended",
        ),
        (
            "  - { at: 1s, stop: a }\n  - { at: 9s, deploy: [a], down: 2s, every: 2s }",
            3,
            "begins before `a stopped` (event 1) has ended",
        ),
        (
            "  - { at: 1s, deploy: all, down: 2s, every: 2s }\n  - { at: 2s, stop: b }",
            3,
            "begins before `deploy of all` (event 1) has ended",
        ),
        (
            "  - { at: 1s, remove: a }\n  - { at: 1s, remove: b }\n  - { at: 1s, remove: c }",
            4,
            "no backend would be left",
        ),
    ] {
        let fault = timeline(events).unwrap_err();
        assert!(fault.what.contains(expected), "{events}: {fault}");
        assert_eq!(fault.place.unwrap().0, line, "{events}: {fault}");
    }
}
