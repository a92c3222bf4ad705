//! Tests of reading scenarios.

use evenkeel_config::Fault;

use super::Scenario;

fn parsed(event: &str) -> Result<Scenario, Fault> {
    Scenario::parse(&format!("events:\n  - {event}\n"))
}

#[test]
fn every_event_is_read() {
    for (text, expected) in [
        ("{ at: 1s, for: 2s, slow: a, speed: 0.5 }", "a at speed 0.5"),
        ("{ at: 0s, stop: a, noticed_after: 5s }", "a stopped"),
        ("{ at: 0s, drain: a }", "a drained"),
        ("{ at: 0s, add: a }", "a added"),
        (
            "{ at: 0s, add: { name: a, weight: 2 } }",
            "a of weight 2 added",
        ),
        ("{ at: 0s, remove: a }", "a removed"),
        ("{ at: 0s, reweight: a, weight: 3 }", "reweight a:3"),
        (
            "{ at: 0s, hot_key: k, share: 12.5% }",
            "k hot, 12.5% of requests",
        ),
        (
            "{ at: 0s, deploy: all, down: 5s, every: 9s }",
            "deploy of all",
        ),
        (
            "{ at: 0s, deploy: [a, b], down: 5s, every: 9s }",
            "deploy of a, b",
        ),
    ] {
        let scenario = parsed(text).unwrap();
        assert_eq!(scenario.entries()[0].label, expected);
    }
}

#[test]
fn invalid_events_are_rejected_with_their_location() {
    for (text, expected) in [
        ("{ at: 1s }", "no event"),
        ("{ slow: a, speed: 1 }", "missing field `at`"),
        ("{ at: 1s, slow: a }", "`slow` needs `speed`"),
        (
            "{ at: 1s, slow: a, speed: 0 }",
            "`speed` is 0; expected 0.000001",
        ),
        ("{ at: 1s, slow: a, speed: .nan }", "`speed` is NaN"),
        (
            "{ at: 1s, stop: a, speed: 1 }",
            "`speed` does not apply to `stop`",
        ),
        (
            "{ at: 1s, stop: a, drain: b }",
            "`drain` does not apply to `stop`",
        ),
        ("{ at: 1s, stop: a, for: 0s }", "`for` is zero"),
        ("{ at: 1, stop: a }", "`1`: expected a number and a unit"),
        ("{ at: 1d, stop: a }", "`1d`: expected a number and a unit"),
        (
            "{ at: 1s, hot_key: k, share: 2 }",
            "`2`: expected a share of at most 100%",
        ),
        ("{ at: 1s, reweight: a, weight: 0 }", "weight"),
        (
            "{ at: 1s, deploy: a, down: 1s, every: 1s }",
            "expected `all` or a list",
        ),
        (
            "{ at: 1s, deploy: [a, a], down: 1s, every: 1s }",
            "`deploy` names `a` twice",
        ),
        (
            "{ at: 1s, deploy: all, down: 0s, every: 1s }",
            "`down` is zero",
        ),
        (
            "{ at: 1s, deploy: [], down: 1s, every: 1s }",
            "`deploy` is empty",
        ),
        (
            "{ at: 1s, for: 1s, deploy: all, down: 1s, every: 1s }",
            "`for` does not apply",
        ),
        ("{ at: 1s, slwo: a, speed: 1 }", "did you mean `slow`?"),
    ] {
        let fault = parsed(text).unwrap_err();
        assert!(fault.what.contains(expected), "{text}: {fault}");
        assert_eq!(fault.place.unwrap().0, 2, "{text}: {fault}");
    }
    assert!(Scenario::parse("events: []").is_err());
    assert!(Scenario::parse("").is_err());
}

#[test]
fn a_deployment_ends_when_the_last_is_back() {
    let end = |text: &str| parsed(text).unwrap().entries()[0].end(10);
    assert_eq!(
        end("{ at: 1s, deploy: all, down: 5s, every: 9s }"),
        Some(87_000_000_000)
    );
    assert_eq!(
        end("{ at: 1s, deploy: [a], down: 5s, every: 9s }"),
        Some(6_000_000_000)
    );
    assert_eq!(end("{ at: 1s, drain: a, for: 2s }"), Some(3_000_000_000));
    assert_eq!(end("{ at: 1s, drain: a }"), None);
}
