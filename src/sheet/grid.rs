//! Headers and rows, and how they are drawn.

use comfy_table::{CellAlignment, LineStyle, Table, TableStyle, presets};
use unicode_width::UnicodeWidthStr;

use super::paragraph;

/// Between two columns of text: padding, and a blank in place of a vertical line.
const GAP: u16 = 2;

/// A header and a rule above the rows; no vertical lines, which cost columns.
const LIGHT: TableStyle =
    presets::NOTHING.header_separator(LineStyle::none().fill('─').junction('─'));

/// Some columns of a table.
#[derive(Clone, Debug)]
pub(super) struct Grid<'a> {
    pub(super) columns: Vec<Column<'a>>,
    pub(super) rows: usize,
}

/// A header and the cells below it.
#[derive(Clone, Debug)]
pub(super) struct Column<'a> {
    pub(super) header: &'a str,
    /// Whether they are words, which are aligned to the left, or numbers.
    pub(super) is_words: bool,
    pub(super) cells: Vec<&'a str>,
}

impl<'a> Grid<'a> {
    /// The first columns of a table are words.
    pub(super) fn new(headers: &'a [String], words: usize, rows: &'a [Vec<String>]) -> Self {
        let cell = |row: &'a Vec<String>, place| row.get(place).map_or("", String::as_str);
        let column = |(place, header): (usize, &'a String)| Column {
            header,
            is_words: place < words,
            cells: rows.iter().map(|row| cell(row, place)).collect(),
        };
        Self {
            columns: headers.iter().enumerate().map(column).collect(),
            rows: rows.len(),
        }
    }

    /// As Markdown.
    pub(super) fn markdown(&self) -> String {
        // A bar would end the cell.
        let escaped = |text: &str| text.replace('|', "\\|");
        let headers = self.columns.iter().map(|column| escaped(column.header));
        let mut table = self.table(headers, escaped);
        table.load_style(presets::ASCII_MARKDOWN);
        table.trim_fmt()
    }

    /// As text, if it fits a width: headers may take several lines, a row never does.
    pub(super) fn text(&self, width: usize) -> Option<String> {
        let gaps = usize::from(GAP) * self.columns.len().saturating_sub(1);
        let least: usize = self.columns.iter().map(Column::least_width).sum();
        let mut spare = width.checked_sub(gaps + least)?;
        let headers = self.columns.iter().map(|column| {
            let least = column.least_width();
            let more = column.header.width().saturating_sub(least);
            if more <= spare {
                spare -= more;
                column.header.to_owned()
            } else {
                textwrap::fill(column.header, paragraph::options(least, ""))
            }
        });
        let mut table = self.table(headers.collect::<Vec<_>>(), str::to_owned);
        table.load_style(LIGHT);
        let last = self.columns.len().saturating_sub(1);
        for (place, column) in table.column_iter_mut().enumerate() {
            column.set_padding((0, if place == last { 0 } else { GAP - 1 }));
        }
        Some(table.trim_fmt())
    }

    fn table(
        &self,
        headers: impl IntoIterator<Item = String>,
        shown: impl Fn(&str) -> String,
    ) -> Table {
        let mut table = Table::new();
        table.set_header(headers);
        let cells = |row| self.columns.iter().map(move |column| column.cells[row]);
        table.add_rows((0..self.rows).map(|row| cells(row).map(&shown).collect::<Vec<_>>()));
        let aligned = table.column_iter_mut().zip(&self.columns);
        for (column, _) in aligned.filter(|(_, of)| !of.is_words) {
            column.set_cell_alignment(CellAlignment::Right);
        }
        table
    }
}

impl Column<'_> {
    /// The widest cell, or the widest word of the header; no column is narrower than 1.
    fn least_width(&self) -> usize {
        let words = self.header.split(' ');
        let widths = self.cells.iter().copied().chain(words).map(str::width);
        widths.fold(1, usize::max)
    }
}
