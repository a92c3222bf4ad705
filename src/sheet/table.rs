//! A table before it is drawn.

use super::fitting::{Fitted, fitted};
use super::grid::Grid;
use super::paragraph::{paragraphs, wrapped};
use super::style::Style;
use crate::figures::Columns;

/// A table. The first columns are words, the others numbers.
#[derive(Debug, Default)]
pub(crate) struct Sheet {
    /// Printed above it, unless it is empty.
    pub(crate) title: String,
    pub(crate) headers: Vec<String>,
    /// How many columns are words.
    pub(crate) words: usize,
    pub(crate) rows: Vec<Vec<String>>,
    /// Printed below it, unless it is empty.
    pub(crate) note: String,
    /// The headers of columns that text omits where there is no room, the first of them first.
    pub(crate) sparing: Vec<&'static str>,
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

    /// The same with columns that text omits where there is no room, the first of them first. Without any,
    /// a table that is too wide becomes several.
    pub(crate) fn sparing(self, headers: &[&'static str]) -> Self {
        Self {
            sparing: headers.to_vec(),
            ..self
        }
    }

    /// The title, the table and the note, without an end of line.
    pub(crate) fn text(&self, style: Style) -> String {
        let grid = Grid::new(&self.headers, self.words, &self.rows);
        let (table, left_out) = match style {
            Style::Markdown => (grid.markdown(), Vec::new()),
            Style::Text { width } => {
                let Fitted { text, left_out } = fitted(&grid, self.words, &self.sparing, width);
                (text, left_out)
            }
        };
        let left_out = match left_out.is_empty() {
            true => String::new(),
            false => format!(
                "Not shown at this width: {}. All columns: a wider terminal or --format json.",
                left_out.join(", ")
            ),
        };
        let [title, left_out, note] =
            [&self.title, &left_out, &self.note].map(|text| wrapped(text, style));
        paragraphs(vec![title, table, left_out, note])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sheet() -> Sheet {
        let rows = [["a|b", "1"], ["c", "10"]].map(|row| row.map(str::to_owned));
        Sheet::of(&["name", "n"], 1, rows)
    }

    #[test]
    fn a_title_stands_above_and_a_note_below() {
        let table = "| name |  n |\n|------|----|\n| a\\|b |  1 |\n| c    | 10 |";
        assert_eq!(sheet().text(Style::Markdown), table);
        let sheet = sheet().titled("Above").noted("Below");
        assert_eq!(
            sheet.text(Style::Markdown),
            format!("Above\n\n{table}\n\nBelow")
        );
    }

    #[test]
    fn text_names_the_columns_that_have_no_room() {
        let row = ["a name of many words", "1"].map(str::to_owned);
        let sheet = Sheet::of(&["name", "n"], 1, [row]).sparing(&["n"]);
        let text = sheet.text(Style::Text { width: 22 });
        let note = "Not shown at this\nwidth: n. All columns:\na wider terminal or\n--format json.";
        let table = "name\n────────────────────\na name of many words";
        assert_eq!(text, format!("{table}\n\n{note}"));
    }
}
