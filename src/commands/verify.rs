//! `compare --verify` and `simulate --verify`: measures what is known again, and writes what came of it.

use std::io::Write;

use anyhow::Result;

use super::exit::No;
use crate::outputs::Outputs;
use crate::progress::Voice;
use crate::verify::{self, Lineup, Subject};

/// Measures all reference values and writes which hold.
///
/// # Errors
/// If one does not hold, or the output is at fault.
pub(super) fn run(
    subject: Subject,
    outputs: &Outputs<'_>,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let bar = voice.steps("verify", subject.steps() as u64);
    let verdicts = verify::run(subject, &Lineup::ours(), |_| true, || bar.inc(1))?;
    bar.finish_and_clear();
    outputs.write(&*verdicts, output)?;
    let all = verdicts.len();
    match verdicts.iter().filter(|verdict| !verdict.holds).count() {
        0 => Ok(()),
        failed => Err(No::because(format_args!(
            "{failed} of {all} numbers do not hold"
        ))),
    }
}
