//! Plans of files in a folder, and what `route` says of the same.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// Files for a plan.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// A config of these backends, each as YAML.
    pub(crate) fn config(&self, name: &str, algorithm: &str, backends: &[&str]) -> String {
        let backends = backends.iter().map(|backend| format!("- {backend}\n"));
        let backends: String = backends.collect();
        self.write(
            name,
            format!("algorithm: {algorithm}\nbackends:\n{backends}"),
        )
    }
}

pub(crate) fn evenkeel(args: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_evenkeel"));
    command.args(args).output().unwrap()
}

/// The figures of a plan that holds.
pub(crate) fn plan(args: &[&str]) -> Value {
    let output = evenkeel(&[&["plan", "--format", "json"], args].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{args:?}: {said}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// What a plan that does not come about says, and its exit code.
pub(crate) fn refused(args: &[&str]) -> (String, Option<i32>) {
    let output = evenkeel(&[&["plan"], args].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    (said, output.status.code())
}

pub(crate) fn figure(plan: &Value, name: &str) -> f64 {
    plan[name]
        .as_f64()
        .unwrap_or_else(|| panic!("{name}: {plan}"))
}

pub(crate) fn close(one: f64, other: f64) -> bool {
    (one - other).abs() < 1e-9
}

/// Key and backend of each request, by `route`.
pub(crate) fn routed(config: &str, keys: &str) -> Vec<(Vec<u8>, String)> {
    let output = evenkeel(&["route", config, "--keys-from", keys]);
    assert!(output.status.success(), "{config}: {output:?}");
    let lines = output.stdout.split(|&byte| byte == b'\n');
    let lines = lines.filter(|line| !line.is_empty()).map(|line| {
        let tab = line.iter().rposition(|&byte| byte == b'\t').unwrap();
        let backend = String::from_utf8(line[tab + 1..].to_vec()).unwrap();
        (line[..tab].to_vec(), backend)
    });
    lines.collect()
}

/// The requests that two runs of `route` send elsewhere, as lines.
pub(crate) fn brute_force(before: &str, after: &str, keys: &str) -> Vec<u8> {
    let (before, after) = (routed(before, keys), routed(after, keys));
    let mut lines = Vec::new();
    for ((key, from), (_, to)) in before.into_iter().zip(after) {
        if from != to {
            lines.extend(key);
            lines.extend(format!("\t{from}\t{to}\n").into_bytes());
        }
    }
    lines
}

pub(crate) fn listed(folder: &Folder, args: &[&str]) -> Vec<u8> {
    let list = folder.path("moved.tsv");
    plan(&[args, &["--list-moved", list.to_str().unwrap()]].concat());
    fs::read(list).unwrap()
}

/// Keys of a file, some of them again and again, and some that are no UTF-8.
pub(crate) fn some_keys(count: u32) -> Vec<u8> {
    let mut keys = Vec::new();
    for number in 0..count {
        let key = number * number % 997;
        keys.extend(format!("user:{key}").into_bytes());
        keys.extend_from_slice(if key % 5 == 0 { b"\xFF\n" } else { b"\n" });
    }
    keys
}

pub(crate) const KEYS: [&str; 2] = ["--keys", "20000"];
