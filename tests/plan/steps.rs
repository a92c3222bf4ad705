//! One change after another.

use std::collections::BTreeMap;
use std::fs;

use serde_json::Value;

use super::support::{Folder, KEYS, close, evenkeel, figure, plan, refused};

#[test]
fn steps_go_one_backend_at_a_time_and_are_summed_up() {
    let folder = Folder::new();
    let before = folder.config("before.yaml", "ketama", &["a", "b", "{name: c, weight: 2}"]);
    let after = folder.config(
        "after.yaml",
        "maglev",
        &["b", "{name: c, weight: 3}", "e", "d"],
    );
    let args = [&[&*before, &*after][..], &KEYS].concat();
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
    let first = plan(&[&[&*before, "--add", "e"][..], &KEYS].concat());
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
    let back = plan(&[&[&*one, &*two, &*one][..], &KEYS].concat());
    let there = figure(&back["steps"][0], "remap_ratio");
    assert!(there > 0.6 && back["remap_ratio"] == 0. && back["advice"] == serde_json::json!([]));
    let again = figure(&back["all_steps"], "keys_moved_again");
    assert!(close(again / 20_000., there), "all that go come back");
    assert!(close(figure(&back["all_steps"], "remap_ratio"), 2. * there));
    let once = plan(&[&[&*one, &*two, &*two][..], &KEYS].concat());
    assert_eq!(once["all_steps"]["keys_moved_again"], 0);
    assert!(close(figure(&once, "remap_ratio"), there));
}

#[test]
fn numbers_are_carried_on_in_one_config_and_missed_in_a_second() {
    let folder = Folder::new();
    let before = folder.config("before.yaml", "memento", &["a", "b", "c", "d"]);
    let after = folder.config("after.yaml", "memento", &["a", "c", "d"]);
    let carried = plan(&[&[&*before, "--remove", "b"][..], &KEYS].concat());
    assert_eq!(carried["excess_remap"], 0.);
    let swapped = [&*before, "--add", "e", "--remove", "b", "--steps"];
    let swapped = plan(&[&swapped[..], &KEYS].concat());
    let steps = swapped["steps"].as_array().unwrap();
    assert!(steps.len() == 2 && steps.iter().all(|step| step["excess_remap"] == 0.));
    let renumbered = plan(&[&[&*before, &*after][..], &KEYS].concat());
    assert!(figure(&renumbered, "excess_remap") > 0.3);
    let advice = &renumbered["advice"][0];
    assert!(
        advice["what"]
            .as_str()
            .unwrap()
            .contains("evenkeel numbering"),
        "{advice}"
    );
    assert!(close(
        figure(advice, "remap_ratio"),
        figure(&carried, "remap_ratio")
    ));
    let line = evenkeel(&["numbering", &before]).stdout;
    let text = [fs::read(&after).unwrap(), line].concat();
    let after = folder.write("after.yaml", text);
    let numbered = plan(&[&[&*before, &*after][..], &KEYS].concat());
    assert_eq!(numbered["remap_ratio"], carried["remap_ratio"]);
}

/// Numbered backends remember the way: what they lead to at once is not where the steps lead.
#[test]
fn at_once_is_the_same_with_and_without_steps() {
    let folder = Folder::new();
    let before = folder.config("before.yaml", "anchor", &["a", "b", "c", "d"]);
    let args = [&*before, "--remove", "b", "--add", "e", "--keys", "20000"];
    let direct = figure(&plan(&args), "remap_ratio");
    let stepwise = plan(&[&args[..], &["--steps"]].concat());
    assert!(
        close(figure(&stepwise, "remap_ratio"), direct),
        "{stepwise}"
    );
    assert_eq!(stepwise["steps"].as_array().unwrap().len(), 2);
    assert!(figure(&stepwise["all_steps"], "remap_ratio") > direct);
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
    let args = [&*before, "--replace", "s2=n2", "--keys", "20000"];
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
        &*before,
        after.to_str().unwrap(),
        "--steps",
        "--keys",
        "20000",
    ]);
    assert_eq!(steps["steps"].as_array().unwrap().len(), 1, "{steps}");
    let apart = plan(&[
        &*before, "--remove", "s2", "--add", "n2:2", "--keys", "20000",
    ]);
    let advice = apart["advice"].to_string();
    assert!(advice.contains("--replace s2=n2"), "{advice}");
    for (wrong, what) in [
        ("s9=n", "no backend `s9`"),
        ("s1=s3", "`s3` exists already"),
        ("s1", "OLD=NEW"),
    ] {
        let (said, code) = refused(&[&*before, "--replace", wrong]);
        assert!(code == Some(2) && said.contains(what), "{said}");
    }
}

#[test]
fn a_way_there_and_back_names_what_its_steps_move() {
    let folder = Folder::new();
    let here = folder.config("a.yaml", "ketama", &["a", "b"]);
    let there = folder.config("b.yaml", "ketama", &["a", "b", "c"]);
    let output = evenkeel(&[&["plan", &*here, &there, &here][..], &KEYS].concat());
    let shown = String::from_utf8(output.stdout).unwrap();
    let words: Vec<_> = shown.split_whitespace().collect();
    let shown = words.join(" ");
    assert!(
        shown.starts_with(
            "The first and the last state route every key to the same backend; steps between them move keys."
        ),
        "{shown}"
    );
    assert!(shown.contains(" Largest step: `"), "{shown}");
    let output = evenkeel(&[&["plan", &*here, &here, &here][..], &KEYS].concat());
    let shown = String::from_utf8(output.stdout).unwrap();
    assert!(shown.starts_with("No key moves."), "{shown}");
}
