//! The examples do what they say, and what `docs/first-steps.md` says of them.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use crate::protocol::server::Server;
use crate::skipped::skipped;

#[path = "../examples/least_connections.rs"]
#[expect(dead_code, reason = "its main only prints")]
mod least_connections;
#[path = "../examples/plan_and_compare.rs"]
#[expect(dead_code, reason = "its main only prints")]
mod plan_and_compare;

const FIRST_STEPS: &str = include_str!("../docs/first-steps.md");

/// Where the blocks of the first steps come from.
const SOURCES: [&str; 2] = [
    include_str!("../examples/least_connections.rs"),
    include_str!("../configs/rendezvous.yaml"),
];

/// What stands behind a text of the first steps, up to the end of the block.
fn block_behind(start: &str) -> &'static str {
    let (_, rest) = FIRST_STEPS
        .split_once(start)
        .unwrap_or_else(|| panic!("docs/first-steps.md: expected {start:?}"));
    rest.split("```").next().unwrap().trim_end()
}

/// What Python prints, or nothing where there is no Python.
fn python(args: &[&str]) -> Option<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let evenkeel = Path::new(env!("CARGO_BIN_EXE_evenkeel"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    let folders = [evenkeel.parent().unwrap().to_owned()];
    let folders = folders.into_iter().chain(std::env::split_paths(&path));
    let output = Command::new("python3")
        .args(args)
        .current_dir(root)
        .env("PATH", std::env::join_paths(folders).unwrap())
        .env("PYTHONPATH", root.join("examples"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output();
    let output = match output {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            skipped("python3 is not installed");
            return None;
        }
        output => output.unwrap(),
    };
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    assert_eq!(errors, "");
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.replace("\r\n", "\n").trim_end().to_owned())
}

#[test]
fn least_connections_are_counted_until_they_end() {
    let lines = least_connections::run().unwrap();
    let printed = block_behind("$ cargo run --quiet --example least_connections\n");
    assert_eq!(lines.join("\n"), printed);
}

#[test]
fn programs_plan_and_compare() {
    let (forecast, comparison) = plan_and_compare::run().unwrap();
    assert!((0.2..0.3).contains(&forecast.whole.remap_ratio));
    assert_eq!(forecast.whole.excess_remap, 0.);
    let names = comparison.results.iter().map(|outcome| outcome.algorithm);
    assert_eq!(names.collect::<Vec<_>>(), ["ketama", "maglev"]);
}

#[test]
fn python_asks_serve() {
    let evenkeel = env!("CARGO_BIN_EXE_evenkeel");
    if let Some(printed) = python(&["examples/serve.py", evenkeel]) {
        assert_eq!(printed, block_behind("$ python3 examples/serve.py\n"));
    }
}

#[test]
fn python_asks_a_socket() {
    let server = Server::start(&["--shared"]);
    if let Some(printed) = python(&["examples/serve_client.py", &server.addresses[0]]) {
        let expected = [
            "two clients send requests to b1 and b2",
            "b1 is unhealthy for both; the next request goes to b2",
            "refused: there is no backend `b9` (code 20)",
            "50000 of 50000 requests, sent at once, have their answers",
        ];
        assert_eq!(printed.lines().collect::<Vec<_>>(), expected);
    }
}

#[test]
fn python_has_a_module() {
    if let Some(printed) = python(&["-c", block_behind("```python\n")]) {
        assert_eq!(printed, block_behind("```text\n"));
    }
}

#[test]
fn the_first_steps_show_what_the_files_hold() {
    let unindented = |text: &str| {
        let lines: Vec<_> = text.lines().map(str::trim).collect();
        lines.join("\n")
    };
    let sources = SOURCES.map(unindented);
    for start in ["```rust\n", "```yaml\n"] {
        for rest in FIRST_STEPS.split(start).skip(1) {
            let block = unindented(rest.split("```").next().unwrap());
            assert!(
                sources.iter().any(|source| source.contains(&block)),
                "{block}"
            );
        }
    }
}
