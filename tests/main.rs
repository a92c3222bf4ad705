//! The tests of the command line and of its libraries, a module a subject. One binary, so that they are linked once
//! and run side by side: `cargo test --test all plan::` runs those of `plan`.

mod advise;
mod answers;
mod book;
mod cli;
mod compare;
mod configs;
mod examples;
mod exchange;
mod explain;
mod external;
mod golden;
mod house;
mod lint;
mod outputs;
mod packages;
mod pictures;
mod plan;
mod protocol;
mod quiet;
mod scenario;
mod simulate;
mod simulate_repeat;
mod skipped;
mod statistics;
mod sweep;
mod terminal;
mod traces;
mod tune;
mod vectors;
mod verify;
mod words;

/// The root of the package.
fn root() -> &'static std::path::Path {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file that is not declared above would not be compiled, and its tests would not run.
#[test]
fn every_file_is_a_module() {
    for entry in std::fs::read_dir(root().join("tests")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let Some(module) = name.strip_suffix(".rs") else {
            continue;
        };
        let line = format!("mod {module};\n");
        let declared = include_str!("main.rs").contains(&line);
        assert!(
            declared || module == "main",
            "expected `mod {module};` in tests/main.rs"
        );
    }
}
