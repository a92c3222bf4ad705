//! How tables and paragraphs are drawn.

/// How tables and paragraphs are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// As text of at most so many columns.
    Text { width: usize },
    /// In Markdown, whole.
    Markdown,
}
