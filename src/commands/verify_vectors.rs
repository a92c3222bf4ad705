//! `verify-vectors`: the dialects beside what the real programs answered.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::{Args, ValueEnum};

use super::exit::No;
use crate::outputs::stdout_view;
use crate::progress::Voice;
use crate::report;
use crate::vectors::Vectors;

/// Hold the dialects to recorded answers of the real programs
///
/// Replays every row of the folder's .jsonl files (compressed with gzip or not): its config is loaded
/// and its requests are routed as ever, and each answer is compared with the program's. Prints a line a
/// row, `matched/total<TAB>name<TAB>program`, and their sum. Exit code 1 if any answer is another.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel verify-vectors tests/vectors
  evenkeel verify-vectors tests/vectors --format summary
  evenkeel verify-vectors tests/vectors --format jsonl | jq 'select(.difference)'")]
pub(super) struct VerifyVectorsArgs {
    /// The folder with the rows and with keysets.json
    #[arg(value_name = "FOLDER")]
    folder: PathBuf,
    /// How the rows are written
    #[arg(long, value_enum, default_value_t)]
    format: VectorsFormat,
}

/// How `verify-vectors` writes what came of the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum VectorsFormat {
    /// A line a row, with a tab between the columns, and their sum.
    #[default]
    Text,
    /// A JSON object a row.
    Jsonl,
    /// A table of the algorithms.
    Summary,
}

/// Replays the rows and writes a line each, and their sum.
///
/// # Errors
/// If the folder or the output is at fault, or an answer is another.
pub(super) fn run(args: &VerifyVectorsArgs, voice: Voice, output: &mut impl Write) -> Result<()> {
    let reading = voice.reading(&args.folder);
    let vectors = Vectors::read(&args.folder)?;
    drop(reading);
    let bar = voice.steps("verify-vectors", vectors.len() as u64);
    let replayed = vectors.replay(|| bar.inc(1));
    bar.finish_and_clear();
    match args.format {
        VectorsFormat::Text => output.write_all(report::vectors::lines(&replayed).as_bytes())?,
        VectorsFormat::Jsonl => {
            for row in &replayed {
                serde_json::to_writer(&mut *output, row)?;
                output.write_all(b"\n")?;
            }
        }
        VectorsFormat::Summary => {
            output
                .write_all(report::vectors::summary(&replayed, stdout_view().style()).as_bytes())?;
        }
    }
    // What was found comes before what is said of it.
    output.flush()?;
    let all = replayed.len();
    match replayed.iter().filter(|row| !row.holds()).count() {
        0 => Ok(()),
        differ => Err(No::because(format_args!(
            "{differ} of {all} rows differ from the real programs"
        ))),
    }
}
