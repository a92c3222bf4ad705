//! `verify`: what is checked.

use std::io::Write;

use anyhow::Result;
use clap::{Args, Subcommand};

use super::measured::{MeasuredArgs, measure};
use super::vectors::{self, VectorsArgs, replay};
use crate::commands::exit::No;
use crate::progress::Voice;
use crate::verify::Subject;

/// Check results against papers, theory and real programs
///
/// Measures published figures of the strategies again, checks the simulation, and replays recorded answers.
/// Takes a minute or two each. Exits with 1 on any mismatch. Without a subcommand all are checked.
#[derive(Debug, Args)]
#[command(
    disable_help_subcommand = true,
    after_help = "Examples:
  evenkeel verify
  evenkeel verify strategies -f markdown
  evenkeel verify simulation -o figures.csv
  evenkeel verify vectors tests/vectors"
)]
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
    /// Check all; the vectors only where tests/vectors exists
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
    let mut mismatches = Vec::new();
    match &args.what {
        Some(What::Strategies(args)) => {
            mismatches.extend(measure(
                &[Subject::Strategies],
                args,
                command,
                voice,
                output,
            )?);
        }
        Some(What::Simulation(args)) => {
            mismatches.extend(measure(
                &[Subject::Simulation],
                args,
                command,
                voice,
                output,
            )?);
        }
        Some(What::Vectors(args)) => mismatches.extend(replay(args, voice, output)?),
        Some(What::All(args)) => mismatches = all(args, command, voice, output)?,
        None => mismatches = all(&MeasuredArgs::default(), command, voice, output)?,
    }
    match mismatches.is_empty() {
        true => Ok(()),
        false => Err(No::because(mismatches.join("; "))),
    }
}

fn all(
    args: &MeasuredArgs,
    command: &str,
    voice: Voice,
    output: &mut impl Write,
) -> Result<Vec<String>> {
    let subjects = [Subject::Strategies, Subject::Simulation];
    let measured = measure(&subjects, args, command, voice, output)?;
    let replayed = vectors::replay_if_there(voice)?;
    Ok(measured.into_iter().chain(replayed).collect())
}
