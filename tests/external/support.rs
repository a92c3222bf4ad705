//! Strategies that are programs.

use std::fs;
use std::path::Path;
use std::process::{self, Child, Output, Stdio};

use evenkeel::external::{self, Command, Deadline, SECTION};
use evenkeel_algorithms::{
    Algorithm, BuildError, Card, Hashing, LoadBalancer, Options, Pool, RouteError,
};

use crate::skipped::skipped;

/// The command of `evenkeel serve` with the config of a strategy.
pub(crate) fn serve(config: &str) -> String {
    let evenkeel = env!("CARGO_BIN_EXE_evenkeel");
    format!("{evenkeel} serve {config}")
}

/// Our own `serve`, whose config may run a program.
pub(crate) fn allowing_server(config: &Path) -> Child {
    let mut command = process::Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    command.args(["serve", "--allow-external"]).arg(config);
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    command.spawn().unwrap()
}

/// The command of one of our small programs, or none where there is no Python.
pub(crate) fn python(program: &str) -> Option<String> {
    let found = process::Command::new("python3").arg("--version").output();
    if found.is_err() {
        skipped("python3 is not installed");
        return None;
    }
    Some(format!("python3 {}/{program}", env!("CARGO_MANIFEST_DIR")))
}

/// The algorithm that runs a command, which has five seconds to answer.
pub(crate) fn algorithm(command: &str) -> Box<dyn Algorithm> {
    let mut options = Options::default();
    let section = external::Options {
        deadline: Deadline::new(5).unwrap(),
        ..external::Options::of(Command::of_line(command).unwrap())
    };
    options.set(SECTION, section);
    external::running().algorithm(Hashing::default(), &options)
}

pub(crate) fn balancer(command: &str, names: &[&str]) -> Result<LoadBalancer, BuildError> {
    LoadBalancer::new(algorithm(command), Pool::new(names.iter().copied())?)
}

/// A native algorithm over the same backends.
pub(crate) fn native(card: &Card, names: &[&str]) -> LoadBalancer {
    let algorithm = card.algorithm(Hashing::default(), &Options::default());
    LoadBalancer::new(algorithm, Pool::new(names.iter().copied()).unwrap()).unwrap()
}

/// Where a request goes that is over at once.
pub(crate) fn route(balancer: &LoadBalancer, key: &str) -> Result<String, RouteError> {
    let ticket = balancer.route(Some(key.as_bytes()))?;
    Ok(ticket.backend().name().to_owned())
}

/// What our own command line comes to.
pub(crate) fn evenkeel(args: &[&str]) -> Output {
    let mut command = process::Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    command.args(args).current_dir(env!("CARGO_MANIFEST_DIR"));
    command.output().unwrap()
}

/// What it prints.
pub(crate) fn printed(args: &[&str]) -> String {
    let output = evenkeel(args);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{args:?}: {said}");
    String::from_utf8(output.stdout).unwrap()
}

/// What it says when it fails.
pub(crate) fn refused(args: &[&str]) -> String {
    let output = evenkeel(args);
    assert_eq!(output.status.code(), Some(2), "{args:?}");
    String::from_utf8(output.stderr).unwrap()
}

/// A config of a command in a file.
pub(crate) fn config_of(command: &str) -> tempfile::NamedTempFile {
    let words: Vec<_> = shlex::split(command).unwrap();
    let words = serde_json::to_string(&words).unwrap();
    let text = format!(
        "algorithm: external\noptions:\n  external: {{ command: {words} }}\nbackends: [a, b, c]\n"
    );
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), text).unwrap();
    file
}
