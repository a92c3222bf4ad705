//! `verify`: what is checked.

use std::io::Write;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::measured::{MeasuredArgs, measure};
use super::statistics::{self, StatisticsArgs};
use super::vectors::{self, VectorsArgs, replay};
use crate::commands::exit::No;
use crate::progress::Voice;
use crate::verify::Subject;

/// Check results against papers, theory and real programs
///
/// Measures published figures of the strategies again, checks the simulation, and replays recorded answers.
/// Takes a minute or two each. Exits with 1 on any mismatch. Without a subcommand all of these are checked;
/// `verify statistics`, which takes longer, is run by itself.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel verify
  evenkeel verify strategies -f markdown
  evenkeel verify simulation -o figures.csv
  evenkeel verify vectors tests/vectors")]
pub(crate) struct VerifyArgs {
    /// What is checked.
    #[command(subcommand)]
    what: Option<What>,
}

/// What is checked.
#[derive(Debug, Subcommand)]
enum What {
    /// Measure about 160 published figures of the strategies again
    Strategies(MeasuredArgs),
    /// Check the simulation against queueing theory and published measurements
    Simulation(MeasuredArgs),
    Vectors(VectorsArgs),
    Statistics(StatisticsArgs),
    /// Check strategies, simulation and vectors; the vectors only where tests/vectors exists
    All(MeasuredArgs),
}

/// Measures and replays, and writes what matches.
///
/// # Errors
/// If something does not match, or the vectors or the output are at fault.
pub(crate) fn run(
    args: &VerifyArgs,
    command: &str,
    voice: Voice,
    output: &mut impl Write,
) -> Result<()> {
    let both = [Subject::Strategies, Subject::Simulation];
    let usual = MeasuredArgs::default();
    let (subjects, measured, with_vectors) = match &args.what {
        Some(What::Vectors(args)) => return ended(replay(args, voice, output)?),
        Some(What::Statistics(args)) => {
            return ended(statistics::measure(args, command, voice, output)?);
        }
        Some(What::Strategies(args)) => (&both[..1], args, false),
        Some(What::Simulation(args)) => (&both[1..], args, false),
        Some(What::All(args)) => (&both[..], args, true),
        None => (&both[..], &usual, true),
    };
    let mut mismatches: Vec<_> = measure(subjects, measured, command, voice, output)?
        .into_iter()
        .collect();
    if with_vectors {
        mismatches.extend(vectors::replay_if_there(voice)?);
    }
    ended(mismatches)
}

/// The answer is no if something does not match.
fn ended(mismatches: impl IntoIterator<Item = String>) -> Result<()> {
    let mismatches: Vec<_> = mismatches.into_iter().collect();
    match mismatches.is_empty() {
        true => Ok(()),
        false => Err(No::because(mismatches.join("; "))),
    }
}
