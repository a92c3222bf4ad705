//! `compare --verify` and `simulate --verify`: measures what is known anew, and writes what came of it.

use std::io::Write;

use anyhow::Result;
use thiserror::Error;

use crate::outputs::Outputs;
use crate::progress::Voice;
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
    outputs: &Outputs<'_>,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let bar = voice.steps("verify", subject.steps() as u64);
    let verdicts = verify::run(subject, &Lineup::ours(), |_| true, || bar.inc(1))?;
    bar.finish_and_clear();
    outputs.write(&*verdicts, output)?;
    let failed = verdicts.iter().filter(|verdict| !verdict.holds).count();
    let all = verdicts.len();
    if failed > 0 {
        return Err(AnchorsFailed { failed, all }.into());
    }
    Ok(())
}
