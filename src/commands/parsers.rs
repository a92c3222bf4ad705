//! Values that several commands read.

use std::path::PathBuf;

pub(super) fn count(text: &str) -> Result<u32, String> {
    let number = text
        .replace('_', "")
        .parse()
        .ok()
        .filter(|&number| number > 0);
    number.ok_or(format!("expected a whole number from 1 to {}", u32::MAX))
}

/// The file to write: `-`, which is standard output elsewhere, would make a file of that name.
pub(super) fn output(text: &str) -> Result<PathBuf, String> {
    if text == "-" {
        return Err("expected the name of a file; `-` would be a file of that name".to_owned());
    }
    Ok(text.into())
}
