//! What `tune` answers is enough, and half of it is not.

use std::process::{Command, Output};

use serde_json::Value;

fn evenkeel(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    command.args(args).output().unwrap()
}

/// Few enough requests for a test, and so many keys that chance leaves room.
const TRAFFIC: [&str; 4] = ["--requests", "20000", "--clients", "20000"];

fn tuned(args: &[&str]) -> (Value, Option<i32>) {
    let output = evenkeel(&[&["tune"], args, &["--format", "json"], &TRAFFIC].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let json = serde_json::from_slice(&output.stdout);
    (
        json.unwrap_or_else(|_| panic!("{said}")),
        output.status.code(),
    )
}

/// An answer that is enough on about 95 of a hundred seeds that it was not sought on, and half of it, which is not.
fn answered(args: &[&str]) -> Value {
    let (tuned, code) = tuned(args);
    assert_eq!(code, Some(0), "{tuned}");
    let fresh = &tuned["fresh"];
    // Three deviations below 95, and what a range of three quarters to all leaves open.
    assert!(fresh["met"].as_u64() >= Some(88), "{tuned}");
    assert_eq!(fresh["seeds"], 100);
    assert_eq!(fresh["value"], tuned["answer"]);
    let half = &tuned["half"];
    assert!(half["met"].as_u64() < half["seeds"].as_u64(), "{tuned}");
    tuned
}

fn configured(seed: u64, folder: &tempfile::TempDir) -> String {
    let config = folder.path().join(format!("{seed}.yaml"));
    let names: Vec<_> = (1..=10).map(|number| format!("b{number}")).collect();
    let text = format!("seed: {seed}\nbackends: [{}]\n", names.join(", "));
    std::fs::write(&config, text).unwrap();
    config.to_str().unwrap().to_owned()
}

/// Neighbouring seeds share no runs, so that their answers differ, within what each says is open.
#[test]
fn answers_of_other_base_seeds_are_within_the_range() {
    let folder = tempfile::tempdir().unwrap();
    let found = [0, 1, 2, 3, 1_000].map(|seed| {
        let config = configured(seed, &folder);
        answered(&["size", &config, "-a", "ketama", "--peak-to-mean", "1.2"])
    });
    let end = |tuned: &Value, end: &str| tuned["range"][end].as_u64().unwrap();
    let answers = found.each_ref().map(|one| one["answer"].as_u64().unwrap());
    for one in &found {
        let range = end(one, "cheap") + 1..=end(one, "dear");
        for answer in answers {
            assert!(range.contains(&answer), "{answers:?}, {range:?}");
        }
    }
    // They are not the same runs.
    let peaks = found
        .each_ref()
        .map(|one| one["fresh"]["mean_peak"].as_f64());
    assert!(peaks.windows(2).all(|pair| pair[0] != pair[1]), "{peaks:?}");
}

#[test]
fn more_of_the_seeds_cost_more() {
    let args = ["size", "--backends", "10", "--peak-to-mean", "1.2"];
    let answer = |share| {
        let tuned = answered(&[&args[..], &["--share-of-seeds", share]].concat());
        assert!(tuned["goals"]["share_of_seeds"].is_f64());
        tuned["answer"].as_u64().unwrap()
    };
    assert!(answer("90%") < answer("99%"));
}

/// One key is on one backend, and one backend has all: no seed differs, so that nothing is open.
#[test]
fn what_every_seed_answers_alike_has_no_range() {
    let ask = |args: &[&str]| {
        let output = evenkeel(&[&["tune", "size", "--format", "json"], args].concat());
        let tuned: Value = serde_json::from_slice(&output.stdout).unwrap();
        (output.status.code(), tuned)
    };
    let goal = ["--peak-to-mean", "1.1"];
    let (code, alone) = ask(&[&goal[..], &["-b", "1", "--requests", "1000"]].concat());
    assert_eq!((code, &alone["answer"]), (Some(0), &1.into()));
    assert_eq!(
        (&alone["range"], &alone["half"]),
        (&Value::Null, &Value::Null)
    );
    for few in [["--clients", "1"], ["--requests", "1"]] {
        let (code, nothing) = ask(&[&goal[..], &["-b", "10"], &few].concat());
        assert_eq!(
            (code, &nothing["answer"]),
            (Some(1), &Value::Null),
            "{few:?}"
        );
        assert_eq!(nothing["range"], Value::Null);
    }
}

/// The peak that `compare` measures on a seed that `tune` has not seen, with a line of a config.
fn peak(algorithm: &str, line: &str, seed: &str) -> f64 {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.yaml");
    let backends: Vec<_> = (1..=10).map(|number| format!("b{number}")).collect();
    let backends = backends.join(", ");
    std::fs::write(&config, format!("{line}\nbackends: [{backends}]\n")).unwrap();
    let config = config.to_str().unwrap();
    let args = ["compare", config, "--algorithm", algorithm];
    let rest = ["--seed", seed, "--format", "json"];
    let output = evenkeel(&[&args[..], &rest, &TRAFFIC].concat());
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    json["results"][0]["spread"]["requests"]["peak_to_mean"]
        .as_f64()
        .unwrap()
}

/// On how many of ten seeds that nothing has been sought on the peak is above the goal.
fn above(goal: &str, algorithm: &str, line: &str) -> usize {
    let goal: f64 = goal.parse().unwrap();
    let seeds = (0..10).map(|number| format!("9{number}00"));
    let peaks = seeds.map(|seed| peak(algorithm, line, &seed));
    peaks.filter(|&peak| peak > goal).count()
}

#[test]
fn an_answer_holds_on_other_seeds_and_half_of_it_does_not() {
    for (algorithm, kind, goal) in [
        ("ketama", "size", "1.2"),
        ("multi-probe", "size", "1.2"),
        ("ketama", "bound", "1.1"),
    ] {
        let args = [kind, "--backends", "10", "--algorithm", algorithm];
        let tuned = answered(&[&args[..], &["--peak-to-mean", goal]].concat());
        let line = tuned["line"].as_str().unwrap();
        // Of ten seeds at 95 of 100, more than two are above in one of a hundred cases.
        let over = above(goal, algorithm, line);
        assert!(over <= 2, "{algorithm} {line}: {over}");
    }
}

/// A backend is in as many subsets as there are heads in so many throws, and all of its load comes from
/// there.
#[test]
fn the_smallest_subset_is_that_of_the_binomial_distribution() {
    let args = ["subset", "--backends", "20", "--algorithm", "round-robin"];
    let goal = ["--peak-to-mean", "1.5", "--instances", "50"];
    let few = answered(&[&args[..], &goal].concat());
    let size = few["answer"].as_u64().unwrap();
    // The fullest of 20, on 95 of 100 seeds, is at most some 2.8 deviations up: at 7 of 20, 1.48.
    assert!((5..=9).contains(&size), "{size}");
    let goal = ["--peak-to-mean", "1.5", "--instances", "400"];
    let many = answered(&[&args[..], &goal].concat());
    assert!(many["answer"].as_u64() < Some(size / 2), "{many}");
}

#[test]
fn a_bound_is_as_loose_as_it_can_be_and_the_price_is_told() {
    let args = ["bound", "--backends", "10", "--peak-to-mean", "1.1"];
    let tuned_to = answered(&args);
    let away = |trial: &Value| trial["mean_away"].as_f64().unwrap();
    let trials = tuned_to["trials"].as_array().unwrap();
    let bound = |trial: &Value| trial["value"].as_f64();
    for pair in trials.windows(2) {
        assert!(bound(&pair[0]) > bound(&pair[1]));
        // Bounds that are rounded up to the same differ by the seeds that they were measured on.
        assert!(away(&pair[0]) < away(&pair[1]) + 0.01, "{pair:?}");
    }
    assert!(away(&tuned_to["half"]) < away(&tuned_to["fresh"]));
    let crowded = answered(&[&args[..], &["--in-flight", "2000"]].concat());
    assert!(away(&crowded["fresh"]) < away(&tuned_to["fresh"]) / 2.);
    // By itself rendezvous is even enough.
    let (free, code) = tuned(&[&args[..], &["--algorithm", "rendezvous"]].concat());
    assert_eq!((code, &free["half"]), (Some(0), &Value::Null));
    assert_eq!(free["answer"].as_f64(), Some(10.));
    assert_eq!(away(&free["fresh"]), 0.);
    for limit in [["--max-away", "1%"], ["--max-moved", "5%"]] {
        let (nothing, code) = tuned(&[&args[..], &limit].concat());
        assert_eq!((code, &nothing["answer"]), (Some(1), &Value::Null));
    }
}

#[test]
fn limits_of_memory_and_moves_are_kept_and_what_is_out_of_reach_is_a_no() {
    let base = [
        "size",
        "--backends",
        "10",
        "--algorithm",
        "maglev",
        "--peak-to-mean",
        "1.15",
    ];
    let limits = ["--memory", "1MiB", "--max-moved", "20%"];
    let tuned_to = answered(&[&base[..], &limits].concat());
    assert!(tuned_to["fresh"]["memory_bytes"].as_u64() <= Some(1 << 20));
    // Some of a hundred seeds may exceed a limit.
    assert!(tuned_to["fresh"]["worst_moved"].as_f64() <= Some(0.25));
    let subset = ["subset", "--backends", "10", "--instances", "2"];
    for (base, limit) in [
        (&base[..], &["--memory", "10B"][..]),
        (&base, &["--max-moved", "1%"]),
        (&base[..5], &["--peak-to-mean", "1.00001"]),
        (&subset, &["--peak-to-mean", "1.00001"]),
    ] {
        let (nothing, code) = tuned(&[base, limit].concat());
        assert_eq!(
            (code, &nothing["answer"]),
            (Some(1), &Value::Null),
            "{limit:?}"
        );
        assert!(!nothing["trials"].as_array().unwrap().is_empty());
    }
}

/// The first size that is enough when sizes are doubled may be too large where a smaller one is not.
#[test]
fn a_limit_between_two_doublings_is_met() {
    let args = ["size", "--backends", "10", "--peak-to-mean", "1.2"];
    let free = answered(&args);
    let memory = free["fresh"]["memory_bytes"].to_string();
    let limited = answered(&[&args[..], &["--memory", &memory]].concat());
    assert_eq!(limited["answer"], free["answer"]);
}

/// With few points local rendezvous gains nothing by some more.
#[test]
fn a_search_goes_on_where_chance_alone_does_better() {
    let args = ["size", "--backends", "10", "--algorithm", "lrh"];
    let tuned = answered(&[&args[..], &["--peak-to-mean", "1.2"]].concat());
    assert!(tuned["answer"].as_u64() > Some(4));
}

#[test]
fn what_cannot_be_tuned_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("config.yaml");
    let text = "subset: { client: c, size: 2 }\nbackends: [a, b, c]\n";
    std::fs::write(&config, text).unwrap();
    let config = config.to_str().unwrap();
    let three = ["--backends", "3"];
    let even = ["--peak-to-mean", "1.1"];
    for (args, what) in [
        (&["size", "-a", "rendezvous"][..], "`tune bound`"),
        (&["size", "-a", "round-robin"], "`tune subset`"),
        (&["bound", "-a", "round-robin"], "without a key"),
        (
            &[
                "subset",
                "--algorithm",
                "random",
                "--instances",
                "2",
                "--max-moved",
                "1%",
            ],
            "nothing to move",
        ),
        (&["subset"], "--instances"),
        (&["size", "--in-flight", "2"], "'--in-flight'"),
        (&["size", "--memory", "1MB"], "1MiB"),
        (&["size", "--share-of-seeds", "100%"], "from 50% to 99%"),
    ] {
        refused(&[args, &three, &even].concat(), what);
    }
    refused(
        &[&["size"], &three[..], &["--peak-to-mean", "0.9"]].concat(),
        "at least 1",
    );
    refused(&[&["size", config], &even[..]].concat(), "`tune subset`");
}

fn refused(args: &[&str], what: &str) {
    let output = evenkeel(&[&["tune"], args].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        output.status.code() == Some(2) && said.contains(what),
        "{args:?}: {said}"
    );
}
