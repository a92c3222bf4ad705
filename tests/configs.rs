//! Every file in `configs/` is right and does its work.

use std::path::{Path, PathBuf};
use std::process::Command;

use evenkeel::config::Config;
use evenkeel_algorithms::strategy::CARDS;
use evenkeel_algorithms::{Card, LoadBalancer, Pool, Registry};

fn configs() -> Vec<PathBuf> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/configs");
    let (files, folders) = entries(folder.as_ref());
    let inside = folders.iter().flat_map(|folder| entries(folder).0);
    inside.chain(files).collect()
}

/// The files of a folder and the folders in it.
fn entries(folder: &Path) -> (Vec<PathBuf>, Vec<PathBuf>) {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut paths: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.into_iter().partition(|path| path.is_file())
}

fn evenkeel(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(args)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{args:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

/// What `compare` measures without `-a`.
const USUAL: [&str; 5] = [
    "ketama",
    "rendezvous",
    "maglev",
    "round-robin",
    "least-connections",
];

#[test]
fn every_config_is_checked_and_routes_and_compares() {
    for path in configs() {
        let path = path.to_str().unwrap();
        let checked = evenkeel(&["check", path]);
        // A long path wraps.
        let words: Vec<_> = checked.split_whitespace().take(4).collect();
        assert_eq!(words[1..], ["configuration", "is", "valid"], "{checked}");
        let routed = evenkeel(&["route", path, "alice", "bob"]);
        assert_eq!(routed.lines().count(), 2, "{path}: {routed}");
        let compared = [
            "compare",
            path,
            "--requests",
            "2000",
            "--clients",
            "300",
            "--format",
            "csv",
        ];
        let rows = evenkeel(&compared).lines().count() - 1;
        assert_eq!(rows, 2 * fitting(path), "{path}");
    }
}

/// Returns how many algorithms are compared under a config: its own and the usual ones, as far as they fit. A
/// bounded load needs a key.
fn fitting(path: &str) -> usize {
    let config = Config::read(path.as_ref(), Registry::builtin()).unwrap();
    let fits = |algorithm: &&Card| {
        let pool = Pool::new(config.backends.iter().cloned()).unwrap();
        LoadBalancer::new(config.configured_as(algorithm), pool).is_ok()
    };
    let usual = CARDS
        .iter()
        .copied()
        .filter(|card| USUAL.contains(&card.name));
    let others = usual.filter(|&card| card != config.algorithm);
    1 + others.filter(fits).count()
}

#[test]
fn every_algorithm_has_a_config() {
    let config = |path: &PathBuf| Config::read(path, Registry::builtin()).unwrap().algorithm;
    let configured: Vec<_> = configs().iter().map(config).collect();
    for algorithm in Registry::builtin().cards() {
        assert!(configured.contains(&algorithm), "{algorithm}");
    }
}
