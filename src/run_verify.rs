//! `compare --verify` and `simulate --verify`: measures what is known anew, and writes what came of it.

use std::fs;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result};
use thiserror::Error;

use crate::progress::Voice;
use crate::report::{self, Format};
use crate::verify::{self, Lineup, Subject};

/// Something is not what is known of it.
#[derive(Debug, Error)]
#[error("{failed} of {all} numbers do not hold")]
pub(crate) struct AnchorsFailed {
    failed: usize,
    all: usize,
}

/// Measures all anchors and writes the verdicts.
///
/// # Errors
/// If one does not hold, or the output is at fault.
pub(crate) fn run(
    subject: Subject,
    format: Format,
    exports: &[(PathBuf, Format)],
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let bar = voice.steps("verify", subject.steps() as u64);
    let verdicts = verify::run(subject, &Lineup::ours(), |_| true, || bar.inc(1))?;
    bar.finish_and_clear();
    output.write_all(&report::verdicts(&verdicts, format)?)?;
    for (path, format) in exports {
        let bytes = report::verdicts(&verdicts, *format)?;
        fs::write(path, bytes).with_context(|| format!("{}: cannot write", path.display()))?;
    }
    // The table comes before what is said of it.
    output.flush()?;
    let failed = verdicts.iter().filter(|verdict| !verdict.holds).count();
    let all = verdicts.len();
    if failed > 0 {
        return Err(AnchorsFailed { failed, all }.into());
    }
    Ok(())
}
