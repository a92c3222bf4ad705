//! The arguments of all that writes a report.

use std::path::PathBuf;

use clap::Args;

use crate::report::Format;

/// How the figures are written, and where to.
#[derive(Debug, Args)]
pub struct OutputArgs {
    /// How the figures are written
    #[arg(long, value_enum, default_value_t)]
    pub format: Format,
    /// Write the figures to a file as well; its ending says how: .txt, .md, .csv, .json or .html
    /// (repeatable)
    #[arg(long, value_name = "FILE", value_parser = export)]
    pub export: Vec<(PathBuf, Format)>,
    /// Write each plot as SVG and PNG into a folder
    #[arg(long, value_name = "DIR")]
    pub plot: Option<PathBuf>,
}

fn export(path: &str) -> Result<(PathBuf, Format), String> {
    let path = PathBuf::from(path);
    let format = Format::of_file(&path);
    let format = format.ok_or("expected a file that ends in .txt, .md, .csv, .json or .html")?;
    Ok((path, format))
}
