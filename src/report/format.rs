//! The formats of reports.

use std::path::Path;

/// How a report is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// Tables in a frame; on a terminal bars follow, where there are plots.
    #[default]
    Text,
    /// Markdown tables.
    Markdown,
    /// One row an algorithm and change, or from one to another, in full precision.
    Csv,
    /// Everything, in full precision.
    Json,
    /// Everything, in full precision, as one object a line.
    Jsonl,
    /// One page with tables and plots, in one file.
    Html,
    /// Bars of characters.
    Bars,
}

impl Format {
    /// The format that a file's ending stands for: `.txt`, `.md`, `.csv`, `.json`, `.html`. The
    /// others have none.
    #[must_use]
    pub fn of_file(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()? {
            "txt" => Some(Self::Text),
            "md" => Some(Self::Markdown),
            "csv" => Some(Self::Csv),
            "json" => Some(Self::Json),
            "html" => Some(Self::Html),
            _ => None,
        }
    }
}
