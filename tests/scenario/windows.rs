//! Figures of windows of time.

use evenkeel::simulate::{Drawn, Traffic};
use evenkeel::workload::Distribution;

use super::support::{Case, seconds};

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
fn windows_that_were_not_requested_are_not_kept() {
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
