//! Which laws programs keep.

use serde_json::Value;

use super::support::{evenkeel, python, serve};

/// The line of a law, and the exit code.
fn asked(command: &str, law: &str) -> (Value, Option<i32>) {
    let args = [
        "conform",
        "--external",
        command,
        "--law",
        law,
        "--format",
        "json",
    ];
    let output = evenkeel(&args);
    let said = String::from_utf8_lossy(&output.stderr);
    let mut found: Value = serde_json::from_slice(&output.stdout).expect(&said);
    (found["laws"][0].take(), output.status.code())
}

#[test]
fn a_program_keeps_the_laws_of_what_it_serves() {
    for law in [
        "deterministic",
        "order-free",
        "minimal-movement",
        "weights",
        "owners",
    ] {
        let (line, code) = asked(&serve("configs/rendezvous.yaml"), law);
        assert_eq!(
            (&line["verdict"], code),
            (&"kept".into(), Some(0)),
            "{line}"
        );
    }
}

#[test]
fn a_remainder_in_another_language_is_not_minimal() {
    let Some(command) = python("examples/external_modulo.py") else {
        return;
    };
    let (line, code) = asked(&command, "minimal-movement");
    assert_eq!(
        (&line["verdict"], code),
        (&"broken".into(), Some(1)),
        "{line}"
    );
    let steps = line["steps"].as_array().unwrap();
    assert!(steps.len() <= 3, "{line}");
    let (line, code) = asked(&command, "retries");
    assert_eq!(line["reason"], "it cannot be asked for another backend");
    assert_eq!(code, Some(0));
}
