//! The README's config and its conversation with `evenkeel serve` are true. (Its commands are run
//! by `tests/cli.rs`, its Rust by the doc-tests.)

use std::io::Write;
use std::process::{Command, Stdio};

use evenkeel::config::Config;
use evenkeel_algorithms::Registry;

const README: &str = include_str!("../README.md");

/// The blocks of a language.
fn blocks(language: &str) -> Vec<&'static str> {
    let start = format!("```{language}\n");
    README
        .split(&start)
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect()
}

#[test]
fn the_config_is_right() {
    let [block] = blocks("yaml")[..] else {
        panic!("expected one config")
    };
    let config = Config::parse(block, Registry::builtin()).unwrap();
    assert!(config.balancer().is_ok());
    assert_eq!(config.hashing, evenkeel_algorithms::Hashing::default());
    assert_eq!(config.options, evenkeel_algorithms::Options::default());
}

#[test]
fn the_conversation_goes_as_it_stands() {
    let [block] = blocks("jsonl")[..] else {
        panic!("expected one conversation")
    };
    let lines = |mark| {
        block
            .lines()
            .filter_map(move |line| line.strip_prefix(mark))
    };
    let mut serve = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .arg("serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let requests: String = lines("> ").map(|line| format!("{line}\n")).collect();
    serve
        .stdin
        .take()
        .unwrap()
        .write_all(requests.as_bytes())
        .unwrap();
    let output = serve.wait_with_output().unwrap();
    let answers = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    assert_eq!(
        answers.lines().collect::<Vec<_>>(),
        lines("< ").collect::<Vec<_>>()
    );
}
