//! The strategies of this crate in every command, as docs/your-own-strategy.md and the transcripts show it, and
//! the sources as the guide shows them.
//!
//! After a deliberate change: `TRYCMD=overwrite cargo test -p custom-strategy`.

use std::io::Write;
use std::process::{Command, Stdio};

const GUIDE: &str = include_str!("../../../docs/your-own-strategy.md");

/// Where the blocks of the guide come from.
const SOURCES: [&str; 4] = [
    include_str!("../src/bursts.rs"),
    include_str!("../src/slot_table.rs"),
    include_str!("../bursts.yaml"),
    include_str!("../slot-table.yaml"),
];

#[test]
fn every_transcript_is_true() {
    let binary = trycmd::schema::Bin::Path(env!("CARGO_BIN_EXE_custom-strategy").into());
    trycmd::TestCases::new()
        .register_bins([("mine", binary), ("cargo", trycmd::schema::Bin::Ignore)])
        .case("../../docs/your-own-strategy.md")
        .case("tests/*.trycmd");
}

/// Blocks that begin with a name of a file are the reader's own.
#[test]
fn the_guide_shows_what_the_sources_hold() {
    // As the formatter breaks lines where there is less room.
    let unspaced = |text: &str| {
        text.split_whitespace()
            .collect::<String>()
            .replace(",)", ")")
    };
    let sources = SOURCES.map(unspaced);
    let mut shown = 0;
    for start in ["```rust\n", "```yaml\n"] {
        for rest in GUIDE.split(start).skip(1) {
            let block = rest.split("```").next().unwrap_or_default();
            if block.contains("// src/main.rs") || block.contains("the_laws_hold") {
                continue;
            }
            let block = unspaced(block);
            assert!(
                sources.iter().any(|source| source.contains(&block)),
                "{block}"
            );
            shown += 1;
        }
    }
    assert!(shown > 3);
}

/// What the program answers to lines on its standard input.
fn serve(arguments: &[&str], lines: &str) -> String {
    let mut program = Command::new(env!("CARGO_BIN_EXE_custom-strategy"))
        .arg("serve")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = program.stdin.take().unwrap();
    input.write_all(lines.as_bytes()).unwrap();
    drop(input);
    let output = program.wait_with_output().unwrap();
    String::from_utf8(output.stdout).unwrap()
}

/// Sections and names of ours are read from messages as from files.
#[test]
fn serve_knows_both() {
    let went = serve(&["bursts.yaml"], &"{\"type\":\"http_request\"}\n".repeat(9));
    let went = went
        .lines()
        .map(|line| line.rsplit('"').nth(1).unwrap_or_default());
    let expected = ["b1", "b1", "b1", "b1", "b2", "b2", "b2", "b2", "b3"];
    assert!(went.eq(expected));
    let init = |options: &str| {
        let line = r#"{"type":"init","algorithm":"slot-table","backends":["a","b"],"options":"#;
        serve(&[], &format!("{line}{options}}}\n"))
    };
    assert_eq!(
        init(r#"{"slots":{"slots":1}}"#),
        "{\"type\": \"init_ok\"}\n"
    );
    let refused = init(r#"{"slot-table":{"slots":0}}"#);
    assert!(
        refused.contains("options.slot-table.slots: 0 is out of range; expected 1 to 1000000"),
        "{refused}"
    );
    let refused = init(r#"{"slot-table":{"slot":1}}"#);
    assert!(
        refused.contains("expected `slots`; did you mean `slots`?"),
        "{refused}"
    );
    let refused = init(r#"{"bursts":5}"#);
    assert!(refused.contains("options.bursts"), "{refused}");
}

#[test]
fn completions_and_the_manual_name_the_program_and_its_strategies() {
    let written = |arguments: &[&str]| {
        let program = Command::new(env!("CARGO_BIN_EXE_custom-strategy"))
            .args(arguments)
            .output()
            .unwrap();
        String::from_utf8(program.stdout).unwrap()
    };
    let bash = written(&["completions", "bash"]);
    assert!(
        bash.contains("custom-strategy") && bash.contains("slot-table"),
        "{bash}"
    );
    assert!(written(&["man"]).contains("custom"));
}

/// Needs weigh what is added as well.
#[test]
fn advise_weighs_both() {
    let advised = Command::new(env!("CARGO_BIN_EXE_custom-strategy"))
        .args([
            "advise",
            "tests/needs.yaml",
            "--requests",
            "1000",
            "--format",
            "json",
        ])
        .output()
        .unwrap();
    let advised = String::from_utf8(advised.stdout).unwrap();
    assert!(advised.contains("\"bursts\""), "{advised}");
    assert!(advised.contains("\"slot-table\""), "{advised}");
}
