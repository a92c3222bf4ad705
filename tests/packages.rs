//! What `cargo package` packs of both crates: `tests/packages/` has a list of each, with all sources of an ending as one line.

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
    for package in ["evenkeel", "evenkeel-algorithms"] {
        let list = format!("tests/packages/{package}.txt");
        let listed = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(&list)).unwrap();
        let packed: Vec<_> = packed(package).into_iter().collect();
        assert_eq!(packed, listed.lines().collect::<Vec<_>>(), "{list}");
    }
}
