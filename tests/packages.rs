//! What `cargo package` packs of the crates: `tests/packages/` has a list of each, with all sources of an ending as one
//! line. And which crates a user of the configs alone depends on.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

fn packed(package: &str) -> BTreeSet<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["package", "--list", "--allow-dirty", "--package", package])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let names = String::from_utf8(output.stdout).unwrap();
    let source = |name: &str| {
        let (_, ending) = name.rsplit_once('.')?;
        name.replace('\\', "/")
            .starts_with("src/")
            .then(|| format!("src/**.{ending}"))
    };
    // Where there is no repository there is no record of its commit.
    let names = names.lines().filter(|name| *name != ".cargo_vcs_info.json");
    names
        .map(|name| source(name).unwrap_or_else(|| name.replace('\\', "/")))
        .collect()
}

#[test]
fn packages_have_what_their_users_need() {
    for package in ["evenkeel", "evenkeel-algorithms", "evenkeel-config"] {
        let list = format!("tests/packages/{package}.txt");
        let listed = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&list)).unwrap();
        let packed: Vec<_> = packed(package).into_iter().collect();
        assert_eq!(packed, listed.lines().collect::<Vec<_>>(), "{list}");
    }
}

/// The names of the crates that one is built with.
fn built_with(package: &str) -> BTreeSet<String> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let arguments = ["tree", "--offline", "--edges", "normal", "--prefix", "none"];
    let output = Command::new(cargo)
        .args(arguments)
        .args(["--format", "{p}", "--package", package])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let lines = String::from_utf8(output.stdout).unwrap();
    let names = lines.lines().filter_map(|line| line.split(' ').next());
    names.map(str::to_owned).collect()
}

#[test]
fn configs_are_read_without_the_command_line() {
    let list = "tests/packages/evenkeel-config-tree.txt";
    let listed = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(list)).unwrap();
    let built: Vec<_> = built_with("evenkeel-config").into_iter().collect();
    assert_eq!(built, listed.lines().collect::<Vec<_>>(), "{list}");
    for heavy in ["clap", "anyhow", "plotters", "rayon", "indicatif"] {
        assert!(!built.iter().any(|name| name == heavy), "{heavy}");
    }
}
