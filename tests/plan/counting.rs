//! Plans say what plain counting says.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use proptest::prelude::*;
use serde_json::Value;

use super::oracle::Oracle;
use super::support::{Folder, KEYS, brute_force, figure, listed, plan, some_keys};

#[test]
fn the_moved_are_the_difference_of_two_runs_of_route() {
    let folder = Folder::new();
    let keys = folder.write("keys.txt", some_keys(3_000));
    let weighted = ["{name: a, weight: 3}", "b", "{name: c, weight: 2}", "d"];
    let fewer = ["{name: a, weight: 2}", "{name: c, weight: 2}", "e", "d"];
    for (one, other) in [
        ("ketama", "ketama"),
        ("rendezvous", "maglev"),
        ("anchor", "anchor"),
        ("libketama", "libketama"),
        ("haproxy-hash-consistent", "nginx-hash-consistent"),
        ("envoy-ring-hash", "envoy-ring-hash"),
        ("modulo", "power"),
        ("jedis-sharded", "redis-cluster"),
    ] {
        let before = folder.config("before.yaml", one, &weighted);
        let after = folder.config("after.yaml", other, &fewer);
        let args = [&*before, &*after, "--keys-from", &keys];
        let expected = brute_force(&before, &after, &keys);
        assert!(!expected.is_empty());
        assert_eq!(listed(&folder, &args), expected, "{one} to {other}");
    }
}

#[test]
fn a_log_is_routed_by_the_field_that_is_asked_for() {
    let folder = Folder::new();
    let (mut log, mut clients, mut paths) = (String::new(), String::new(), String::new());
    for number in 0..2_000u32 {
        let (client, path) = (number * number % 311, number % 97 * number % 89);
        writeln!(
            log,
            "10.0.{}.{} - - [17/May/2015:10:05:03 +0000] \"GET /p/{path}?q HTTP/1.1\" 200 12",
            client / 256,
            client % 256
        )
        .unwrap();
        writeln!(clients, "10.0.{}.{}", client / 256, client % 256).unwrap();
        writeln!(paths, "/p/{path}?q").unwrap();
    }
    let log = folder.write("access.log", log);
    let before = folder.config("before.yaml", "ketama", &["a", "b", "c"]);
    let after = folder.config("after.yaml", "ketama", &["a", "b", "c", "d"]);
    for (field, keys) in [("client", clients), ("path", paths)] {
        let keys = folder.write("keys.txt", keys);
        let args = [&*before, &*after, "--access-log", &log, "--key", field];
        assert_eq!(
            listed(&folder, &args),
            brute_force(&before, &after, &keys),
            "{field}"
        );
        let (by_log, by_keys) = (
            plan(&args),
            plan(&[&*before, &*after, "--keys-from", &keys]),
        );
        for part in [
            "keys",
            "requests",
            "remap_ratio",
            "remap_requests",
            "flows",
            "backends",
        ] {
            assert_eq!(by_log[part], by_keys[part], "{field}: {part}");
        }
        assert_ne!(by_log["keys"], by_log["requests"]);
    }
}

/// One backend of a config that is drawn: its number and weight.
type Drawn = (u8, u8);

fn drawn_config(folder: &Folder, name: &str, algorithm: &str, backends: &[Drawn]) -> String {
    let mut seen = BTreeSet::new();
    let distinct = backends.iter().filter(|(number, _)| seen.insert(*number));
    let backends =
        distinct.map(|(number, weight)| format!("{{name: b{number}, weight: {weight}}}"));
    let backends: Vec<_> = backends.collect();
    let backends: Vec<_> = backends.iter().map(String::as_str).collect();
    folder.config(name, algorithm, &backends)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// Of any two configs the list is the difference, and the figures are those of plain counting.
    #[test]
    fn any_plan_is_what_counting_says(
        one in 0..ALGORITHMS.len(),
        other in 0..ALGORITHMS.len(),
        before in proptest::collection::vec((0u8..8, 1u8..4), 1..7),
        after in proptest::collection::vec((0u8..8, 1u8..4), 1..7),
    ) {
        let folder = Folder::new();
        let keys = folder.write("keys.txt", some_keys(1_200));
        let before = drawn_config(&folder, "before.yaml", ALGORITHMS[one], &before);
        let after = drawn_config(&folder, "after.yaml", ALGORITHMS[other], &after);
        let args = [&*before, &*after, "--keys-from", &keys];
        prop_assert_eq!(listed(&folder, &args), brute_force(&before, &after, &keys));
        Oracle::of(&before, &after, &keys).holds(&plan(&args));
    }
}

const ALGORITHMS: [&str; 10] = [
    "ketama",
    "rendezvous",
    "maglev",
    "memento",
    "modulo",
    "libketama",
    "twemproxy-ketama",
    "haproxy-hash-map-based",
    "envoy-maglev",
    "pymemcache-rendezvous",
];

#[test]
fn keys_without_a_backend_are_counted() {
    let folder = Folder::new();
    let before = folder.config("before.yaml", "rendezvous", &["a", "b"]);
    let after = folder.config(
        "after.yaml",
        "rendezvous",
        &["{name: a, drain: true}", "{name: b, down: true}"],
    );
    let plan = plan(&[&[&*before, &*after][..], &KEYS].concat());
    assert_eq!(
        (&plan["remap_ratio"], &plan["ideal_remap"]),
        (&1.0.into(), &1.0.into())
    );
    let flows = plan["flows"].as_array().unwrap();
    assert!(flows.len() == 2 && flows.iter().all(|flow| flow["to"] == "(no backend)"));
}

#[test]
fn very_many_keys_are_sampled_and_their_requests_are_not() {
    let folder = Folder::new();
    let config = folder.config("config.yaml", "ketama", &["a", "b", "c"]);
    let all: String = (1..=1_200_000)
        .map(|number| format!("key-{number}\n"))
        .collect();
    let keys = folder.write("keys.txt", all + &"key-7\n".repeat(300_000));
    let sampled = plan(&[&*config, "--add", "d", "--keys-from", &keys]);
    let whole = plan(&[&*config, "--add", "d", "--keys", "1200000"]);
    assert_eq!(
        (&sampled["sampled"], &sampled["requests"]),
        (&2.into(), &1_500_000.into())
    );
    assert!((595_000. ..605_000.).contains(&figure(&sampled, "keys")));
    let off = figure(&sampled, "remap_ratio") - figure(&whole, "remap_ratio");
    assert!(off != 0. && off.abs() < 0.002, "{off}");
    // key-7 either moves or not; all others move as they do when each comes once.
    let moved = |plan: &Value, of: f64| (figure(plan, "remap_requests") * of).round();
    let (sampled, whole) = (moved(&sampled, 1.5e6), moved(&whole, 1.2e6));
    assert!(
        sampled == whole || sampled == whole + 300_000.,
        "{sampled} {whole}"
    );
}

#[test]
fn many_backends_have_their_flows_counted_too() {
    let folder = Folder::new();
    let keys = folder.write("keys.txt", some_keys(3_000));
    let names: Vec<_> = (0..2_100).map(|number| format!("b{number}")).collect();
    let mut names: Vec<_> = names.iter().map(String::as_str).collect();
    let before = folder.config("before.yaml", "ketama", &names);
    names.truncate(2_050);
    let after = folder.config("after.yaml", "ketama", &names);
    Oracle::of(&before, &after, &keys).holds(&plan(&[&*before, &*after, "--keys-from", &keys]));
}

#[test]
fn every_format_holds_the_same_flows() {
    let folder = Folder::new();
    let config = folder.config("config.yaml", "ketama", &["a", "b", "c"]);
    let csv = folder.path("out.csv");
    let args = [
        &*config,
        "--add",
        "d",
        "--steps",
        "--output",
        csv.to_str().unwrap(),
    ];
    let plan = plan(&[&args[..], &KEYS].concat());
    let mut reader = csv::Reader::from_path(csv).unwrap();
    let rows: Vec<_> = reader.records().map(Result::unwrap).collect();
    for (step, flows) in [("1", &plan["steps"][0]["flows"]), ("all", &plan["flows"])] {
        let rows = rows.iter().filter(|row| &row[0] == step);
        let rows: Vec<_> = rows
            .map(|row| (row[2].to_owned(), row[3].to_owned(), row[5].to_owned()))
            .collect();
        let flows = flows.as_array().unwrap().iter().map(|flow| {
            let text = |name: &str| flow[name].as_str().unwrap().to_owned();
            (text("from"), text("to"), flow["requests"].to_string())
        });
        assert_eq!(rows, flows.collect::<Vec<_>>());
    }
}

#[test]
fn the_hottest_keys_that_move_are_those_of_the_list() {
    let folder = Folder::new();
    let numbers = (0..4_000u32).map(|number| format!("key-{}\n", number * number % 1_009 % 60));
    let keys = folder.write("keys.txt", numbers.collect::<String>());
    let before = folder.config("before.yaml", "ketama", &["a", "b", "c"]);
    let after = folder.config("after.yaml", "ketama", &["a", "c", "d"]);
    let args = [&*before, &*after, "--keys-from", &keys];
    let mut counts: Vec<(usize, String)> = Vec::new();
    let list = String::from_utf8(listed(&folder, &args)).unwrap();
    for line in list.lines().map(str::to_owned) {
        match counts.iter_mut().find(|(_, known)| *known == line) {
            Some((count, _)) => *count += 1,
            None => counts.push((1, line)),
        }
    }
    counts.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let plan = plan(&args);
    let named = plan["hot_keys"].as_array().unwrap().iter().map(|moved| {
        let text = |name: &str| moved[name].as_str().unwrap();
        let line = format!("{}\t{}\t{}", text("key"), text("from"), text("to"));
        (moved["requests"].as_u64().unwrap() as usize, line)
    });
    let named: Vec<_> = named.collect();
    assert_eq!(named.len(), 5);
    assert_eq!(named, counts[..5]);
    assert_eq!(plan["hot_keys_missed"], 0);
    let once = super::support::plan(&[&before, &after, "--keys", "100"]);
    assert_eq!(once["hot_keys"].as_array().unwrap().len(), 0);
}
