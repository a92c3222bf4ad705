//! The commands in the README, in the docs and in `tests/cli/` give the output that stands there. (What
//! `cargo` and `python3` run there is held to its output by `tests/examples.rs`.)
//!
//! After a deliberate change: `TRYCMD=overwrite cargo test --test all cli::`.

use std::collections::BTreeSet;
use std::fs;

use crate::root;
use trycmd::schema::Bin;

/// One test a file.
macro_rules! transcripts {
    ($($test:ident: $file:literal,)*) => {
        const TESTED: &[&str] = &[$($file),*];

        $(#[test]
        fn $test() {
            is_true($file);
        })*
    };
}

transcripts! {
    readme: "README.md",
    docs_advise: "docs/advise.md",
    docs_choosing: "docs/choosing.md",
    docs_compare: "docs/compare.md",
    docs_config: "docs/config.md",
    docs_conform: "docs/conform.md",
    docs_dialects: "docs/dialects.md",
    docs_exit_codes: "docs/exit-codes.md",
    docs_export_import: "docs/export-import.md",
    docs_first_steps: "docs/first-steps.md",
    docs_migration: "docs/migration.md",
    docs_numbering: "docs/numbering.md",
    docs_plan: "docs/plan.md",
    docs_simulate: "docs/simulate.md",
    docs_tour: "docs/tour.md",
    docs_tune: "docs/tune.md",
    advise: "tests/cli/advise.trycmd",
    algorithms: "tests/cli/algorithms.trycmd",
    check: "tests/cli/check.trycmd",
    compare: "tests/cli/compare.trycmd",
    conform: "tests/cli/conform.trycmd",
    export: "tests/cli/export.trycmd",
    import: "tests/cli/import.trycmd",
    plan: "tests/cli/plan.trycmd",
    route: "tests/cli/route.trycmd",
    setup: "tests/cli/setup.trycmd",
    simulate: "tests/cli/simulate.trycmd",
    spellings: "tests/cli/spellings.trycmd",
    tune: "tests/cli/tune.trycmd",
}

/// `examples/custom_strategy/` tests this one: it needs the program that is written there.
const TESTED_ELSEWHERE: &str = "docs/your-own-strategy.md";

fn is_true(file: &str) {
    trycmd::TestCases::new()
        .register_bins([("cargo", Bin::Ignore), ("python3", Bin::Ignore)])
        .case(file);
}

/// The transcripts in a folder and in the folders inside it, named from the root of the package.
fn transcripts_in(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join(folder)).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{folder}/{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            found.extend(transcripts_in(&name));
        } else if is_transcript(&name) {
            found.push(name);
        }
    }
    found
}

/// Whether a file has commands with their output.
fn is_transcript(name: &str) -> bool {
    let has_block = || {
        let text = fs::read_to_string(root().join(name)).unwrap();
        text.lines().any(|line| line.starts_with("```console"))
    };
    name.ends_with(".trycmd") || name.ends_with(".md") && has_block()
}

#[test]
fn every_transcript_is_tested() {
    let found = ["docs", "tests/cli"].map(transcripts_in).concat();
    let found: BTreeSet<&str> = found.iter().map(|name| &**name).collect();
    let tested = TESTED.iter().copied().chain([TESTED_ELSEWHERE]);
    let in_folders: BTreeSet<&str> = tested.filter(|name| name.contains('/')).collect();
    assert_eq!(found, in_folders);
}
