//! What other programs move.

use std::path::Path;

use serde_json::Value;

use super::support::{Folder, KEYS, close, figure, plan};

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
    let plan = plan(&[&*old, &*new, "--keys-from", &keys]);
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
        let plan = plan(&[&[&*config, "--add", "d:4"], &KEYS[..]].concat());
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
    let plan = plan(&[&[&*config, "--remove", "b:1"], &KEYS[..]].concat());
    assert!(figure(&plan, "excess_remap") > 0.);
    assert!(figure(&plan, "remap_ratio") > figure(&plan, "ideal_remap"));
    let from_others = plan["flows"]
        .as_array()
        .unwrap()
        .iter()
        .any(|flow| flow["from"] != "b:1");
    assert!(from_others);
}
