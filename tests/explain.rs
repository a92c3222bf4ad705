//! A reason leads where the request goes.

mod between;

use std::process::Command;

use evenkeel::config::Config;
use evenkeel::explain::Explanation;
use evenkeel_algorithms::{Backend, Card, Key, LoadBalancer, Registry};

/// Keys of each algorithm: 100,000 and more of all.
const KEYS: u32 = 1_400;

fn config(algorithm: &Card, around: &str) -> Config {
    let text = format!(
        "algorithm: {algorithm}
{around}
backends:
  - {{name: '10.0.0.1:11211', weight: 2}}
  - {{name: '10.0.0.2:11211', down: true}}
  - '10.0.0.3:11211'
  - {{name: '10.0.0.4:11211', drain: true}}
  - {{name: '10.0.0.5:11211', max_in_flight: 1}}
  - '10.0.0.6:80'
"
    );
    Config::parse(&text, Registry::builtin()).unwrap()
}

/// Explains, routes and compares, request by request. Some requests stay in flight for a while.
fn replay(config: &Config, balancer: &LoadBalancer, keys: u32) {
    let algorithm = config.algorithm;
    let mut open = Vec::new();
    for number in 0..keys {
        let key = format!("{{user:{number}}}:profile");
        let snapshot = balancer.snapshot();
        let explanation = Explanation::of(config, &snapshot, &key, 1);
        let routed = balancer.route(Some(key.as_bytes()));
        let backend = routed.as_ref().ok().map(|ticket| ticket.backend().name());
        assert_eq!(explanation.backend(), backend, "{algorithm}: {key}");
        open.extend(routed);
        if open.len() > 20 {
            open.drain(..15);
        }
    }
}

#[test]
fn the_explained_backend_is_the_routed_one() {
    for algorithm in Registry::builtin().cards() {
        let config = config(algorithm, "");
        replay(&config, &config.balancer().unwrap(), KEYS);
    }
}

#[test]
fn what_is_around_an_algorithm_is_explained_too() {
    for around in [
        "bounded_load: 1.25",
        "bounded_load: {factor: 1.1, overflow: rehash}",
        "subset: {client: c, size: 3}",
    ] {
        for algorithm in Registry::builtin().cards() {
            let config = config(algorithm, around);
            if let Ok(balancer) = config.balancer() {
                replay(&config, &balancer, 100);
            }
        }
    }
}

fn explained(config: &str, args: &[&str]) -> (serde_json::Value, Option<i32>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config.yaml");
    std::fs::write(&path, config).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(["explain", "--format", "json"])
        .arg(&path)
        .args(args)
        .output()
        .unwrap();
    let json = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (json, output.status.code())
}

/// The worked example of nginx: the first point of 127.0.0.1:9001 is 70533e04.
#[test]
fn hash_point_and_those_passed_over_are_told() {
    let config = "algorithm: nginx-hash-consistent
backends: [{name: '127.0.0.1:9001', down: true}, '127.0.0.1:9002']
";
    let (json, code) = explained(config, &["c1"]);
    assert_eq!(code, Some(0));
    assert_eq!(json["steps"][0]["hash"], "5ed72aa1");
    assert_eq!(json["steps"][1]["step"], "point");
    assert_eq!(json["backend"], "127.0.0.1:9002");
    if json["steps"][1]["owner"] == "127.0.0.1:9001" {
        assert_eq!(json["passed_over"][0]["why"], "down");
    }
}

/// nginx's `hash` hashes a key again if its peer is out: the last entry is the answer's.
#[test]
fn every_attempt_is_told() {
    let config = "algorithm: nginx-hash
backends: [{name: a, down: true}, b, {name: c, down: true}, d]
";
    let mut longest = 0;
    for key in 0..30 {
        let (json, _) = explained(config, &[&key.to_string()]);
        let steps = json["steps"].as_array().unwrap();
        assert_eq!(steps.last().unwrap()["owner"], json["backend"], "{key}");
        longest = longest.max(steps.len() / 2);
    }
    assert!(longest > 2, "{longest}");
}

#[test]
fn the_tag_of_a_key_is_what_is_hashed() {
    let config = "algorithm: redis-cluster\nbackends: ['a:1', 'b:1']\n";
    let (json, _) = explained(config, &["{user1000}.following"]);
    assert_eq!(json["steps"][0]["text"], "user1000");
    assert_eq!(json["steps"][2]["index"], 3_443);
}

#[test]
fn excluded_and_full_backends_are_shown() {
    let config = "algorithm: envoy-maglev
options: {envoy-maglev: {healthy_panic_threshold: 0}}
backends: [a, {name: b, down: true}]
";
    let (json, _) = explained(config, &["k"]);
    assert_eq!(json["left_out"][0]["backend"], "b");
    let config = "algorithm: rendezvous
bounded_load: 1
backends: [{name: a, connections: 5}, {name: b, connections: 4}]
";
    let keys = (0..20).map(|key| key.to_string());
    let full = keys.filter(|key| {
        let (json, _) = explained(config, &[key]);
        assert_eq!(json["backend"], "b");
        json["steps"]
            .as_array()
            .unwrap()
            .iter()
            .any(|step| step["step"] == "full")
    });
    assert!((4..=16).contains(&full.count()));
}

#[test]
fn nobody_left_is_an_answer_too() {
    let config = "algorithm: ketama\nbackends: [{name: a, down: true}]\n";
    let (json, code) = explained(config, &["k"]);
    assert_eq!(json["backend"], serde_json::Value::Null);
    assert_eq!(json["passed_over"][0]["backend"], "a");
    assert_eq!(code, Some(1));
}

#[test]
fn a_strategy_with_keys_shows_what_decided() {
    for algorithm in Registry::builtin().cards() {
        let config = Config {
            algorithm,
            ..Config::of(
                (1..=6)
                    .map(|n| Backend::new(format!("10.0.0.{n}:80")))
                    .collect(),
            )
        };
        if config.profile().key != Key::Required {
            continue;
        }
        let balancer = config.balancer().unwrap();
        let snapshot = balancer.snapshot();
        let explanation = Explanation::of(&config, &snapshot, "alice", 0);
        let json = serde_json::to_value(&explanation).unwrap();
        let decided = json["steps"].as_array().unwrap().iter().any(|step| {
            let kind = step["step"].as_str().unwrap();
            let decides = ["point", "entry", "bucket", "probe", "draw"].contains(&kind);
            decides && step["owner"] == json["backend"]
        });
        assert!(decided, "{algorithm}: {json}");
    }
}

/// The winner of the draws and the best of the others, by the published formula.
#[test]
fn rendezvous_shows_the_winning_draw_and_the_runner_up() {
    let config =
        "algorithm: rendezvous\nbackends: [a, {name: b, weight: 3}, {name: c, down: true}, d]\n";
    for key in 0..40 {
        let (json, _) = explained(config, &[&key.to_string()]);
        let steps = json["steps"].as_array().unwrap();
        let of = |kind: &str| {
            steps
                .iter()
                .find(|step| step["step"] == kind)
                .unwrap()
                .clone()
        };
        let (draw, next) = (of("draw"), of("runner_up"));
        assert_eq!(draw["owner"], json["backend"]);
        assert!(draw["score"].as_f64() < next["score"].as_f64(), "{json}");
        // Without the winner the runner-up has the key, so it is the next owner.
        assert_eq!(next["owner"], json["next"][0], "{json}");
    }
}
