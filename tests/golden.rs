//! Our own answers, so that a changed hash, point, draw or fill fails here.
//!
//! `tests/golden.jsonl` has a scenario a line: a config as any file would hold it, and the picks for
//! the keys below as indexes of the config's backends, a base-36 digit each. A strategy that uses no
//! key has its successive picks. To write the file again after a deliberate change of
//! `HASH_VERSION`: `EVENKEEL_WRITE_GOLDEN=1 cargo test --test all golden::`.

use std::fs;

use evenkeel::config::Config;
use evenkeel_algorithms::Registry;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden.jsonl");

#[derive(Deserialize, Serialize)]
struct Scenario {
    name: String,
    config: Box<RawValue>,
    picks: String,
}

/// 400 keys: numbered ones, and some that a careless hash would treat alike.
fn keys() -> Vec<Vec<u8>> {
    let odd = [
        "", " ", "a", "A", "ä", "日本", "key-1 ", "\0", "\0\0", "10.0.0.1", "10.0.0.2",
    ];
    let long = (0..9).map(|power| vec![b'x'; 1 << power]);
    let numbered = (0..380).map(|number| format!("key-{number}").into_bytes());
    odd.iter()
        .map(|key| key.as_bytes().to_vec())
        .chain(long)
        .chain(numbered)
        .collect()
}

fn picks(config: &str) -> String {
    let config = Config::parse(config, Registry::builtin()).unwrap();
    let balancer = config.balancer().unwrap();
    let digit = |key: Vec<u8>| {
        let ticket = balancer.route(Some(&key)).unwrap();
        let digit = char::from_digit(ticket.slot().index() as u32, 36).unwrap();
        ticket.leave_in_flight();
        digit
    };
    keys().into_iter().map(digit).collect()
}

#[test]
fn every_answer_is_what_it_was() {
    let text = fs::read_to_string(FILE).unwrap();
    let scenarios: Vec<Scenario> = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    if std::env::var_os("EVENKEEL_WRITE_GOLDEN").is_some() {
        let lines = scenarios.into_iter().map(|scenario| {
            let picks = picks(scenario.config.get());
            serde_json::to_string(&Scenario { picks, ..scenario }).unwrap() + "\n"
        });
        return fs::write(FILE, lines.collect::<String>()).unwrap();
    }
    for Scenario {
        name,
        config,
        picks: expected,
    } in scenarios
    {
        assert_eq!(picks(config.get()), expected, "{name}");
    }
}

#[test]
fn every_algorithm_has_golden_answers_with_and_without_weights() {
    let text = fs::read_to_string(FILE).unwrap();
    for algorithm in evenkeel_algorithms::strategy::CARDS {
        for kind in ["equal", "weighted"] {
            let name = format!("\"{}/{kind}\"", algorithm.name);
            assert!(text.contains(&name), "{name}");
        }
    }
}
