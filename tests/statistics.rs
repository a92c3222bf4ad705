//! What the comparison says is chance and what is not.

use std::fmt::Write as _;
use std::io::Write as _;

use evenkeel::change::MembershipChange;
use evenkeel::compare::{AlgorithmFigures, Comparison, Evenness, Finding, Plan};
use evenkeel::config::Config;
use evenkeel::figures::seeds;
use evenkeel::report::{Format, render};
use evenkeel::workload::{Distribution, Workload};
use evenkeel_algorithms::{Registry, Seed};
use serde_json::Value;

const TEN: &str =
    "{ backends: [b1, b2, b3, b4, b5, b6, b7, b8, b9, b10], algorithm: rendezvous, options: {";

fn run(config: &Config, algorithms: &[&str], workload: &Workload) -> Comparison {
    let algorithms: Vec<_> = algorithms
        .iter()
        .map(|name| Registry::builtin().named(name).unwrap())
        .collect();
    let plan = Plan {
        config,
        algorithms: &algorithms,
        workload,
        changes: &[MembershipChange::Remove("b10".into())],
        timing: false,
        detailed: false,
    };
    plan.run(|_| ()).unwrap()
}

/// Several runs with requests of their own.
fn repeated(config: &str, algorithms: &[&str], runs: u32) -> Comparison {
    let mut config = Config::parse(config, Registry::builtin()).unwrap();
    let runs = (0..).zip(seeds(Seed(7), runs)).map(|(number, seed)| {
        config.hashing.seed = seed;
        let uniform = Distribution::Uniform;
        let workload = Workload::drawn_again(number, 40_000, 20_000, uniform, seed.0).unwrap();
        run(&config, algorithms, &workload)
    });
    Comparison::over(runs.collect(), true).unwrap()
}

/// Several runs over a file of distinct keys.
fn over_keys(config: &str, algorithms: &[&str], runs: u32) -> Comparison {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let mut keys = String::new();
    (0..20_000).for_each(|key| writeln!(keys, "user:{key}").unwrap());
    file.write_all(keys.as_bytes()).unwrap();
    let workload = Workload::from_keys(file.path()).unwrap();
    let mut config = Config::parse(config, Registry::builtin()).unwrap();
    let runs = seeds(Seed(7), runs).map(|seed| {
        config.hashing.seed = seed;
        run(&config, algorithms, &workload)
    });
    Comparison::over(runs.collect(), false).unwrap()
}

fn outcome<'a>(comparison: &'a Comparison, name: &str) -> &'a AlgorithmFigures {
    let mut outcomes = comparison.results.iter();
    outcomes.find(|outcome| outcome.algorithm == name).unwrap()
}

/// The report as text, with its lines joined.
fn text(comparison: &Comparison) -> String {
    let text = String::from_utf8(render(comparison, Format::Text, "").unwrap()).unwrap();
    text.replace('\n', " ")
}

fn keys_found(comparison: &Comparison, name: &str) -> Finding {
    outcome(comparison, name).chi_square.keys.unwrap().finding
}

#[test]
fn hashing_is_chance_and_a_ring_of_few_points_is_not() {
    let config = format!("{TEN} ketama: {{ points_per_weight: 20 }} }} }}");
    for runs in [1, 5] {
        let comparison = repeated(&config, &["modulo", "rendezvous", "anchor", "ketama"], runs);
        for name in ["modulo", "rendezvous", "anchor"] {
            assert_eq!(
                keys_found(&comparison, name),
                Finding::NothingShown,
                "{name}"
            );
        }
        assert_eq!(keys_found(&comparison, "ketama"), Finding::Uneven);
        let test = outcome(&comparison, "ketama").chi_square.keys.unwrap();
        assert_eq!(test.degrees_of_freedom, 9 * u64::from(runs));
        assert!(test.p_value < 0.001);
    }
}

/// Numbered keys under a checksum take turns of a kind.
#[test]
fn checksums_of_numbered_keys_are_more_even_than_chance() {
    let algorithms = ["spymemcached-modulo", "redis-cluster", "rendezvous"];
    let comparison = over_keys(&format!("{TEN} }} }}"), &algorithms, 1);
    for name in &algorithms[..2] {
        assert_eq!(keys_found(&comparison, name), Finding::MoreEven, "{name}");
    }
    assert_eq!(keys_found(&comparison, "rendezvous"), Finding::NothingShown);
    let text = text(&comparison);
    assert!(text.contains(
        "By distinct keys, significantly more even than random assignment: spymemcached-modulo (p < 0.001) and redis"
    ));
}

/// Where the load has a say keys have no backend, but requests can be tested if each has its own key. At a
/// tight bound they go wherever a random request has just ended.
#[test]
fn requests_of_distinct_keys_are_tested_under_a_bound() {
    let config = format!("{TEN} }}, bounded_load: 1.05 }}");
    let comparison = over_keys(&config, &["rendezvous"], 1);
    let tests = outcome(&comparison, "rendezvous").chi_square;
    assert!(tests.keys.is_none());
    assert_eq!(tests.requests.unwrap().finding, Finding::NothingShown);
}

#[test]
fn turns_are_not_tested() {
    let comparison = over_keys(&format!("{TEN} }} }}"), &["round-robin", "modulo"], 1);
    let turns = outcome(&comparison, "round-robin").chi_square;
    assert!(turns.keys.is_none() && turns.requests.is_none());
    let modulo = outcome(&comparison, "modulo").chi_square;
    assert_eq!(modulo.keys, modulo.requests);
    assert!(modulo.keys.is_some());
}

#[test]
fn differences_are_told_of_five_runs() {
    let config = format!("{TEN} ketama: {{ points_per_weight: 20 }} }} }}");
    let algorithms = ["round-robin", "jump", "memento", "ketama"];
    assert!(repeated(&config, &algorithms, 4).paired.is_empty());
    let comparison = repeated(&config, &algorithms, 5);
    let told = |best, other| {
        let mut paired = comparison.paired.iter();
        let told = paired.find(|told| (told.best, told.other) == (best, other));
        told.unwrap().shown
    };
    assert!(told("round-robin", "jump") && told("round-robin", "ketama"));
    assert!(told("jump", "ketama"));
    // The same picks.
    assert!(!told("jump", "memento"));
    assert_eq!(comparison.paired.len(), 5);
}

#[test]
fn means_lie_in_their_intervals_in_json_and_csv() {
    let comparison = repeated(&format!("{TEN} }} }}"), &["ketama", "round-robin"], 5);
    let json: Value =
        serde_json::from_slice(&render(&comparison, Format::Json, "").unwrap()).unwrap();
    let csv = render(&comparison, Format::Csv, "").unwrap();
    let mut reader = csv::Reader::from_reader(&*csv);
    let headers = reader.headers().unwrap().clone();
    let ketama = reader.records().next().unwrap().unwrap();
    let cell = |name: &str| {
        let column = headers.iter().position(|header| header == name).unwrap();
        ketama[column].parse::<f64>().unwrap()
    };
    let result = &json["results"][0];
    let change = &result["changes"][0];
    for (name, mean, interval) in [
        (
            "requests_peak_to_mean",
            &result["spread"]["requests"]["peak_to_mean"],
            &result["intervals"]["requests"]["peak_to_mean"],
        ),
        (
            "keys_cv",
            &result["spread"]["keys"]["cv"],
            &result["intervals"]["keys"]["cv"],
        ),
        (
            "affinity",
            &result["affinity"],
            &result["intervals"]["affinity"],
        ),
        (
            "remap_ratio",
            &change["remap_ratio"],
            &change["intervals"]["remap_ratio"],
        ),
        (
            "excess_remap",
            &change["excess_remap"],
            &change["intervals"]["excess_remap"],
        ),
    ] {
        let number = |value: &Value| value.as_f64().unwrap();
        assert_eq!(mean, &interval["mean"], "{name}");
        assert!(
            number(&interval["low"]) <= number(mean) && number(mean) <= number(&interval["high"])
        );
        for (end, suffix) in [("low", "_low"), ("high", "_high"), ("mean", "")] {
            let there = cell(&format!("{name}{suffix}"));
            assert!(
                (there - number(&interval[end])).abs() < 1e-12,
                "{name} {end}"
            );
        }
    }
    assert_eq!(
        json["workload"]["repeat"]["seeds"]
            .as_array()
            .unwrap()
            .len(),
        5
    );
    assert_eq!(json["workload"]["repeat"]["redrawn"], true);
}

/// nginx's hash has no seed; over the keys of a file it does the same in every run, which is one run.
#[test]
fn runs_that_are_the_same_count_once() {
    let comparison = over_keys(&format!("{TEN} }} }}"), &["nginx-hash", "modulo"], 5);
    let freedom = |name| {
        let test = outcome(&comparison, name).chi_square.keys.unwrap();
        test.degrees_of_freedom
    };
    assert_eq!((freedom("nginx-hash"), freedom("modulo")), (9, 45));
    let intervals = outcome(&comparison, "nginx-hash").intervals.as_ref();
    let keys = intervals.and_then(|all| all.keys.as_ref()).unwrap();
    let peak = keys.of(Evenness::PEAK_TO_MEAN).unwrap();
    assert_eq!(peak.low, peak.high);
    let text = text(&comparison);
    assert!(text.contains("the requests are the same in every run"));
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for format in [Format::Json, Format::Csv, Format::Text, Format::Markdown] {
        let algorithms = ["ketama", "maglev", "least-connections"];
        let bytes = || {
            render(
                &repeated(&format!("{TEN} }} }}"), &algorithms, 5),
                format,
                "",
            )
            .unwrap()
        };
        assert_eq!(bytes(), bytes(), "{format:?}");
    }
}
