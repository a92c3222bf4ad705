//! The arguments of all that writes a report.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use super::format::{REPORTS, one_of};
use crate::outputs::Outputs;
use crate::progress::Voice;
use crate::report::Format;

/// How a report is written, and where to.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(super) struct OutputArgs {
    /// Format of the report on standard output
    #[arg(short, long, default_value = "text", value_parser = one_of(REPORTS))]
    format: Format,
    /// Also write the report to a file: .txt, .md, .csv, .json or .html (repeatable)
    #[arg(short, long, value_name = "FILE", value_parser = file)]
    output: Vec<(PathBuf, Format)>,
    /// Print all tables, not only the answer
    #[arg(long)]
    details: bool,
    /// Write each plot as SVG to a directory (and as PNG, if built with the feature `png`)
    #[arg(long, value_name = "DIR")]
    plot: Option<PathBuf>,
}

impl OutputArgs {
    /// Checks the outputs before anything is measured; `command` is the program's command line, `beside` a file that it
    /// writes as well.
    ///
    /// # Errors
    /// If one of the files is an input or another output, or a file or the folder of the plots cannot be written.
    pub(super) fn of<'a>(
        &'a self,
        command: &'a str,
        voice: Voice,
        inputs: impl IntoIterator<Item = &'a PathBuf>,
        beside: Option<&PathBuf>,
    ) -> Result<Outputs<'a>> {
        let outputs = Outputs {
            format: self.format,
            exports: &self.output,
            plots: self.plot.as_deref(),
            details: self.details,
            command,
            voice,
        };
        outputs.check(inputs, beside)?;
        Ok(outputs)
    }
}

/// A file for a report, in the format of its ending.
pub(super) fn file(path: &str) -> Result<(PathBuf, Format), String> {
    let path = PathBuf::from(path);
    let format = Format::of_file(&path);
    let format = format.ok_or("expected a file that ends in .txt, .md, .csv, .json or .html")?;
    Ok((path, format))
}
