//! `verify statistics`: the statistics of reports, simulated themselves.

use std::io::Write;

use anyhow::Result;
use clap::Args;

use super::measured::MeasuredArgs;
use crate::progress::Voice;
use crate::verify::statistics::{REPETITIONS, rates, steps};

/// Check how often the intervals and verdicts of reports are right
///
/// Runs small comparisons, simulations and searches a thousand times each, as `compare --repeat`, `simulate --repeat`
/// and `tune` do. Their 95% intervals have to cover the true value in 93 to 97% of the repetitions. Of strategies that
/// are equal, one may be shown to be better in at most 5%. Takes several minutes, and is not part of `verify all`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel verify statistics
  evenkeel verify statistics --repetitions 200 -f markdown")]
pub(super) struct StatisticsArgs {
    /// Number of repetitions; with fewer, right figures may fail by chance
    #[arg(long, value_name = "N", default_value_t = REPETITIONS,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    repetitions: u32,
    #[command(flatten)]
    measured: MeasuredArgs,
}

/// Measures all claims and writes which hold; says how many do not, if any.
///
/// # Errors
/// If a strategy cannot be simulated, or the output is at fault.
pub(super) fn measure(
    args: &StatisticsArgs,
    command: &str,
    voice: Voice,
    output: &mut impl Write,
) -> Result<Option<String>> {
    let outputs = args.measured.outputs(command, voice);
    outputs.check([], None)?;
    let bar = voice.steps("verify statistics", steps(args.repetitions));
    let rates = rates(args.repetitions, || bar.inc(1))?;
    bar.finish_and_clear();
    outputs.write(&*rates, output)?;
    let failed = rates.iter().filter(|rate| !rate.holds).count();
    Ok((failed > 0).then(|| format!("{failed} of {} claims failed", rates.len())))
}
