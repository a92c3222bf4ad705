//! A report before it is written: what tables, Markdown and pages have in common.

use crate::plot::Plot;

/// A report before it is written.
#[derive(Debug)]
pub(crate) struct Document {
    /// What is asked, as a sentence for somebody who was not there.
    pub(crate) question: String,
    /// The sentence that answers it.
    pub(crate) answer: String,
    /// On what it was measured.
    pub(crate) setting: String,
    /// What is not as it seems.
    pub(crate) caveats: Vec<String>,
    pub(crate) sheets: Vec<Sheet>,
    pub(crate) plots: Vec<Plot>,
    /// What else it means.
    pub(crate) conclusions: Vec<String>,
}

/// A table. The first columns are words, the others numbers.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    /// What stands above it, if anything does.
    pub(crate) title: String,
    pub(crate) headers: Vec<String>,
    /// How many columns are words.
    pub(crate) words: usize,
    pub(crate) rows: Vec<Vec<String>>,
    /// What stands below it, if anything does.
    pub(crate) note: String,
}
