//! JSON for programs.

use anyhow::Result;
use serde::Serialize;

/// JSON over several lines, with an end of line.
///
/// # Errors
/// None that a report can cause; those of the writer are passed on.
pub(crate) fn json<T: Serialize + ?Sized>(report: &T) -> Result<Vec<u8>> {
    let mut json = serde_json::to_vec_pretty(report)?;
    json.push(b'\n');
    Ok(json)
}

/// JSON on one line, with an end of line.
///
/// # Errors
/// None that a report can cause; those of the writer are passed on.
pub(crate) fn json_line<T: Serialize + ?Sized>(report: &T) -> Result<Vec<u8>> {
    let mut json = serde_json::to_vec(report)?;
    json.push(b'\n');
    Ok(json)
}
