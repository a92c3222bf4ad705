//! Reports as bytes: tables and pages for eyes, CSV and JSON for programs.

use std::io;
use std::path::Path;

use anyhow::Result;
use serde::Serialize;
use terminal_size::Width;

use crate::plot;
use crate::sheet::Style;

pub(crate) mod advice;
mod agreement;
mod algorithms;
pub(crate) mod check;
mod comparison;
mod csv;
mod document;
mod findings;
mod page;
mod pictures;
mod plan;
mod reported;
mod simulation;
mod statistics;
pub(crate) mod tuning;
pub(crate) mod vectors;
mod verdicts;
mod words;

pub(crate) use algorithms::algorithms;
pub use document::Document;
pub use reported::Reported;

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Tables in a frame; on a terminal bars follow, where there are plots.
    #[default]
    Table,
    /// Markdown tables.
    Markdown,
    /// One row an algorithm and change, or from one to another, in full precision.
    Csv,
    /// Everything, in full precision.
    Json,
    /// One page with tables and plots, in one file.
    Html,
    /// Bars of characters.
    Bars,
}

impl Format {
    /// The format that a file's ending stands for: `.txt`, `.md`, `.csv`, `.json`, `.html`. Bars
    /// have none.
    #[must_use]
    pub fn of_file(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "txt" => Some(Self::Table),
            "md" => Some(Self::Markdown),
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "html" => Some(Self::Html),
            _ => None,
        }
    }
}

/// Writes a report in a format; `command` is the command line that pages tell.
///
/// # Errors
/// None that a report can cause; those of the writers are passed on.
pub fn render<R: Reported + ?Sized>(report: &R, format: Format, command: &str) -> Result<Vec<u8>> {
    let drawn = matches!(format, Format::Html | Format::Bars);
    Rendering::of(report, drawn).bytes(format, command)
}

/// A report on its way into some formats. What they have in common is made once.
pub(crate) struct Rendering<'a, R: ?Sized> {
    report: &'a R,
    document: Document,
}

impl<'a, R: Reported + ?Sized> Rendering<'a, R> {
    /// With its plots, if one of the formats has any.
    pub(crate) fn of(report: &'a R, drawn: bool) -> Self {
        let plots = if drawn { report.plots() } else { Vec::new() };
        let document = Document {
            plots,
            ..report.document()
        };
        Self { report, document }
    }

    pub(crate) fn document(&self) -> &Document {
        &self.document
    }

    /// The report in a format; `command` is the command line that pages tell.
    ///
    /// # Errors
    /// None that a report can cause; those of the writers are passed on.
    pub(crate) fn bytes(&self, format: Format, command: &str) -> Result<Vec<u8>> {
        match format {
            Format::Table => Ok(self.document.text(Style::Framed).into_bytes()),
            Format::Markdown => Ok(self.document.text(Style::Markdown).into_bytes()),
            Format::Csv => self.report.csv(),
            Format::Json => json(self.report),
            Format::Html => page::page(&self.document, command),
            Format::Bars => Ok(plot::bars(&self.document.plots, columns()).into_bytes()),
        }
    }
}

/// How wide the terminal is; 80 if standard output is none.
fn columns() -> usize {
    terminal_size::terminal_size_of(io::stdout()).map_or(80, |(Width(width), _)| width.into())
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
