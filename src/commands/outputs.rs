//! The arguments of all that writes a report.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;

use crate::outputs::Outputs;
use crate::progress::Voice;
use crate::report::Format;

/// How the figures are written, and where to.
#[derive(Debug, Args)]
pub(super) struct OutputArgs {
    /// How the figures are written
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// Write the figures to a file as well; its ending says how: .txt, .md, .csv, .json or .html
    /// (repeatable)
    #[arg(long, value_name = "FILE", value_parser = export)]
    export: Vec<(PathBuf, Format)>,
    /// Print all tables, not only the answer
    #[arg(long)]
    details: bool,
    /// Write each plot as SVG into a folder (and PNG, if built with the feature `png`)
    #[arg(long, value_name = "DIR")]
    plot: Option<PathBuf>,
}

impl OutputArgs {
    /// How the figures are written to standard output.
    pub(super) const fn format(&self) -> Format {
        self.format
    }

    /// Looks at the outputs before anything is measured; `command` is the program's command line.
    ///
    /// # Errors
    /// If one of the files is one of the inputs, or the folder of the plots is a file.
    pub(super) fn of<'a>(
        &'a self,
        command: &'a str,
        voice: Voice,
        inputs: impl IntoIterator<Item = &'a PathBuf>,
    ) -> Result<Outputs<'a>> {
        let outputs = Outputs {
            format: self.format,
            exports: &self.export,
            plots: self.plot.as_deref(),
            details: self.details,
            command,
            voice,
        };
        outputs.check(inputs)?;
        Ok(outputs)
    }
}

fn export(path: &str) -> Result<(PathBuf, Format), String> {
    let path = PathBuf::from(path);
    let format = Format::of_file(&path);
    let format = format.ok_or("expected a file that ends in .txt, .md, .csv, .json or .html")?;
    Ok((path, format))
}
