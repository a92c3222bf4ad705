//! A config is data: it runs a command only where the command line says so.

use std::io::Write;

use super::support::{allowing_server, config_of, evenkeel, printed, refused, serve};

const REFUSAL: &str =
    "the algorithm `external` runs a command; allow it with --allow-external on the command line";

#[test]
fn a_config_runs_no_command_unless_that_is_allowed() {
    let config = config_of(&serve("configs/ketama.yaml"));
    let path = config.path().to_str().unwrap();
    for command in [&["check", path][..], &["route", path, "alice"]] {
        let said = refused(command);
        assert!(said.contains(REFUSAL), "{said}");
        assert!(said.contains(":3:13:"), "{said}");
    }
    let native = printed(&["route", "configs/rendezvous.yaml", "alice"]);
    assert!(!native.is_empty());
    let routed = printed(&["route", path, "--allow-external", "alice"]);
    assert!(!routed.is_empty());
}

#[test]
fn a_message_runs_no_command_even_so() {
    let mark = tempfile::tempdir().unwrap();
    let mark = mark.path().join("ran");
    let config = config_of(&serve("configs/ketama.yaml"));
    let mut server = allowing_server(config.path());
    let command = format!(r#"{{"external": {{"command": ["touch", {mark:?}]}}}}"#);
    let lines = [
        r#"{"type": "http_request", "msg_id": 1, "client_id": "alice"}"#.to_owned(),
        format!(r#"{{"type": "init", "msg_id": 2, "backends": ["a"], "options": {command}}}"#),
        format!(
            r#"{{"type": "init", "msg_id": 3, "backends": ["a"], "algorithm": "external", "options": {command}}}"#
        ),
        r#"{"type": "http_request", "msg_id": 4, "client_id": "alice"}"#.to_owned(),
    ];
    let input = server.stdin.take().unwrap();
    lines
        .iter()
        .for_each(|line| writeln!(&input, "{line}").unwrap());
    drop(input);
    let answers = String::from_utf8(server.wait_with_output().unwrap().stdout).unwrap();
    let answers: Vec<_> = answers.lines().collect();
    assert!(answers[0].contains("http_response"), "{answers:?}");
    assert!(answers[1].contains(REFUSAL), "{answers:?}");
    assert!(answers[2].contains(REFUSAL), "{answers:?}");
    assert!(answers[3].contains("http_response"), "{answers:?}");
    assert!(!mark.exists());
}

#[test]
fn options_and_names_are_checked_where_they_stand() {
    for (options, expected) in [
        (
            "command: [], window: 3",
            "1:53: options.external.command: expected a program and its arguments",
        ),
        (
            "command: [x], window: 0",
            "0 is out of range; expected 1 to 65536",
        ),
        (
            "command: [x], deadline: 3601",
            "3601 is out of range; expected 1 to 3600",
        ),
        ("comand: [x]", "did you mean `command`?"),
        ("window: 3", "set options.external.command"),
    ] {
        let text = format!(
            "{{algorithm: external, options: {{external: {{{options}}}}}, backends: [a]}}\n"
        );
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        let said = refused(&["check", "--allow-external", file.path().to_str().unwrap()]);
        assert!(said.contains(expected), "{options}: {said}");
    }
    for (external, expected) in [
        ("ketama=true", "the name `ketama` is already used"),
        ("Mine=true", "`Mine` is not a valid name"),
        ("mine", "expected NAME=COMMAND"),
        ("mine=''", "expected a command after NAME="),
        (
            "mine=true",
            "external `mine` (true) ended (exit status: 0) before it answered",
        ),
    ] {
        let output = evenkeel(&["compare", "--external", external]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(expected), "{external}: {said}");
    }
}
