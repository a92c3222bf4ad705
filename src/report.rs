//! A comparison's figures as bytes: tables for eyes, CSV and JSON for programs.

use std::path::Path;

use anyhow::Result;
use clap::ValueEnum;

use crate::compare::Comparison;

mod csv;
mod document;
mod findings;
mod page;
mod plan;
mod simulation;
mod statistics;
mod tables;
mod verdicts;
mod words;

pub(crate) use document::{Document, Sheet};
pub(crate) use plan::{caveats as plan_caveats, plan};
pub(crate) use simulation::{caveats as simulation_caveats, simulation};
pub use tables::{Style, algorithms, sheet};
pub use verdicts::verdicts;
pub use words::caveats;
pub(crate) use words::{list, percent};

/// Bytes as hexadecimal digits, two each.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// How a comparison is written.
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

/// Writes a comparison in a format.
///
/// # Errors
/// None that a comparison can cause; those of the writers are passed on.
pub fn render(comparison: &Comparison, format: Format) -> Result<Vec<u8>> {
    match format {
        Format::Table => Ok(tables::comparison(comparison, Style::Framed).into_bytes()),
        Format::Markdown => Ok(tables::comparison(comparison, Style::Markdown).into_bytes()),
        Format::Csv => csv::comparison(comparison),
        Format::Json => {
            let mut json = serde_json::to_vec_pretty(comparison)?;
            json.push(b'\n');
            Ok(json)
        }
    }
}
