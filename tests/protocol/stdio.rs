//! The loop: with a config, on a pipe, and over any bytes.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

use evenkeel::config::Loaded;
use evenkeel_algorithms::Registry;
use proptest::prelude::*;

use super::*;

#[test]
fn a_config_stands_where_init_is_silent() {
    let config = "algorithm: round-robin\nbackends: [x, y]\n".to_owned();
    let input = concat!(
        r#"{"type":"http_request"}"#,
        "\n",
        r#"{"type":"init","backends":["z"]}"#,
        "\n",
        r#"{"type":"http_request"}"#,
        "\n"
    );
    let mut output = Vec::new();
    serve(
        input.as_bytes(),
        &mut output,
        Some(Loaded::parse(config, Registry::builtin()).unwrap()),
        Registry::builtin(),
        Instant::now(),
        Limits::default(),
    )
    .unwrap();
    let output = String::from_utf8(output).unwrap();
    let backends: Vec<_> = output
        .lines()
        .map(|line| body(line)["backend"].clone())
        .collect();
    assert_eq!(backends, ["x".into(), serde_json::Value::Null, "z".into()]);
}

#[test]
fn a_waiting_client_is_answered_at_once() {
    let mut serve = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .arg("serve")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = serve.stdin.take().unwrap();
    let mut output = BufReader::new(serve.stdout.take().unwrap());
    for _ in 0..3 {
        // Half a line behind a whole one must not keep the answer back.
        input
            .write_all(format!("{INIT}\n{}", &ALICE[..20]).as_bytes())
            .unwrap();
        let mut answer = String::new();
        output.read_line(&mut answer).unwrap();
        assert_eq!(answer.trim_end(), INIT_OK);
        input
            .write_all(format!("{}\n", &ALICE[20..]).as_bytes())
            .unwrap();
        answer.clear();
        output.read_line(&mut answer).unwrap();
        assert!(answer.contains("http_response"), "{answer}");
    }
    drop(input);
    assert!(serve.wait().unwrap().success());
}

proptest! {
    /// Whatever comes, every line that is not blank is answered by a line.
    #[test]
    fn no_line_is_left_without_an_answer(
        mutations in prop::collection::vec((0..200usize, any::<u8>(), 0..4u8), 0..6),
        noise in prop::collection::vec(any::<u8>(), 0..80),
        which in 0..4usize,
    ) {
        let mut line = [INIT, ALICE, r#"{"type":"send_requests","algorithm":"round-robin","count":9}"#, ""][which].as_bytes().to_vec();
        for (at, byte, kind) in mutations {
            let at = at.min(line.len());
            match kind {
                0 => line.insert(at, byte),
                1 if at < line.len() => line[at] = byte,
                2 if at < line.len() => { line.remove(at); }
                _ => line.truncate(at.max(1)),
            }
        }
        for line in [line, noise] {
            let input = [INIT.as_bytes(), b"\n", &line, b"\n", ALICE.as_bytes()].concat();
            let expected = input.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
            let answers = answers_to(&input);
            prop_assert_eq!(answers.len(), expected.count());
            prop_assert!(body(answers.last().unwrap())["type"] == "http_response");
        }
    }
}
