//! How a report is shown as text.

use crate::sheet::Style;

/// The width of text that does not go to a terminal.
const DEFAULT_WIDTH: usize = 80;

/// Narrower text cannot be read.
const MIN_WIDTH: usize = 20;

/// How wide text is, and how much of a report it shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct View {
    /// In columns of the terminal.
    pub(crate) width: usize,
    /// Whether all tables are shown, not only the answer.
    pub(crate) details: bool,
}

impl View {
    /// Only the answer, as wide as a terminal; 80 columns without one.
    pub(crate) fn brief(terminal: Option<usize>) -> Self {
        Self {
            width: terminal.unwrap_or(DEFAULT_WIDTH).max(MIN_WIDTH),
            details: false,
        }
    }

    /// All of it.
    pub(crate) fn whole(terminal: Option<usize>) -> Self {
        Self {
            details: true,
            ..Self::brief(terminal)
        }
    }

    /// How its tables and paragraphs are drawn.
    pub(crate) const fn style(self) -> Style {
        Style::Text { width: self.width }
    }
}
