//! Reports as bytes: tables and pages for eyes, CSV and JSON for programs.

use std::path::Path;

use anyhow::Result;
use clap::ValueEnum;
use serde::Serialize;

use crate::plot::Plot;

mod agreement;
mod algorithms;
mod comparison;
mod csv;
mod document;
mod findings;
mod page;
mod pictures;
mod plan;
mod sheet;
mod simulation;
mod statistics;
mod verdicts;
mod words;

pub(crate) use algorithms::algorithms;
pub use document::Document;
pub(crate) use sheet::{Sheet, Style, paragraphs};
pub(crate) use words::{list, percent};

/// Bytes as hexadecimal digits, two each.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables in a frame, for the terminal.
    #[default]
    Table,
    /// Markdown tables.
    Markdown,
    /// One row an algorithm and change, or from one to another, in full precision.
    Csv,
    /// Everything, in full precision.
    Json,
}

impl Format {
    /// The format that a file's ending stands for: `.txt`, `.md`, `.csv`, `.json`.
    #[must_use]
    pub fn of_file(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "txt" => Some(Self::Table),
            "md" => Some(Self::Markdown),
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            _ => None,
        }
    }
}

/// Figures that are written in every format.
pub trait Reported: Serialize {
    /// What tables, Markdown and pages have in common, without the plots.
    fn document(&self) -> Document;

    /// What there is to be seen of it, if anything is.
    fn plots(&self) -> Vec<Plot> {
        Vec::new()
    }

    /// Rows in full precision.
    ///
    /// # Errors
    /// None that figures can cause; those of the writer are passed on.
    fn csv(&self) -> Result<Vec<u8>>;
}

/// Writes a report in a format.
///
/// # Errors
/// None that a report can cause; those of the writers are passed on.
pub fn render<R: Reported + ?Sized>(report: &R, format: Format) -> Result<Vec<u8>> {
    match format {
        Format::Table => Ok(report.document().text(Style::Framed).into_bytes()),
        Format::Markdown => Ok(report.document().text(Style::Markdown).into_bytes()),
        Format::Csv => report.csv(),
        Format::Json => json(report),
    }
}

/// JSON over several lines, with an end of line.
///
/// # Errors
/// None that a report can cause; those of the writer are passed on.
pub(crate) fn json<T: Serialize + ?Sized>(report: &T) -> Result<Vec<u8>> {
    let mut json = serde_json::to_vec_pretty(report)?;
    json.push(b'\n');
    Ok(json)
}
