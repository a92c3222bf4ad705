//! A native strategy and the same as a program have the same figures.

use super::support::{printed, python, serve};

/// The rows of a CSV, each without its first column.
fn rows(csv: &str, algorithm: &str) -> Vec<String> {
    let rows = csv.lines().filter_map(|line| line.split_once(','));
    let rows = rows.filter(|(name, _)| *name == algorithm);
    rows.map(|(_, rest)| rest.to_owned()).collect()
}

/// Both strategies have rows, and the same ones.
fn assert_equal(csv: &str, native: &str) {
    let (expected, found) = (rows(csv, native), rows(csv, "mine"));
    assert!(!expected.is_empty(), "{csv}");
    assert_eq!(found, expected, "{native}");
}

/// A CSV without the column of the memory, which is the program's own.
fn without_memory(csv: &str) -> String {
    let header: Vec<_> = csv.lines().next().unwrap_or_default().split(',').collect();
    let memory = header.iter().position(|&name| name == "memory_bytes");
    let kept = |line: &str| -> String {
        let fields = line.split(',').enumerate();
        let fields = fields.filter(|&(place, _)| Some(place) != memory);
        fields.map(|(_, field)| field).collect::<Vec<_>>().join(",")
    };
    csv.lines().map(|line| kept(line) + "\n").collect()
}

fn compared(native: &str, config: &str, external: &str) -> String {
    let external = format!("mine={external}");
    let csv = printed(&[
        "compare",
        config,
        "--algorithm",
        native,
        "--external",
        &external,
        "--format",
        "csv",
        "--requests",
        "3000",
        "--clients",
        "1000",
        "--repeat",
        "2",
    ]);
    without_memory(&csv)
}

#[test]
fn serve_has_the_figures_of_what_it_serves() {
    for native in [
        "ketama",
        "anchor",
        "maglev",
        "rendezvous",
        "modulo",
        "round-robin",
        "least-connections",
    ] {
        let config = format!("configs/{native}.yaml");
        assert_equal(&compared(native, &config, &serve(&config)), native);
    }
}

#[test]
fn modulo_in_python_has_the_figures_of_modulo() {
    if let Some(command) = python("examples/external_modulo.py") {
        assert_equal(
            &compared("modulo", "configs/compare.yaml", &command),
            "modulo",
        );
    }
}

#[test]
fn serve_agrees_with_what_it_serves_and_moves_no_key() {
    let external = format!("mine={}", serve("configs/ketama.yaml"));
    let agreement = printed(&[
        "agreement",
        "configs/ketama.yaml",
        "--external",
        &external,
        "--requests",
        "3000",
        "--clients",
        "1000",
        "--format",
        "csv",
    ]);
    let shares: Vec<_> = agreement.lines().skip(1).collect();
    assert_eq!(shares.len(), 4, "{agreement}");
    assert!(shares.iter().all(|row| row.ends_with(",1")), "{agreement}");
    let plan = |config: &str| {
        let plan = ["plan", config, "--external", &external, "--keys", "3000"];
        printed(&plan)
    };
    let kept = plan("configs/ketama.yaml");
    assert!(kept.starts_with("No key moves."), "{kept}");
    assert!(plan("configs/modulo.yaml").contains("mine"));
}

#[test]
fn simulated_the_least_connections_of_serve_are_ours() {
    let external = format!("mine={}", serve("configs/least-connections.yaml"));
    let csv = printed(&[
        "simulate",
        "--load",
        "0.8",
        "--backends",
        "4",
        "--requests",
        "2000",
        "--algorithm",
        "least-connections",
        "--external",
        &external,
        "--format",
        "csv",
    ]);
    assert_equal(&csv, "least-connections");
}
