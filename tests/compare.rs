//! What the comparison says of the default workload, and that it says the same every time.

use evenkeel::compare::{Comparison, MembershipChange, Plan};
use evenkeel::config::Config;
use evenkeel::report::{Format, render};
use evenkeel::workload::{Distribution, Workload};
use evenkeel_algorithms::strategy::ALGORITHMS;
use serde_json::Value;

fn compared(requests: usize, clients: u32, changes: &[MembershipChange]) -> Comparison {
    let config = Config::of((1..=10).map(|number| format!("b{number}").into()).collect());
    let workload = Workload::drawn(
        requests,
        clients,
        Distribution::Uniform,
        config.hashing.seed.0,
    )
    .unwrap();
    let plan = Plan {
        config: &config,
        algorithms: ALGORITHMS,
        workload: &workload,
        changes,
        timing: false,
    };
    plan.run(|_| ()).unwrap()
}

fn defaults() -> [MembershipChange; 2] {
    [
        MembershipChange::Add("b11".into()),
        MembershipChange::Remove("b10".into()),
    ]
}

#[test]
fn the_embedded_default_shows_each_strategys_nature() {
    let comparison = compared(1_000_000, 100_000, &defaults());
    let outcome = |name| {
        comparison
            .results
            .iter()
            .find(|o| o.algorithm == name)
            .unwrap()
    };
    for changed in outcome("ketama")
        .changes
        .iter()
        .chain(&outcome("rendezvous").changes)
    {
        assert_eq!(changed.excess_remap, 0.);
    }
    for changed in &outcome("maglev").changes {
        let times = changed.remap_ratio / changed.ideal_remap;
        assert!(
            (1.01..=1.08).contains(&times),
            "{}: {times}",
            changed.change
        );
    }
    let turns = outcome("round-robin");
    assert_eq!(turns.spread.requests.unwrap().peak_to_mean, 1.);
    assert!(turns.spread.keys.is_none());
    // Position i reaches backend i mod 10 before and i mod 11 after: equal in 10 of 110 positions.
    assert!((turns.changes[0].remap_ratio - 100. / 110.).abs() < 1e-4);
    assert!((turns.changes[1].remap_ratio - 81. / 90.).abs() < 1e-4);
    assert!((turns.affinity.unwrap() - 0.1).abs() < 0.01);
    let least = outcome("least-connections");
    assert!((1.0..1.05).contains(&least.spread.requests.unwrap().peak_to_mean));
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for format in [Format::Json, Format::Csv, Format::Table, Format::Markdown] {
        let bytes = || {
            render(
                &compared(20_000, 1_000, &defaults()),
                format,
                "evenkeel compare",
            )
            .unwrap()
        };
        assert_eq!(bytes(), bytes(), "{format:?}");
    }
}

#[test]
fn json_and_csv_hold_the_same_figures_in_the_stated_shape() {
    let comparison = compared(20_000, 1_000, &defaults());
    let json: Value =
        serde_json::from_slice(&render(&comparison, Format::Json, "").unwrap()).unwrap();
    assert_eq!(json["schema"], 1);
    assert_eq!(json["workload"]["requests"], 20_000);
    assert_eq!(json["workload"]["distinct_keys"], 1_000);
    let csv = render(&comparison, Format::Csv, "").unwrap();
    let mut reader = csv::Reader::from_reader(&*csv);
    let headers = reader.headers().unwrap().clone();
    for (row, record) in reader.records().map(Result::unwrap).enumerate() {
        let result = &json["results"][row / 2];
        let same = |name: &str, figure: &Value| {
            let column = headers.iter().position(|header| header == name).unwrap();
            let cell: Option<f64> = record[column].parse().ok();
            // serde_json reads a number to within its last digit.
            let close = cell
                .zip(figure.as_f64())
                .is_none_or(|(a, b)| (a - b).abs() < 1e-12);
            assert!(
                close && cell.is_none() == figure.is_null(),
                "{name}: {cell:?} {figure}"
            );
        };
        assert_eq!(record[0], result["algorithm"]);
        assert_eq!(record[1], result["changes"][row % 2]["change"]);
        for name in [
            "remap_ratio",
            "remap_requests",
            "ideal_remap",
            "excess_remap",
        ] {
            same(name, &result["changes"][row % 2][name]);
        }
        for part in ["requests", "keys"] {
            for name in ["peak_to_mean", "min_to_mean", "cv", "jain"] {
                same(&format!("{part}_{name}"), &result["spread"][part][name]);
            }
        }
        same("build_ns", &Value::Null);
    }
}

#[test]
fn a_change_that_moves_nothing_is_measured_as_nothing() {
    let same = MembershipChange::Reweight("b3".into(), evenkeel_algorithms::Weight::MIN);
    for outcome in compared(20_000, 1_000, &[same]).results {
        let changed = &outcome.changes[0];
        assert_eq!(
            (changed.remap_ratio, changed.ideal_remap),
            (0., 0.),
            "{}",
            outcome.algorithm
        );
    }
}
