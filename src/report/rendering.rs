//! A report as bytes in each format.

use std::io;

use anyhow::Result;
use terminal_size::Width;

use super::document::Document;
use super::format::Format;
use super::json::json;
use super::page;
use super::reported::Reported;
use crate::plot;
use crate::sheet::Style;

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
