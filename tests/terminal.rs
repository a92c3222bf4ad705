//! Reports fit the terminal: no line is wider, at any width.
#![cfg(unix)]

use std::io::Write;
use std::process::{Command, Stdio};

use serde::Deserialize;
use serde_json::json;
use unicode_width::UnicodeWidthStr;

use crate::skipped::skipped;

const COLUMNS: [u16; 5] = [60, 80, 100, 120, 200];

/// Each report, with little to measure.
const COMMANDS: &[&str] = &[
    "compare --requests 2000 --clients 200",
    "compare --requests 2000 --clients 200 --algorithm all --details",
    "compare --requests 2000 --clients 200 --repeat 5 --details",
    "compare --requests 2000 --clients 200 --algorithm all --repeat 5",
    "compare --requests 2000 --clients 200 --format bars",
    "compare --requests 2000 --clients 200 --backends cache-1.eu-central.example.com:8080:1,cache-2.example.com:80:2",
    "agreement configs/clients/spymemcached.yaml configs/clients/pecl.yaml --backends 5",
    "agreement configs/clients/dalli.yaml configs/clients/pecl.yaml configs/clients/nginx.yaml \
     configs/clients/memjs.yaml configs/clients/predis-ketama.yaml configs/clients/twemproxy.yaml --backends 5",
    "plan tests/cli/plan/before.yaml tests/cli/plan/after.yaml --keys 2000",
    "plan tests/cli/plan/before.yaml tests/cli/plan/after.yaml --keys 2000 --steps --details",
    "simulate --load 0.8 --requests 2000",
    "simulate --load 0.8 --requests 2000 --details",
    "simulate --load 0.8 --requests 2000 --repeat 5 --slo 5ms --details",
    "simulate --load 0.8 --requests 20000 --scenario examples/outage.yaml --details",
    "tune size --backends 5 --algorithm ketama --peak-to-mean 1.5 --requests 2000 --clients 2000",
    "tune size --backends 5 --algorithm ketama --peak-to-mean 1.5 --requests 2000 --clients 2000 --details",
    "advise tests/cli/advise/few.yaml --trace tests/cli/simulate/requests.csv",
    "advise tests/cli/advise/few.yaml --trace tests/cli/simulate/requests.csv --details",
    "check configs/maglev.yaml",
    "check configs/bounded-load.yaml",
    "check tests/cli/numbered.yaml",
    "conform --algorithm maglev",
    "algorithms",
    "algorithms ketama maglev",
];

/// Commands with progress of each kind.
const LONG_COMMANDS: &[&str] = &[
    "compare --requests 100000 --repeat 3",
    "simulate --load 0.8 --requests 200000",
    "plan tests/cli/plan/before.yaml tests/cli/plan/after.yaml --keys 1000000",
    "tune size --backends 5 --algorithm ketama --peak-to-mean 1.5 --requests 5000 --clients 5000",
    "advise tests/cli/advise/few.yaml --trace tests/cli/simulate/requests.csv",
];

/// What a terminal of a width got from a command.
#[derive(Deserialize)]
struct Shown {
    command: String,
    columns: u16,
    code: i32,
    output: String,
}

/// Returns none, and prints that the test is skipped, if there is no Python.
fn shown(commands: &[&str], errors: bool) -> Option<Vec<Shown>> {
    let root = env!("CARGO_MANIFEST_DIR");
    let program = Command::new("python3")
        .arg(format!("{root}/tests/terminal/run.py"))
        .current_dir(root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut program) = program else {
        skipped("python3 is not installed");
        return None;
    };
    let asked = json!({
        "program": env!("CARGO_BIN_EXE_evenkeel"),
        "columns": COLUMNS,
        "commands": commands,
        "errors": errors,
    });
    let mut input = program.stdin.take().unwrap();
    input.write_all(asked.to_string().as_bytes()).unwrap();
    drop(input);
    let output = program.wait_with_output().unwrap();
    assert!(output.status.success());
    let lines = str::from_utf8(&output.stdout).unwrap().lines();
    Some(
        lines
            .map(|line| serde_json::from_str(line).unwrap())
            .collect(),
    )
}

#[test]
fn no_line_is_wider_than_the_terminal() {
    for Shown {
        command,
        columns,
        code,
        output,
    } in shown(COMMANDS, false).into_iter().flatten()
    {
        assert!(
            code == 0 && !output.is_empty(),
            "{command}: exit code {code}"
        );
        // The events of a scenario keep their lines, so that they can be copied.
        let lines = output
            .lines()
            .filter(|line| !line.trim_start().starts_with("- {"));
        for line in lines {
            let width = line.width();
            assert!(
                width <= columns.into(),
                "evenkeel {command}: at {columns} columns a line of {width}:\n{line}"
            );
        }
        if command == COMMANDS[0] && columns == 80 {
            assert!(output.lines().count() <= 24, "one screen:\n{output}");
        }
    }
}

/// The frames of a progress bar, without the codes that clear and move.
fn frames(output: &str) -> Vec<String> {
    let mut frames = vec![String::new()];
    let mut rest = output.chars();
    while let Some(character) = rest.next() {
        match character {
            '\r' | '\n' => frames.push(String::new()),
            '\u{1b}' => {
                rest.by_ref().find(char::is_ascii_alphabetic);
                frames.push(String::new());
            }
            _ => frames.last_mut().unwrap().push(character),
        }
    }
    frames.retain(|frame| !frame.trim().is_empty());
    frames
}

/// How far a frame is: the number before `%`, `/` or a word.
fn position(frame: &str) -> Option<u64> {
    let end = frame
        .find('%')
        .or_else(|| frame.find('/'))
        .or_else(|| frame.find(" settings").or(frame.find(" strategies")))?;
    let digits = |character: char| character.is_ascii_digit() || character == ',';
    let start = frame[..end].rfind(|character| !digits(character));
    let digits = &frame[start.map_or(0, |start| start + 1)..end];
    digits.replace(',', "").parse().ok()
}

#[test]
fn progress_fits_the_terminal_and_never_goes_back() {
    for Shown {
        command,
        columns,
        code,
        output,
    } in shown(LONG_COMMANDS, true).into_iter().flatten()
    {
        assert!(code == 0, "{command}: exit code {code}: {output}");
        let frames = frames(&output);
        let mut last = None;
        for frame in &frames {
            let width = frame.trim_end().width();
            assert!(
                width <= columns.into(),
                "{command}: {width} of {columns}: {frame:?}"
            );
            let position = position(frame);
            assert!(position >= last, "{command}: {frame:?} after {last:?}");
            last = position;
        }
        assert!(last.is_some(), "{command}: {frames:?}");
    }
}

#[test]
fn frames_are_read_as_a_terminal_shows_them() {
    let output = "\rplan      ██░░  7%, 3s left\u{1b}[2K\rplan  ███░ 12/40, 1m";
    let frames = frames(output);
    let positions: Vec<_> = frames.iter().map(|frame| position(frame)).collect();
    assert_eq!(positions, [Some(7), Some(12)]);
    assert_eq!(position("⠁ 1,024 settings, 3s"), Some(1_024));
}
