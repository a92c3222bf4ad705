//! What a plan says is what two runs of `route` and plain counting say.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use proptest::prelude::*;
use serde_json::Value;
use tempfile::TempDir;

/// Files for a plan.
struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A config of these backends, each as YAML.
    fn config(&self, name: &str, algorithm: &str, backends: &[&str]) -> String {
        let backends = backends.iter().map(|backend| format!("- {backend}\n"));
        let backends: String = backends.collect();
        self.write(
            name,
            format!("algorithm: {algorithm}\nbackends:\n{backends}"),
        )
    }
}

fn evenkeel(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    command.args(args).output().unwrap()
}

/// The figures of a plan that holds.
fn plan(args: &[&str]) -> Value {
    let output = evenkeel(&[&["plan", "--format", "json"], args].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{args:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What a plan that does not come about says, and its exit code.
fn refused(args: &[&str]) -> (String, Option<i32>) {
    let output = evenkeel(&[&["plan"], args].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    (said, output.status.code())
}

fn figure(plan: &Value, name: &str) -> f64 {
    plan[name]
        .as_f64()
        .unwrap_or_else(|| panic!("{name}: {plan}"))
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

/// Key and backend of each request, by `route`.
fn routed(config: &str, keys: &str) -> Vec<(Vec<u8>, String)> {
    let output = evenkeel(&["route", "-c", config, "--keys-from", keys]);
    assert!(output.status.success(), "{config}: {output:?}");
    let lines = output.stdout.split(|&byte| byte == b'\n');
    let lines = lines.filter(|line| !line.is_empty()).map(|line| {
        let tab = line.iter().rposition(|&byte| byte == b'\t').unwrap();
        let backend = String::from_utf8(line[tab + 1..].to_vec()).unwrap();
        (line[..tab].to_vec(), backend)
    });
    lines.collect()
}

/// The requests that two runs of `route` send elsewhere, as lines.
fn brute_force(before: &str, after: &str, keys: &str) -> Vec<u8> {
    let (before, after) = (routed(before, keys), routed(after, keys));
    let mut lines = Vec::new();
    for ((key, from), (_, to)) in before.into_iter().zip(after) {
        if from != to {
            lines.extend(key);
            lines.extend(format!("\t{from}\t{to}\n").into_bytes());
        }
    }
    lines
}

fn listed(folder: &Folder, args: &[&str]) -> Vec<u8> {
    let list = folder.path("moved.tsv");
    plan(&[args, &["--list-moved", list.to_str().unwrap()]].concat());
    fs::read(list).unwrap()
}

/// Keys of a file, some of them again and again, and some that are no UTF-8.
fn some_keys(count: u32) -> Vec<u8> {
    let mut keys = Vec::new();
    for number in 0..count {
        let key = number * number % 997;
        keys.extend(format!("user:{key}").into_bytes());
        keys.extend_from_slice(if key % 5 == 0 { b"\xFF\n" } else { b"\n" });
    }
    keys
}

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
        let args = ["-c", &before, "-c", &after, "--keys-from", &keys];
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
        let args = [
            "-c",
            &before,
            "-c",
            &after,
            "--access-log",
            &log,
            "--key",
            field,
        ];
        assert_eq!(
            listed(&folder, &args),
            brute_force(&before, &after, &keys),
            "{field}"
        );
        let (by_log, by_keys) = (
            plan(&args),
            plan(&["-c", &before, "-c", &after, "--keys-from", &keys]),
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
        let args = ["-c", &before, "-c", &after, "--keys-from", &keys];
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

/// The figures by plain counting over what `route` says and what stands in the configs.
struct Oracle {
    before: BTreeMap<String, f64>,
    after: BTreeMap<String, f64>,
    /// Of each request: the key, the backend before and the one after.
    requests: Vec<(Vec<u8>, String, String)>,
}

impl Oracle {
    fn of(before: &str, after: &str, keys: &str) -> Self {
        let weights = |path: &str| -> BTreeMap<_, _> {
            let config = evenkeel::config::Config::load(Path::new(path), None)
                .unwrap()
                .config;
            let weight =
                |b: &evenkeel_algorithms::Backend| (b.name().to_owned(), b.weight().get().into());
            config.backends.iter().map(weight).collect()
        };
        let requests = routed(before, keys).into_iter().zip(routed(after, keys));
        Self {
            before: weights(before),
            after: weights(after),
            requests: requests
                .map(|((key, from), (_, to))| (key, from, to))
                .collect(),
        }
    }

    fn weight(weights: &BTreeMap<String, f64>, name: &str) -> f64 {
        weights.get(name).copied().unwrap_or_default()
    }

    /// What must move: what those had that left if no other changed, else what the winners gain.
    fn ideal(&self, keys: &[&(Vec<u8>, String, String)]) -> f64 {
        let names: BTreeSet<_> = self.before.keys().chain(self.after.keys()).collect();
        let weights = |name: &str| {
            (
                Self::weight(&self.before, name),
                Self::weight(&self.after, name),
            )
        };
        let only_leavers = names.iter().all(|name| {
            let (was, is) = weights(name);
            is == was || is == 0.
        });
        if only_leavers {
            let left = keys
                .iter()
                .filter(|(_, from, _)| !self.after.contains_key(from));
            return left.count() as f64 / keys.len() as f64;
        }
        let totals = (
            self.before.values().sum::<f64>(),
            self.after.values().sum::<f64>(),
        );
        let gain = |name: &&String| {
            let (was, is) = weights(name);
            (is / totals.1 - was / totals.0).max(0.)
        };
        names.iter().map(gain).sum()
    }

    fn holds(&self, plan: &Value) {
        let mut seen = BTreeSet::new();
        let keys: Vec<_> = self
            .requests
            .iter()
            .filter(|(key, ..)| seen.insert(key))
            .collect();
        let all: Vec<_> = self.requests.iter().collect();
        assert_eq!(plan["keys"], keys.len());
        assert_eq!(plan["requests"], all.len());
        assert_eq!(plan["sampled"], 1);
        let share = |of: &[&(Vec<u8>, String, String)], counts: &dyn Fn(&str, &str) -> bool| {
            let counted = of.iter().filter(|(_, from, to)| counts(from, to));
            counted.count() as f64 / of.len() as f64
        };
        let moved = |from: &str, to: &str| from != to;
        let needless = |from: &str, to: &str| {
            let stays = |name: &str| {
                (
                    Self::weight(&self.before, name),
                    Self::weight(&self.after, name),
                )
            };
            let ((was, is), (had, has)) = (stays(from), stays(to));
            from != to && is >= was && has <= had
        };
        for (name, expected) in [
            ("remap_ratio", share(&keys, &moved)),
            ("remap_requests", share(&all, &moved)),
            ("excess_remap", share(&keys, &needless)),
            ("ideal_remap", self.ideal(&keys)),
        ] {
            assert!(
                close(figure(plan, name), expected),
                "{name}: {expected} {plan}"
            );
        }
        let count = |of: &[&(Vec<u8>, String, String)]| {
            let mut flows = BTreeMap::new();
            for (_, from, to) in of {
                *flows.entry((from.clone(), to.clone())).or_insert(0u64) += 1;
            }
            flows
        };
        let (by_keys, by_requests) = (count(&keys), count(&all));
        let flows = plan["flows"].as_array().unwrap().iter().map(|flow| {
            let text = |name: &str| flow[name].as_str().unwrap().to_owned();
            let ends = (text("from"), text("to"));
            assert_eq!(
                flow["keys"],
                by_keys.get(&ends).copied().unwrap_or_default()
            );
            (ends, flow["requests"].as_u64().unwrap())
        });
        let moving = by_requests.iter().filter(|((from, to), _)| from != to);
        let moving: BTreeMap<_, _> = moving.map(|(ends, count)| (ends.clone(), *count)).collect();
        assert_eq!(flows.collect::<BTreeMap<_, _>>(), moving);
        for backend in plan["backends"].as_array().unwrap() {
            let name = backend["backend"].as_str().unwrap();
            for (figures, flows) in [(backend, &by_keys), (&backend["requests"], &by_requests)] {
                let sum = |counts: &dyn Fn(&str, &str) -> bool| -> u64 {
                    let counted = flows.iter().filter(|((from, to), _)| counts(from, to));
                    counted.map(|(_, count)| count).sum()
                };
                assert_eq!(figures["before"], sum(&|from, _| from == name), "{name}");
                assert_eq!(figures["after"], sum(&|_, to| to == name), "{name}");
                assert_eq!(
                    figures["gained"],
                    sum(&|from, to| to == name && from != name)
                );
                assert_eq!(figures["lost"], sum(&|from, to| from == name && to != name));
            }
        }
    }
}

/// A row of the recorded answers.
fn recorded(name: &str) -> Value {
    let rows = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/vectors/haproxy.jsonl.gz"
    ));
    let text = evenkeel::input::text(rows).unwrap();
    let rows = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let mut found = rows.filter(|row| row["name"] == name);
    found
        .next()
        .unwrap_or_else(|| panic!("there is no row {name}"))
}

#[test]
fn haproxy_3_0_0_moves_the_keys_that_its_recorded_answers_say() {
    let (before, after) = (
        recorded("haproxy-2.6.12/hash-consistent/5w"),
        recorded("haproxy-3.0.0/hash-consistent/5w"),
    );
    let option = &after["config"]["options"]["haproxy-hash-consistent"]["legacy_3_0_id"];
    assert_eq!(
        (option, &before["keys"]),
        (&Value::Bool(true), &after["keys"])
    );
    let folder = Folder::new();
    let config = |name: &str, row: &Value| folder.write(name, row["config"].to_string());
    let (old, new) = (config("old.yaml", &before), config("new.yaml", &after));
    let sets = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/vectors/keysets.json.gz"
    ));
    let sets: Value = serde_json::from_str(&evenkeel::input::text(sets).unwrap()).unwrap();
    let keys = sets[before["keys"].as_str().unwrap()].as_array().unwrap();
    let keys: String = keys
        .iter()
        .map(|key| format!("{}\n", key.as_str().unwrap()))
        .collect();
    let keys = folder.write("keys.txt", keys);
    let plan = plan(&["-c", &old, "-c", &new, "--keys-from", &keys]);
    let picks = |row: &Value| row["picks"].as_str().unwrap().to_owned().into_bytes();
    let differ = picks(&before)
        .into_iter()
        .zip(picks(&after))
        .filter(|(a, b)| a != b);
    let requests = plan["flows"].as_array().unwrap().iter();
    let moved: u64 = requests
        .map(|flow| flow["requests"].as_u64().unwrap())
        .sum();
    assert_eq!((moved, differ.count()), (1_556, 1_556));
    assert!(close(figure(&plan, "remap_ratio"), 0.778));
    let advice = &plan["advice"][0];
    assert!(
        advice["what"]
            .as_str()
            .unwrap()
            .contains("`legacy_3_0_id: false`"),
        "{advice}"
    );
    assert_eq!(advice["remap_ratio"], 0.);
}

const KEYS: [&str; 2] = ["--keys", "20000"];

#[test]
fn a_ring_that_rounds_moves_keys_between_others_and_rendezvous_none() {
    let folder = Folder::new();
    let weighted = [
        "{name: a, weight: 3}",
        "{name: b, weight: 2}",
        "{name: c, weight: 5}",
    ];
    let excess = |algorithm| {
        let config = folder.config("config.yaml", algorithm, &weighted);
        let plan = plan(&[&["-c", &config, "--add", "d:4"], &KEYS[..]].concat());
        assert!(figure(&plan, "remap_ratio") > 0.2);
        figure(&plan, "excess_remap")
    };
    assert!(excess("libketama") > 0.);
    assert_eq!(excess("rendezvous"), 0.);
}

#[test]
fn twemproxys_ejection_moves_keys_that_were_elsewhere() {
    let folder = Folder::new();
    let servers = [
        "{name: 'a:1', weight: 3}",
        "{name: 'b:1', weight: 2}",
        "{name: 'c:1', weight: 5}",
    ];
    let config = folder.config("config.yaml", "twemproxy-ketama", &servers);
    let plan = plan(&[&["-c", &config, "--remove", "b:1"], &KEYS[..]].concat());
    assert!(figure(&plan, "excess_remap") > 0.);
    assert!(figure(&plan, "remap_ratio") > figure(&plan, "ideal_remap"));
    let from_others = plan["flows"]
        .as_array()
        .unwrap()
        .iter()
        .any(|flow| flow["from"] != "b:1");
    assert!(from_others);
}

#[test]
fn more_than_may_move_is_a_no() {
    let folder = Folder::new();
    let config = folder.config("config.yaml", "ketama", &["a", "b", "c", "d"]);
    let limited = |most, more: &[&str]| {
        let args = [
            "-c",
            &config,
            "--add",
            "e",
            "--add",
            "f",
            "--max-moved",
            most,
        ];
        refused(&[&args[..], &KEYS, more].concat())
    };
    let (said, code) = limited("30%", &[]);
    assert_eq!(code, Some(1));
    assert!(
        said.contains("add e, add f: ") && said.contains("allows 30 %"),
        "{said}"
    );
    assert_eq!(limited("0.5", &[]), (String::new(), Some(0)));
    // Either of the steps is smaller than both.
    assert_eq!(limited("30%", &["--steps"]).1, Some(0));
    let (said, code) = limited("1%", &["--steps"]);
    assert_eq!(code, Some(1));
    assert!(said.contains("add e: "), "{said}");
}

#[test]
fn requests_are_limited_as_keys_are() {
    let folder = Folder::new();
    let (before, after) = (
        folder.config("before.yaml", "ketama", &["a", "b"]),
        folder.config("after.yaml", "ketama", &["a", "b", "c"]),
    );
    let few: String = (0..200).map(|number| format!("{number}\n")).collect();
    let keys = folder.write("few.txt", &few);
    let moved = brute_force(&before, &after, &keys);
    let busy = String::from_utf8(moved).unwrap();
    let busy = busy.split('\t').next().unwrap();
    let keys = folder.write("keys.txt", few + &format!("{busy}\n").repeat(800));
    let args = ["-c", &before, "-c", &after, "--keys-from", &keys];
    let figures = plan(&args);
    assert!(figure(&figures, "remap_ratio") < 0.6 && figure(&figures, "remap_requests") > 0.8);
    let (said, code) = refused(&[&args[..], &["--max-moved", "60%"]].concat());
    assert_eq!(code, Some(1));
    assert!(said.contains("of the requests move"), "{said}");
}

#[test]
fn steps_go_one_backend_at_a_time_and_are_summed_up() {
    let folder = Folder::new();
    let before = folder.config("before.yaml", "ketama", &["a", "b", "{name: c, weight: 2}"]);
    let after = folder.config(
        "after.yaml",
        "maglev",
        &["b", "{name: c, weight: 3}", "e", "d"],
    );
    let args = [&["-c", &before, "-c", &after][..], &KEYS].concat();
    let (stepwise, at_once) = (plan(&[&args[..], &["--steps"]].concat()), plan(&args));
    let steps = stepwise["steps"].as_array().unwrap();
    let changes: Vec<_> = steps
        .iter()
        .map(|step| step["change"].as_str().unwrap())
        .collect();
    let expected = [
        "add e",
        "add d",
        "reweight c:3",
        "remove a",
        "algorithm maglev",
    ];
    assert_eq!(changes, expected);
    for name in [
        "remap_ratio",
        "excess_remap",
        "ideal_remap",
        "flows",
        "backends",
    ] {
        assert_eq!(stepwise[name], at_once[name]);
    }
    let sum: f64 = steps.iter().map(|step| figure(step, "remap_ratio")).sum();
    assert!(close(figure(&stepwise["all_steps"], "remap_ratio"), sum));
    assert_eq!(at_once["all_steps"], Value::Null);
    // Nothing moves needlessly before the algorithm does, and each step is the single change.
    assert!(steps[..4].iter().all(|step| step["excess_remap"] == 0.));
    let first = plan(&[&["-c", &before, "--add", "e"][..], &KEYS].concat());
    assert_eq!(first["remap_ratio"], steps[0]["remap_ratio"]);
    // Each step goes on where the one before ended.
    let counts = |step: &Value, when: &str| -> BTreeMap<String, u64> {
        let backends = step["backends"].as_array().unwrap().iter();
        let counts = backends.map(|b| {
            (
                b["backend"].as_str().unwrap().to_owned(),
                b[when].as_u64().unwrap(),
            )
        });
        counts.filter(|(_, count)| *count > 0).collect()
    };
    for pair in steps.windows(2) {
        assert_eq!(counts(&pair[0], "after"), counts(&pair[1], "before"));
    }
}

#[test]
fn keys_that_move_twice_are_counted() {
    let folder = Folder::new();
    let config = |name, algorithm| folder.config(name, algorithm, &["a", "b", "c"]);
    let (one, two) = (
        config("one.yaml", "ketama"),
        config("two.yaml", "rendezvous"),
    );
    let back = plan(&[&["-c", &one, "-c", &two, "-c", &one][..], &KEYS].concat());
    let there = figure(&back["steps"][0], "remap_ratio");
    assert!(there > 0.6 && back["remap_ratio"] == 0. && back["advice"] == serde_json::json!([]));
    let again = figure(&back["all_steps"], "keys_moved_again");
    assert!(close(again / 20_000., there), "all that go come back");
    assert!(close(figure(&back["all_steps"], "remap_ratio"), 2. * there));
    let once = plan(&[&["-c", &one, "-c", &two, "-c", &two][..], &KEYS].concat());
    assert_eq!(once["all_steps"]["keys_moved_again"], 0);
    assert!(close(figure(&once, "remap_ratio"), there));
}

#[test]
fn numbers_are_carried_on_in_one_config_and_missed_in_a_second() {
    let folder = Folder::new();
    let before = folder.config("before.yaml", "memento", &["a", "b", "c", "d"]);
    let after = folder.config("after.yaml", "memento", &["a", "c", "d"]);
    let carried = plan(&[&["-c", &before, "--remove", "b"][..], &KEYS].concat());
    assert_eq!(carried["excess_remap"], 0.);
    let swapped = ["-c", &before, "--add", "e", "--remove", "b", "--steps"];
    let swapped = plan(&[&swapped[..], &KEYS].concat());
    let steps = swapped["steps"].as_array().unwrap();
    assert!(steps.len() == 2 && steps.iter().all(|step| step["excess_remap"] == 0.));
    let renumbered = plan(&[&["-c", &before, "-c", &after][..], &KEYS].concat());
    assert!(figure(&renumbered, "excess_remap") > 0.3);
    let advice = &renumbered["advice"][0];
    assert!(
        advice["what"]
            .as_str()
            .unwrap()
            .contains("check --numbering"),
        "{advice}"
    );
    assert!(close(
        figure(advice, "remap_ratio"),
        figure(&carried, "remap_ratio")
    ));
    let line = evenkeel(&["check", "--numbering", &before]).stdout;
    let text = [fs::read(&after).unwrap(), line].concat();
    let after = folder.write("after.yaml", text);
    let numbered = plan(&[&["-c", &before, "-c", &after][..], &KEYS].concat());
    assert_eq!(numbered["remap_ratio"], carried["remap_ratio"]);
}

/// The first advice of a plan, and its share.
fn advised(plan: &Value) -> (&str, f64) {
    let advice = &plan["advice"][0];
    (
        advice["what"].as_str().unwrap(),
        figure(advice, "remap_ratio"),
    )
}

#[test]
fn clients_are_advised_the_setting_that_makes_them_agree() {
    let folder = Folder::new();
    let servers = ["'10.0.0.1:11211'", "'10.0.0.2:11211'", "'10.0.0.3:11211'"];
    let pylibmc = folder.config("pylibmc.yaml", "libmemcached-ketama-weighted", &servers);
    for (algorithm, setting) in [
        ("npm-hashring", "{ default_port: 11211 }"),
        ("spymemcached-ketama", "{ format: libmemcached }"),
        ("twemproxy-ketama", "{ hash: md5 }"),
        ("xmemcached-ketama", "{ label: cwNginxUpstreamConsistent }"),
        (
            "libmemcached-ketama",
            "`algorithm: libmemcached-ketama-weighted`",
        ),
    ] {
        let after = folder.config("after.yaml", algorithm, &servers);
        let plan = plan(&[&["-c", &pylibmc, "-c", &after][..], &KEYS].concat());
        assert!(figure(&plan, "remap_ratio") > 0.5, "{algorithm}");
        let (what, share) = advised(&plan);
        assert!(what.contains(setting) && share == 0., "{algorithm}: {what}");
    }
    let after = folder.config("after.yaml", "nginx-hash", &servers);
    let hopeless = plan(&[&["-c", &pylibmc, "-c", &after][..], &KEYS].concat());
    let (what, share) = advised(&hopeless);
    assert!(what.contains("no setting") && close(share, figure(&hopeless, "remap_ratio")));
}

#[test]
fn servers_in_the_middle_are_advised_their_ids() {
    let folder = Folder::new();
    let before = folder.config(
        "before.yaml",
        "haproxy-hash-consistent",
        &["a", "b", "c", "d"],
    );
    let removed = plan(&[&["-c", &before, "--remove", "b"][..], &KEYS].concat());
    let (what, share) = advised(&removed);
    assert!(what.contains("a 1, c 3, d 4"), "{what}");
    let ids = [
        "{name: a, attributes: {id: 1}}",
        "{name: c, attributes: {id: 3}}",
        "{name: d, attributes: {id: 4}}",
    ];
    let after = folder.config("after.yaml", "haproxy-hash-consistent", &ids);
    let with_ids = plan(&[&["-c", &before, "-c", &after][..], &KEYS].concat());
    assert!(close(figure(&with_ids, "remap_ratio"), share) && with_ids["excess_remap"] == 0.);
}

#[test]
fn other_causes_are_told_with_what_they_cost() {
    let folder = Folder::new();
    let modulo = folder.config("modulo.yaml", "modulo", &["a", "b", "c"]);
    let removed = plan(&[&["-c", &modulo, "--remove", "a"][..], &KEYS].concat());
    let (what, share) = advised(&removed);
    assert!(what.contains("under rendezvous") && share < 0.4, "{what}");
    let with_ports = folder.config("ports.yaml", "libketama", &["'h1:11211'", "'h2:11211'"]);
    let without = folder.config("hosts.yaml", "libketama", &["h1", "h2"]);
    let renamed = plan(&[&["-c", &with_ports, "-c", &without][..], &KEYS].concat());
    assert_eq!(renamed["remap_ratio"], 1.);
    let (what, share) = advised(&renamed);
    assert!(what.contains("matched by name") && share < 0.9, "{what}");
    let others = folder.config("others.yaml", "libketama", &["x1", "x2"]);
    let renamed = plan(&[&["-c", &without, "-c", &others][..], &KEYS].concat());
    let (what, share) = advised(&renamed);
    assert!(
        what.contains("at the same place of the list") && share < 0.9,
        "{what}"
    );
    let ketama = folder.config("ketama.yaml", "ketama", &["a", "b", "c"]);
    let grown = plan(&[&["-c", &ketama, "--add", "d:2"][..], &KEYS].concat());
    let (what, share) = advised(&grown);
    assert!(what.contains("first add d at weight 1") && share < figure(&grown, "remap_ratio"));
}

#[test]
fn what_need_not_change_is_advised_to_be_kept() {
    let folder = Folder::new();
    let seeded = |name, text: &str| folder.write(name, format!("{text}\nbackends: [a, b, c]\n"));
    let modulo = |name, order: &[&str]| folder.config(name, "nginx-hash", order);
    for (before, after, kept) in [
        (
            seeded("one.yaml", "seed: 1"),
            seeded("two.yaml", "hash: xxh3"),
            "`seed: 1`",
        ),
        (
            modulo("abc.yaml", &["a", "b", "c"]),
            modulo("cba.yaml", &["c", "b", "a"]),
            "in the order of before",
        ),
    ] {
        let plan = plan(&[&["-c", &before, "-c", &after][..], &KEYS].concat());
        assert!(figure(&plan, "excess_remap") > 0.5);
        let (what, share) = advised(&plan);
        assert!(what.contains(kept) && share == 0., "{what}");
    }
}

#[test]
fn what_is_not_measured_is_said() {
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/configs/bounded-load.yaml");
    let bounded = plan(&[&["-c", config, "--add", "new"][..], &KEYS].concat());
    assert!(
        bounded["caveats"][0]
            .as_str()
            .unwrap()
            .contains("with nothing in flight")
    );
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/configs/ketama.yaml");
    let plain = plan(&[&["-c", config, "--add", "new"][..], &KEYS].concat());
    assert_eq!(plain["caveats"], serde_json::json!([]));
}

#[test]
fn keys_of_nobody_are_counted_as_nobodys() {
    let folder = Folder::new();
    let before = folder.config("before.yaml", "rendezvous", &["a", "b"]);
    let after = folder.config(
        "after.yaml",
        "rendezvous",
        &["{name: a, drain: true}", "{name: b, down: true}"],
    );
    let plan = plan(&[&["-c", &before, "-c", &after][..], &KEYS].concat());
    assert_eq!(
        (&plan["remap_ratio"], &plan["ideal_remap"]),
        (&1.0.into(), &1.0.into())
    );
    let flows = plan["flows"].as_array().unwrap();
    assert!(flows.len() == 2 && flows.iter().all(|flow| flow["to"] == "nobody"));
}

#[test]
fn very_many_keys_are_sampled_and_their_requests_are_not() {
    let folder = Folder::new();
    let config = folder.config("config.yaml", "ketama", &["a", "b", "c"]);
    let all: String = (1..=1_200_000)
        .map(|number| format!("key-{number}\n"))
        .collect();
    let keys = folder.write("keys.txt", all + &"key-7\n".repeat(300_000));
    let sampled = plan(&["-c", &config, "--add", "d", "--keys-from", &keys]);
    let whole = plan(&["-c", &config, "--add", "d", "--keys", "1200000"]);
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
    Oracle::of(&before, &after, &keys).holds(&plan(&[
        "-c",
        &before,
        "-c",
        &after,
        "--keys-from",
        &keys,
    ]));
}

#[test]
fn every_format_holds_the_same_flows() {
    let folder = Folder::new();
    let config = folder.config("config.yaml", "ketama", &["a", "b", "c"]);
    let csv = folder.path("out.csv");
    let args = [
        "-c",
        &config,
        "--add",
        "d",
        "--steps",
        "--export",
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
fn what_cannot_be_planned_is_refused_and_said() {
    let folder = Folder::new();
    let config = folder.config("config.yaml", "ketama", &["a", "b"]);
    let turns = folder.config("turns.yaml", "round-robin", &["a", "b"]);
    let broken = folder.write("broken.yaml", "backends: [a, a]\n");
    let empty = folder.write("empty.txt", "");
    let names: Vec<_> = (0..300).map(|number| format!("b{number}")).collect();
    let names: Vec<_> = names.iter().map(String::as_str).collect();
    let many = folder.config("many.yaml", "ketama", &names);
    let c = config.as_str();
    for (args, expected) in [
        (&["-c", "/no/such.yaml", "--add", "d"][..], "/no/such.yaml"),
        (&["-c", &broken, "--add", "d"], "broken.yaml:1:"),
        (&["-c", c], "nothing changes; expected a second -c FILE"),
        (&["-c", c, "-c", c, "--add", "d"], "change a single config"),
        (
            &["-c", c, "-c", c, "--algorithm", "maglev"],
            "change a single config",
        ),
        (
            &["-c", c, "--remove", "x"],
            "there is no backend `x`; expected one of `a`, `b`",
        ),
        (
            &["-c", c, "--add", "a"],
            "there is a backend of this name already",
        ),
        (
            &["-c", c, "--algorithm", "round-robin"],
            "round-robin uses no key",
        ),
        (&["-c", c, "-c", &turns], "round-robin uses no key"),
        (
            &["-c", c, "--add", "d", "--max-moved", "200%"],
            "such as 12% or 0.12",
        ),
        (
            &["-c", c, "--add", "d", "--keys-from", &empty],
            "no requests; expected one a line",
        ),
        (
            &["-c", c, "--add", "d", "--keys-from", "/no/keys"],
            "/no/keys: cannot read",
        ),
        (
            &[
                "-c",
                c,
                "--add",
                "d",
                "--keys",
                "9",
                "--list-moved",
                "/no/list",
            ],
            "/no/list: cannot write",
        ),
        (
            &["-c", c, "--add", "d", "--keys", "0"],
            "whole number from 1",
        ),
        (
            &["-c", c, "--add", "d", "--algorithm", "ketma"],
            "did you mean `ketama`?",
        ),
        (&["-c", c, "-c", &many, "--steps"], "more than 256 steps"),
    ] {
        let (said, code) = refused(args);
        assert_eq!(code, Some(2), "{args:?}: {said}");
        assert!(said.contains(expected), "{args:?}: {said}");
    }
}

/// 7 of 1,000 are 0.7 %, though neither number is quite the other's in binary.
#[test]
fn the_limit_itself_is_not_too_much() {
    let folder = Folder::new();
    let before = folder.config("before.yaml", "modulo", &["a"]);
    let after = folder.config("after.yaml", "modulo", &["a", "b"]);
    let all: String = (0..4_000).map(|number| format!("{number}\n")).collect();
    let keys = folder.write("all", all);
    let (moving, staying): (Vec<_>, Vec<_>) = routed(&after, &keys)
        .into_iter()
        .partition(|(_, backend)| backend == "b");
    let chosen = moving.iter().take(7).chain(staying.iter().take(993));
    let chosen: Vec<_> = chosen
        .flat_map(|(key, _)| [key, &b"\n"[..]].concat())
        .collect();
    let keys = folder.write("chosen", chosen);
    let exit = |limit| {
        let args = ["-c", &before, "-c", &after, "--keys-from", &keys];
        refused(&[&args[..], &["--max-moved", limit]].concat()).1
    };
    assert_eq!((exit("0.7%"), exit("0.69%")), (Some(0), Some(1)));
}

/// What is read is never written over.
#[test]
fn no_input_is_an_output() {
    let folder = Folder::new();
    let before = folder.config("before.yaml", "ketama", &["a", "b"]);
    let after = folder.config("after.yaml", "ketama", &["a"]);
    let keys = folder.write("keys.txt", "x\ny\n");
    for (flag, input) in [
        ("--list-moved", &keys),
        ("--list-moved", &after),
        ("--export", &keys),
    ] {
        let held = fs::read(input).unwrap();
        let args = [
            "-c",
            &before,
            "-c",
            &after,
            "--keys-from",
            &keys,
            flag,
            input,
        ];
        let (said, code) = refused(&args);
        assert!(said.contains("would be overwritten"), "{said}");
        assert_eq!((code, fs::read(input).unwrap()), (Some(2), held));
    }
    let (said, code) = refused(&["-c", &before, "-c", &after, "--list-moved", "-"]);
    assert!(
        code == Some(2) && said.contains("expected the name of a file"),
        "{said}"
    );
}

/// Numbered backends remember the way: what they lead to at once is not where the steps lead.
#[test]
fn at_once_is_the_same_with_and_without_steps() {
    let folder = Folder::new();
    let before = folder.config("before.yaml", "anchor", &["a", "b", "c", "d"]);
    let args = [
        "-c", &before, "--remove", "b", "--add", "e", "--keys", "20000",
    ];
    let direct = figure(&plan(&args), "remap_ratio");
    let stepwise = plan(&[&args[..], &["--steps"]].concat());
    assert!(
        close(figure(&stepwise, "remap_ratio"), direct),
        "{stepwise}"
    );
    assert_eq!(stepwise["steps"].as_array().unwrap().len(), 2);
    assert!(figure(&stepwise["all_steps"], "remap_ratio") > direct);
}

#[test]
fn a_backend_that_goes_elsewhere_under_its_name_is_told_of() {
    let folder = Folder::new();
    let at = |name: &str, address: &str| format!("{{name: {name}, address: '{address}'}}");
    let [a, b] = [at("a", "10.0.0.1:1"), at("b", "10.0.0.2:1")];
    let before = folder.config("before.yaml", "ketama", &[&a, &b]);
    let [a, b] = [at("a", "10.0.0.2:1"), at("b", "10.0.0.1:1")];
    let after = folder.config("after.yaml", "ketama", &[&a, &b]);
    let plan = plan(&["-c", &before, "-c", &after, "--keys", "100"]);
    let caveats = plan["caveats"].to_string();
    assert!(
        caveats.contains("`a` and 1 more has another address"),
        "{caveats}"
    );
}

/// The newcomer has the place, the weight and the id of the leaver, and nothing else moves.
#[test]
fn a_backend_is_replaced_in_its_place() {
    let folder = Folder::new();
    let servers = [
        "s1",
        "{name: s2, weight: 2, address: '10.0.0.2:1'}",
        "s3",
        "s4",
    ];
    let before = folder.config("before.yaml", "haproxy-hash-consistent", &servers);
    let states = folder.path("states");
    let args = ["-c", &before, "--replace", "s2=n2", "--keys", "20000"];
    let replaced = plan(&[&args[..], &["--write-states", states.to_str().unwrap()]].concat());
    let flows = replaced["flows"].as_array().unwrap();
    assert_eq!(flows.len(), 1, "{replaced}");
    assert_eq!(
        (&flows[0]["from"], &flows[0]["to"]),
        (&"s2".into(), &"n2".into())
    );
    let written = fs::read_to_string(states.join("step-1.yaml")).unwrap();
    assert!(written.starts_with("# replace s2 by n2\n"), "{written}");
    assert!(
        written.contains("- name: n2\n  weight: 2\n") && !written.contains("10.0.0.2"),
        "{written}"
    );
    // As one step between two configs as well, and advised where it was not done so.
    let after = states.join("step-1.yaml");
    let steps = plan(&[
        "-c",
        &before,
        "-c",
        after.to_str().unwrap(),
        "--steps",
        "--keys",
        "20000",
    ]);
    assert_eq!(steps["steps"].as_array().unwrap().len(), 1, "{steps}");
    let apart = plan(&[
        "-c", &before, "--remove", "s2", "--add", "n2:2", "--keys", "20000",
    ]);
    let advice = apart["advice"].to_string();
    assert!(advice.contains("--replace s2=n2"), "{advice}");
    for (wrong, what) in [
        ("s9=n", "no backend `s9`"),
        ("s1=s3", "`s3` already"),
        ("s1", "OLD=NEW"),
    ] {
        let (said, code) = refused(&["-c", &before, "--replace", wrong]);
        assert!(code == Some(2) && said.contains(what), "{said}");
    }
}
