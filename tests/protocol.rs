//! Conversations with `serve`, through its own loop, and how it behaves on a pipe.

use std::time::Instant;

use evenkeel::protocol::{Limits, serve};
use evenkeel_algorithms::Registry;

#[cfg(unix)]
mod ending;
mod lines;
mod loads;
mod many;
mod refusals;
mod requests;
pub(crate) mod server;
mod shared;
mod state;
mod stdio;
mod what_if;

/// The answers to some lines of bytes.
fn answers_to(input: &[u8]) -> Vec<String> {
    let mut output = Vec::new();
    serve(
        input,
        &mut output,
        None,
        Registry::builtin(),
        Instant::now(),
        Limits::default(),
    )
    .unwrap();
    String::from_utf8(output)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect()
}

fn answers(lines: &[&str]) -> Vec<String> {
    answers_to((lines.join("\n") + "\n").as_bytes())
}

/// Checks a conversation: each line, and what the answer must be.
fn converse(turns: &[(&str, &str)]) {
    let answers = answers(&turns.iter().map(|&(line, _)| line).collect::<Vec<_>>());
    for ((line, expected), answer) in turns.iter().zip(&answers) {
        assert_eq!(answer, expected, "to {line}");
    }
    assert_eq!(answers.len(), turns.len());
}

const INIT: &str = r#"{"src":"client","dest":"lb","body":{"type":"init","msg_id":1,"backends":["backend-1","backend-2","backend-3"],"algorithm":"consistent-hash"}}"#;
const ALICE: &str =
    r#"{"src":"client","dest":"lb","body":{"type":"http_request","msg_id":2,"client_id":"alice"}}"#;
const INIT_OK: &str =
    r#"{"src": "lb", "dest": "client", "body": {"type": "init_ok", "in_reply_to": 1}}"#;

fn body(line: &str) -> serde_json::Value {
    let value: serde_json::Value = serde_json::from_str(line).unwrap();
    value.get("body").unwrap_or(&value).clone()
}
