//! What cannot be planned, and what is not measured.

use std::fs;

use super::support::{Folder, KEYS, plan, refused};

#[test]
fn what_is_not_measured_is_said() {
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/configs/bounded-load.yaml");
    let bounded = plan(&[&[config, "--add", "new"][..], &KEYS].concat());
    assert!(
        bounded["caveats"][0]
            .as_str()
            .unwrap()
            .contains("without requests in flight")
    );
    let config = concat!(env!("CARGO_MANIFEST_DIR"), "/configs/ketama.yaml");
    let plain = plan(&[&[config, "--add", "new"][..], &KEYS].concat());
    assert_eq!(plain["caveats"], serde_json::json!([]));
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
        (&["/no/such.yaml", "--add", "d"][..], "/no/such.yaml"),
        (&[&*broken, "--add", "d"], "broken.yaml:1:"),
        (&[c], "nothing changes; expected a second config"),
        (&[c, c, "--add", "d"], "change a single config"),
        (&[c, c, "--algorithm", "maglev"], "change a single config"),
        (
            &[c, "--remove", "x"],
            "there is no backend `x`; expected one of `a`, `b`",
        ),
        (
            &[c, "--add", "a"],
            "a backend with this name exists already",
        ),
        (
            &[c, "--algorithm", "round-robin"],
            "round-robin ignores keys",
        ),
        (&[c, &*turns], "round-robin ignores keys"),
        (
            &[c, "--add", "d", "--max-moved", "200%"],
            "such as 12% or 0.12",
        ),
        (
            &[c, "--add", "d", "--keys-from", &empty],
            "no requests; expected one per line",
        ),
        (
            &[c, "--add", "d", "--keys-from", "/no/keys"],
            "/no/keys: cannot read",
        ),
        (
            &[c, "--add", "d", "--keys", "9", "--list-moved", "/no/list"],
            "/no/list: cannot write",
        ),
        (&[c, "--add", "d", "--keys", "0"], "whole number from 1"),
        (
            &[c, "--add", "d", "--algorithm", "ketma"],
            "did you mean `ketama`?",
        ),
        (&[c, &*many, "--steps"], "more than 256 steps"),
    ] {
        let (said, code) = refused(args);
        assert_eq!(code, Some(2), "{args:?}: {said}");
        assert!(said.contains(expected), "{args:?}: {said}");
    }
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
        ("--output", &keys),
    ] {
        let held = fs::read(input).unwrap();
        let args = [&*before, &*after, "--keys-from", &keys, flag, input];
        let (said, code) = refused(&args);
        assert!(
            said.contains("refusing to overwrite an input file"),
            "{said}"
        );
        assert_eq!((code, fs::read(input).unwrap()), (Some(2), held));
    }
    let (said, code) = refused(&[&*before, &*after, "--list-moved", "-"]);
    assert!(
        code == Some(2) && said.contains("expected the name of a file"),
        "{said}"
    );
}

#[test]
fn a_backend_that_goes_elsewhere_under_its_name_is_told_of() {
    let folder = Folder::new();
    let at = |name: &str, address: &str| format!("{{name: {name}, address: '{address}'}}");
    let [a, b] = [at("a", "10.0.0.1:1"), at("b", "10.0.0.2:1")];
    let before = folder.config("before.yaml", "ketama", &[&a, &b]);
    let [a, b] = [at("a", "10.0.0.2:1"), at("b", "10.0.0.1:1")];
    let after = folder.config("after.yaml", "ketama", &[&a, &b]);
    let plan = plan(&[&*before, &*after, "--keys", "100"]);
    let caveats = plan["caveats"].to_string();
    assert!(
        caveats.contains("`a` and 1 more with a new address"),
        "{caveats}"
    );
}
