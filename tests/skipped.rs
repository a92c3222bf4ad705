//! Files in the folder `shared/data` beside the project, and programs, may be absent. Tests that need them are then
//! skipped, and that is printed even if the test passes.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Prints to standard error itself, since the output of tests that pass is captured.
pub(crate) fn skipped(why: &str) {
    let line = format!("skipped: {why}\n");
    io::stderr().write_all(line.as_bytes()).unwrap();
}

/// Returns a file of `shared/data`; prints that a test is skipped if it is absent.
pub(crate) fn shared_data(name: &str) -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data");
    let path = folder.join(name);
    if path.exists() {
        return Some(path);
    }
    skipped(&format!("{} is absent", path.display()));
    None
}
