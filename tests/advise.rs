//! `advise` on needs whose answer is known.

use std::io::Write;
use std::process::Command;

use serde_json::Value;
use tempfile::NamedTempFile;

/// The advice on a file of needs, as JSON.
fn advice(needs: &str) -> Value {
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(["advise", needs, "--requests", "3000", "--format", "json"])
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The row of a candidate in the evidence.
fn row<'a>(advice: &'a Value, candidate: &str) -> &'a Value {
    let mut rows = advice["evidence"].as_array().unwrap().iter();
    rows.find(|row| row["candidate"] == candidate).unwrap()
}

#[test]
fn sessions_stay_and_move_only_with_their_server() {
    let advice = advice("examples/needs/sessions.yaml");
    let best = row(&advice, advice["recommended"].as_str().unwrap());
    assert!(best["needless"].as_f64().unwrap() <= 0.01);
    let excluded = advice["excluded"].as_array().unwrap();
    let unkeyed = excluded
        .iter()
        .filter(|out| out["reason"].as_str().unwrap().contains("no key"));
    assert_eq!(unkeyed.count(), 5);
    assert!(advice["config"].as_str().unwrap().contains("name: s1"));
}

/// Twenty gateways that each see a twentieth: the fewest of one's own counts is often the same for all.
#[test]
fn gateways_without_state_are_not_sent_at_random() {
    let advice = advice("examples/needs/stateless.yaml");
    let recommended = advice["recommended"].as_str().unwrap();
    assert!(
        !["random", "round-robin"].contains(&recommended),
        "{recommended}"
    );
    let p99 = |candidate: &str| row(&advice, candidate)["p99_ns"]["mean"].as_f64().unwrap();
    assert!(p99(recommended) < p99("random"));
    let sticky = &advice["what_ifs"][0];
    assert_eq!(sticky["need"], "sticky");
    assert_eq!(sticky["changes"], true);
}

#[test]
fn the_same_needs_give_the_same_bytes() {
    let needs = "examples/needs/cache.yaml";
    assert_eq!(advice(needs).to_string(), advice(needs).to_string());
}

/// The most frequent of the clients sends two fifths of the requests, which is more than one of four backends can serve.
#[test]
fn a_backend_that_is_offered_too_much_is_noted() {
    let mut file = NamedTempFile::new().unwrap();
    let needs = "backends: 4\nsticky: true\npopularity: zipf:1.5\nload: 0.9\nslow_backend: false\n";
    file.write_all(needs.as_bytes()).unwrap();
    let advice = advice(file.path().to_str().unwrap());
    let offered = row(&advice, "rendezvous")["max_offered_load"].as_f64();
    assert!(offered.unwrap() > 1.2);
    let caveat = advice["caveats"][0].as_str().unwrap();
    assert!(
        caveat.starts_with("a backend is offered more than it can serve with"),
        "{caveat}"
    );
}
