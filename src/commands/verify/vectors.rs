//! `verify vectors`: the dialects beside what the real programs answered.

use std::env;
use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::Args;

use crate::commands::format::one_of;
use crate::outputs::stdout_view;
use crate::progress::Voice;
use crate::report::{Format, json_line, vectors};
use crate::sheet::Style;
use crate::vectors::{Replayed, Vectors};

/// Where the vectors are in the source.
const VECTORS: &str = "tests/vectors";

/// Replay answers of real programs against the dialects
///
/// The directory has .jsonl files, plain or gzip, and keysets.json. Each row is a config and requests, which are
/// routed as usual; each answer is compared with the program's. A terminal and Markdown get a table of the
/// algorithms; other text has one line per row, `matched/total<TAB>name<TAB>program`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  evenkeel verify vectors
  evenkeel verify vectors tests/vectors -f markdown
  evenkeel verify vectors -f jsonl | jq 'select(.difference)'")]
pub(super) struct VectorsArgs {
    /// Directory with the vectors  [default: tests/vectors of the source]
    #[arg(value_name = "PATH")]
    path: Option<PathBuf>,
    /// Format of the result
    #[arg(short, long, default_value = "text",
        value_parser = one_of(&[Format::Text, Format::Markdown, Format::Jsonl]))]
    format: Format,
}

/// Replays the rows and writes a line each, and their sum; says how many differ, if any.
///
/// # Errors
/// If the directory or the output is at fault.
pub(super) fn replay(
    args: &VectorsArgs,
    voice: Voice,
    output: &mut impl Write,
) -> Result<Option<String>> {
    let path = args.path.as_deref().unwrap_or(Path::new(VECTORS));
    if !path.exists() {
        bail!(missing(path, args.path.is_some()));
    }
    let replayed = replayed(path, voice)?;
    match args.format {
        Format::Jsonl => {
            for row in &replayed {
                output.write_all(&json_line(row)?)?;
            }
        }
        Format::Markdown => {
            output.write_all(vectors::summary(&replayed, Style::Markdown).as_bytes())?;
        }
        _ if io::stdout().is_terminal() => {
            let summary = vectors::summary(&replayed, stdout_view().style());
            output.write_all(summary.as_bytes())?;
        }
        _ => output.write_all(vectors::lines(&replayed).as_bytes())?,
    }
    // The findings come before the notes on them.
    output.flush()?;
    Ok(differing(&replayed))
}

/// Replays the rows of the source, if this is it, and says on standard error what came of them.
///
/// # Errors
/// If the rows cannot be read.
pub(super) fn replay_if_there(voice: Voice) -> Result<Option<String>> {
    let path = Path::new(VECTORS);
    if !path.exists() {
        voice.remark(format_args!(
            "note: there is no {VECTORS} here; the vectors are skipped"
        ));
        return Ok(None);
    }
    let replayed = replayed(path, voice)?;
    voice.remark(format_args!("vectors: {}", vectors::total(&replayed)));
    Ok(differing(&replayed))
}

/// What is wrong if there is nothing at a path, and what is expected.
fn missing(path: &Path, is_given: bool) -> String {
    if is_given {
        return format!(
            "{}: there is no such directory; expected one with vectors, such as {VECTORS} of evenkeel's source",
            path.display()
        );
    }
    let folder = env::current_dir().map_or_else(
        |_| "the current directory".to_owned(),
        |folder| folder.display().to_string(),
    );
    format!(
        "there is no {VECTORS} in {folder}; run this in evenkeel's source, or give the directory with the vectors: \
         `verify vectors PATH`"
    )
}

fn replayed(path: &Path, voice: Voice) -> Result<Vec<Replayed>> {
    let reading = voice.reading(path);
    let vectors = Vectors::read(path)?;
    drop(reading);
    let bar = voice.steps("verify vectors", vectors.len() as u64);
    let replayed = vectors.replay(|| bar.inc(1));
    bar.finish_and_clear();
    Ok(replayed)
}

fn differing(replayed: &[Replayed]) -> Option<String> {
    let all = replayed.len();
    match replayed.iter().filter(|row| !row.holds()).count() {
        0 => None,
        differ => Some(format!(
            "{differ} of {all} rows differ from the real programs"
        )),
    }
}
