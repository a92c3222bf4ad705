//! A table before it is drawn, and how it is drawn.

use comfy_table::{CellAlignment, Table, presets};

use crate::figures::Columns;

/// How a table is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    /// In a frame of lines.
    Framed,
    /// In Markdown.
    Markdown,
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

impl Sheet {
    /// A table with nothing above and below it.
    pub(crate) fn of(
        headers: &[&str],
        words: usize,
        rows: impl IntoIterator<Item: IntoIterator<Item = String>>,
    ) -> Self {
        let rows = rows.into_iter().map(|row| row.into_iter().collect());
        Self {
            headers: headers.iter().map(|&header| header.to_owned()).collect(),
            words,
            rows: rows.collect(),
            ..Self::default()
        }
    }

    /// A table of rows that all have the same columns.
    pub(crate) fn of_columns(words: usize, rows: impl IntoIterator<Item = Columns>) -> Self {
        let mut rows = rows.into_iter().peekable();
        let first = rows.peek().cloned().unwrap_or_default();
        Self::under(&first, words, rows)
    }

    /// A table of rows that all have these columns, also if there are none.
    pub(crate) fn under(
        columns: &Columns,
        words: usize,
        rows: impl IntoIterator<Item = Columns>,
    ) -> Self {
        let headers: Vec<_> = columns.headers().collect();
        let cells = |row: Columns| row.cells().map(str::to_owned).collect::<Vec<_>>();
        Self::of(&headers, words, rows.into_iter().map(cells))
    }

    /// The same under a title.
    pub(crate) fn titled(self, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            ..self
        }
    }

    /// The same above a note.
    pub(crate) fn noted(self, note: impl Into<String>) -> Self {
        Self {
            note: note.into(),
            ..self
        }
    }

    /// The title, the table and the note, without an end of line.
    pub(crate) fn text(&self, style: Style) -> String {
        paragraphs(vec![
            self.title.clone(),
            self.table(style),
            self.note.clone(),
        ])
    }

    /// Words are aligned to the left, numbers to the right.
    fn table(&self, style: Style) -> String {
        let mut table = Table::new();
        table.load_style(match style {
            Style::Framed => presets::UTF8_FULL_CONDENSED,
            Style::Markdown => presets::ASCII_MARKDOWN,
        });
        // A bar would end the cell.
        let shown = |cell: &String| match style {
            Style::Framed => cell.clone(),
            Style::Markdown => cell.replace('|', "\\|"),
        };
        table.set_header(self.headers.iter().map(shown));
        let rows = self.rows.iter();
        table.add_rows(rows.map(|row| row.iter().map(shown).collect::<Vec<_>>()));
        for column in table.column_iter_mut().skip(self.words) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table.trim_fmt()
    }
}

/// Those that are not empty, with a blank line between them.
pub(crate) fn paragraphs(mut parts: Vec<String>) -> String {
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_stands_above_and_a_note_below() {
        let rows = [["a|b", "1"], ["c", "10"]].map(|row| row.map(str::to_owned));
        let sheet = Sheet::of(&["name", "n"], 1, rows);
        let table = "| name |  n |\n|------|----|\n| a\\|b |  1 |\n| c    | 10 |";
        assert_eq!(sheet.text(Style::Markdown), table);
        let sheet = sheet.titled("Above").noted("Below");
        assert_eq!(
            sheet.text(Style::Markdown),
            format!("Above\n\n{table}\n\nBelow")
        );
    }
}
