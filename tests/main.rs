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

/// A file that is not declared, here or in the tests of the engine, would not be compiled, and its tests would not run.
#[test]
fn every_file_is_a_module() {
    // `loom` is built by itself.
    for (folder, roots) in [
        ("tests", &["main"][..]),
        ("algorithms/tests", &["main", "loom"]),
    ] {
        let main = std::fs::read_to_string(root().join(folder).join("main.rs")).unwrap();
        for entry in std::fs::read_dir(root().join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let Some(module) = name.strip_suffix(".rs") else {
                continue;
            };
            let declared = main.contains(&format!("mod {module};\n"));
            assert!(
                declared || roots.contains(&module),
                "expected `mod {module};` in {folder}/main.rs"
            );
        }
    }
}
