//! A configuration while it is written.

/// A configuration while it is written.
pub(super) struct Draft {
    pub(super) before: String,
    /// The upstream, backend, cluster or pool.
    pub(super) section: String,
    pub(super) after: String,
}

impl Draft {
    /// Returns the whole configuration, or only the section.
    pub(super) fn text(self, section_only: bool) -> String {
        if section_only {
            return without_indent(&self.section);
        }
        self.before + &self.section + &self.after
    }
}

/// Returns the lines without their common indentation.
fn without_indent(text: &str) -> String {
    let width = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let indent = text.lines().map(width).min().unwrap_or_default();
    let lines = text.lines().map(|line| format!("{}\n", &line[indent..]));
    lines.collect()
}
