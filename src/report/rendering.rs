//! A report as bytes in each format.

use anyhow::Result;

use super::document::Document;
use super::format::Format;
use super::json::{json, json_line};
use super::page;
use super::reported::Reported;
use super::view::View;
use crate::plot;
use crate::sheet::Style;

/// Writes a report in a format, whole and text 80 columns wide; `command` is the command line that pages show.
///
/// # Errors
/// None that a report can cause; those of the writers are passed on.
pub fn render<R: Reported + ?Sized>(report: &R, format: Format, command: &str) -> Result<Vec<u8>> {
    let drawn = matches!(format, Format::Html | Format::Bars);
    Rendering::of(report, drawn).bytes(format, command, View::whole(None))
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

    /// The report in a format; `command` is the command line that pages show, and only text depends on the view.
    ///
    /// # Errors
    /// None that a report can cause; those of the writers are passed on.
    pub(crate) fn bytes(&self, format: Format, command: &str, view: View) -> Result<Vec<u8>> {
        match format {
            Format::Text => Ok(self.document.text(view).into_bytes()),
            Format::Markdown => Ok(self.document.whole(Style::Markdown).into_bytes()),
            Format::Csv => self.report.csv(),
            Format::Json => json(self.report),
            Format::Jsonl => json_line(self.report),
            Format::Html => page::page(&self.document, command),
            Format::Bars => Ok(plot::bars(&self.document.plots, view.width).into_bytes()),
        }
    }
}
