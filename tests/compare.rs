//! What the comparison says of the default workload, and that it says the same every time.

mod command;
mod hot_keys;

use std::sync::atomic::{AtomicUsize, Ordering};

use evenkeel::change::MembershipChange;
use evenkeel::compare::{Comparison, Plan};
use evenkeel::config::Config;
use evenkeel::report::{Format, render};
use evenkeel::workload::{Distribution, Workload};
use evenkeel_algorithms::dialect;
use evenkeel_algorithms::strategy::CARDS;
use evenkeel_algorithms::{LoadBalancer, Registry};
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
        algorithms: CARDS,
        workload: &workload,
        changes,
        timing: false,
        detailed: false,
    };
    plan.run(|_| ()).unwrap()
}

fn defaults() -> [MembershipChange; 2] {
    [
        MembershipChange::Add("b11".into()),
        MembershipChange::Remove("b10".into()),
    ]
}

/// Weights 4, 2, 1 and 1, which pymemcache ignores.
#[test]
fn expected_shares_are_those_of_the_algorithm() {
    let text =
        "{ algorithm: ketama, backends: [{ name: a, weight: 4 }, { name: b, weight: 2 }, c, d] }";
    let config = Config::parse(text, Registry::builtin()).unwrap();
    let workload = Workload::drawn(100_000, 100_000, Distribution::Uniform, 1).unwrap();
    let algorithms = ["pymemcache-rendezvous", "rendezvous"];
    let plan = Plan {
        config: &config,
        algorithms: &algorithms.map(|name| Registry::builtin().named(name).unwrap()),
        workload: &workload,
        changes: &["e:4".into(), "e".into()].map(MembershipChange::Add),
        timing: false,
        detailed: false,
    };
    let comparison = plan.run(|_| ()).unwrap();
    for result in &comparison.results {
        let keys = result.spread.keys.unwrap();
        assert!(keys.peak_to_mean < 1.03, "{}", result.algorithm);
        for changed in &result.changes {
            let ratio = changed.remap_ratio / changed.ideal_remap;
            assert!((0.96..1.04).contains(&ratio), "{}", result.algorithm);
        }
    }
    let ignore = comparison
        .results
        .iter()
        .map(|result| result.ignores_weights);
    assert_eq!(ignore.collect::<Vec<_>>(), [true, false]);
    let text = String::from_utf8(render(&comparison, Format::Text, "").unwrap()).unwrap();
    let said = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        said.contains("pymemcache-rendezvous ignores weights: its"),
        "{text}"
    );
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
    for format in [Format::Json, Format::Csv, Format::Text, Format::Markdown] {
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

/// Weights, and a backend that gets nothing.
const UNEQUAL: &str = "{ algorithm: ketama, backends: [a, {name: b, weight: 3}, {name: c, drain: true}, {name: d, weight: 2}] }";

fn detailed(config: &Config, names: &[&str], workload: &Workload) -> Comparison {
    let algorithms = names
        .iter()
        .map(|name| Registry::builtin().named(name).unwrap());
    let plan = Plan {
        config,
        algorithms: &algorithms.collect::<Vec<_>>(),
        workload,
        changes: &[],
        timing: false,
        detailed: true,
    };
    plan.run(|_| ()).unwrap()
}

#[test]
fn the_load_of_each_backend_is_what_it_is_asked_for() {
    let config = Config::parse(UNEQUAL, Registry::builtin()).unwrap();
    let workload = Workload::drawn(5_000, 700, Distribution::Uniform, 3).unwrap();
    let names = ["ketama", "rendezvous", "nginx-hash-consistent"];
    for outcome in detailed(&config, &names, &workload).results {
        let algorithm = Registry::builtin().named(outcome.algorithm).unwrap();
        let balancer =
            LoadBalancer::new(config.configured_as(algorithm), config.pool().unwrap()).unwrap();
        let reached: Vec<_> = workload
            .requests()
            .map(|(_, key)| {
                balancer
                    .route(Some(key))
                    .unwrap()
                    .backend()
                    .name()
                    .to_owned()
            })
            .collect();
        let found = outcome.backends.iter();
        let found: Vec<_> = found
            .map(|load| (&*load.backend, load.weight, load.requests))
            .collect();
        let count = |name| reached.iter().filter(|reached| *reached == name).count() as u64;
        assert_eq!(
            found,
            [
                ("a", 1, count("a")),
                ("b", 3, count("b")),
                ("d", 2, count("d"))
            ]
        );
        for load in &outcome.backends {
            let due = 5_000. * f64::from(load.weight) / 6.;
            assert!((load.to_mean - load.requests as f64 / due).abs() < 1e-12);
        }
        let peaks = outcome.backends.iter().map(|load| load.to_mean);
        let peak = outcome.spread.requests.unwrap().peak_to_mean;
        assert_eq!(peaks.reduce(f64::max), Some(peak));
    }
}

#[test]
fn a_comparison_has_as_many_steps_as_it_says() {
    let config = Config::parse(UNEQUAL, Registry::builtin()).unwrap();
    let workload = Workload::drawn(100, 50, Distribution::Uniform, 3).unwrap();
    for timing in [false, true] {
        let plan = Plan {
            config: &config,
            algorithms: &["ketama", "random"].map(|name| Registry::builtin().named(name).unwrap()),
            workload: &workload,
            changes: &[MembershipChange::Add("e".into())],
            timing,
            detailed: false,
        };
        let steps = AtomicUsize::new(0);
        plan.run(|_| _ = steps.fetch_add(1, Ordering::Relaxed))
            .unwrap();
        assert_eq!(steps.into_inner(), plan.steps());
    }
}

#[test]
fn loads_and_bands_of_several_runs_are_means() {
    let config = Config::parse(UNEQUAL, Registry::builtin()).unwrap();
    let run = |number| {
        let uniform = Distribution::Uniform;
        let workload = Workload::drawn_again(number, 2_000, 100, uniform, number.into()).unwrap();
        detailed(&config, &["ketama", "nginx-hash-consistent"], &workload)
    };
    let (first, second) = (run(0), run(1));
    let both = Comparison::over(vec![run(0), run(1)], true).unwrap();
    for (place, load) in both.results[0].backends.iter().enumerate() {
        let [one, other] = [&first, &second].map(|run| &run.results[0].backends[place]);
        assert_eq!(load.to_mean, (one.to_mean + other.to_mean) / 2.);
        assert_eq!(load.requests, (one.requests + other.requests).div_ceil(2));
        assert_ne!(one.requests, other.requests);
    }
    let [one, other, mean] =
        [first.chance, second.chance, both.chance].map(|chance| chance.band.unwrap());
    assert_eq!(mean.low, (one.low + other.low) / 2.);
    assert_eq!(mean.high, (one.high + other.high) / 2.);
    assert_eq!(
        both.agreement.unwrap().shares,
        first.agreement.unwrap().shares
    );
    assert_eq!(both.layouts, first.layouts);
}

/// What `evenkeel agreement` says of two configs, a comparison says of their algorithms.
#[test]
fn strategies_agree_as_configs_do() {
    let folder = tempfile::tempdir().unwrap();
    let names = ["ketama", "twemproxy-ketama", "nginx-hash-consistent"];
    let configs = names.iter().map(|name| {
        let path = folder.path().join(format!("{name}.yaml"));
        std::fs::write(&path, format!("{{algorithm: {name}, backends: [a, b, c]}}")).unwrap();
        path
    });
    let command = std::process::Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .arg("agreement")
        .args(configs)
        .args(["--requests", "3000", "--clients", "500", "--format", "json"])
        .output()
        .unwrap();
    let told: Value = serde_json::from_slice(&command.stdout).unwrap();
    let config = Config::parse(
        "{algorithm: ketama, backends: [a, b, c]}",
        Registry::builtin(),
    )
    .unwrap();
    let workload =
        Workload::drawn(3_000, 500, Distribution::Uniform, config.hashing.seed.0).unwrap();
    let algorithms = [&names[..], &["round-robin", "least-connections"]].concat();
    let agreement = detailed(&config, &algorithms, &workload).agreement.unwrap();
    assert_eq!(agreement.algorithms, names);
    for (row, shares) in agreement.shares.iter().enumerate() {
        let told = &told["configs"][row]["agreement"];
        let told: Vec<_> = told
            .as_array()
            .unwrap()
            .iter()
            .map(|share| share.as_f64().unwrap())
            .collect();
        assert_eq!(*shares, told);
        assert!(
            shares
                .iter()
                .enumerate()
                .all(|(place, &share)| (share == 1.) == (place == row))
        );
    }
}

#[test]
fn agreement_is_told_of_dialects_that_go_by_key_alone_beside_others() {
    let config = Config::parse(UNEQUAL, Registry::builtin()).unwrap();
    let workload = Workload::drawn(100, 50, Distribution::Uniform, 3).unwrap();
    for names in [
        &["ketama", "rendezvous"][..],
        &["ketama", "nginx-round-robin"],
        &["ketama", "rendezvous", "nginx-round-robin"],
        &["nginx-hash-consistent", "round-robin"],
    ] {
        assert!(
            detailed(&config, names, &workload).agreement.is_none(),
            "{names:?}"
        );
    }
    let dialects: Vec<_> = dialect::CARDS
        .iter()
        .flat_map(|group| group.iter())
        .map(|known| known.name)
        .collect();
    let comparison = detailed(&config, &dialects, &workload);
    let by_key_alone = comparison
        .results
        .iter()
        .filter(|outcome| outcome.spread.keys.is_some());
    let by_key_alone: Vec<_> = by_key_alone.map(|outcome| outcome.algorithm).collect();
    assert_eq!(comparison.agreement.unwrap().algorithms, by_key_alone);
}
