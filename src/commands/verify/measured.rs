//! `verify strategies` and `verify simulation`: reference values, measured again.

use std::io::Write;
use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::commands::format::one_of;
use crate::commands::outputs::file;
use crate::outputs::Outputs;
use crate::progress::Voice;
use crate::report::Format;
use crate::verify::{self, Lineup, Subject};

const FORMATS: &[Format] = &[
    Format::Text,
    Format::Markdown,
    Format::Csv,
    Format::Json,
    Format::Html,
];

/// How the reference values are written, and where to.
#[derive(Debug, Default, Args)]
pub(super) struct MeasuredArgs {
    /// Format of the report on standard output
    #[arg(short, long, default_value = "text", value_parser = one_of(FORMATS))]
    format: Format,
    /// Also write the report to a file: .txt, .md, .csv, .json or .html (repeatable)
    #[arg(short, long, value_name = "FILE", value_parser = file)]
    output: Vec<(PathBuf, Format)>,
}

impl MeasuredArgs {
    /// Returns where a report goes.
    pub(super) fn outputs<'a>(&'a self, command: &'a str, voice: Voice) -> Outputs<'a> {
        Outputs {
            format: self.format,
            exports: &self.output,
            plots: None,
            details: true,
            command,
            voice,
        }
    }
}

/// Measures all reference values of some subjects and writes which hold; says how many do not, if any.
///
/// # Errors
/// If the output is at fault.
pub(super) fn measure(
    subjects: &[Subject],
    args: &MeasuredArgs,
    command: &str,
    voice: Voice,
    output: &mut impl Write,
) -> Result<Option<String>> {
    let outputs = args.outputs(command, voice);
    outputs.check([], None)?;
    let steps: usize = subjects.iter().map(|subject| subject.steps()).sum();
    let bar = voice.steps("verify", steps as u64);
    let mut verdicts = Vec::new();
    for &subject in subjects {
        verdicts.extend(verify::run(
            subject,
            &Lineup::ours(),
            |_| true,
            || bar.inc(1),
        )?);
    }
    bar.finish_and_clear();
    outputs.write(&*verdicts, output)?;
    let all = verdicts.len();
    Ok(
        match verdicts.iter().filter(|verdict| !verdict.holds).count() {
            0 => None,
            failed => Some(format!("{failed} of {all} checks failed")),
        },
    )
}
