//! Rows as blocks of lines, for tables that are wider than the text.

use super::grid::Grid;
use super::paragraph;
use super::style::Style;

/// Each row as `header: cell` lines, the first of which begins it. Blank cells are omitted.
///
/// Of two columns a row is the one beside the other, as in a list of what names mean.
pub(super) fn blocks(grid: &Grid<'_>, width: usize) -> String {
    if let [names, values] = &grid.columns[..] {
        let values = values.cells.iter().map(|&value| value.to_owned());
        let pairs: Vec<_> = names.cells.iter().copied().zip(values).collect();
        return paragraph::fields(&pairs, Style::Text { width });
    }
    let rows = (0..grid.rows).map(|row| {
        let shown = grid
            .columns
            .iter()
            .filter(|column| !column.cells[row].is_empty());
        let lines = shown.enumerate().map(|(number, column)| {
            let indent = if number == 0 { "" } else { "  " };
            let line = match column.header {
                "" => format!("{indent}{}", column.cells[row]),
                header => format!("{indent}{header}: {}", column.cells[row]),
            };
            textwrap::fill(&line, paragraph::options(width, "    "))
        });
        lines.collect::<Vec<_>>().join("\n")
    });
    rows.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_a_line_a_cell() {
        let headers = ["backend", "share", "note"].map(str::to_owned);
        let rows = [["a-long-name", "10%", ""], ["b", "90%", "one two three"]];
        let rows = rows.map(|row| row.map(str::to_owned).to_vec());
        let text = blocks(&Grid::new(&headers, 1, &rows), 20);
        let expected = "backend: a-long-name\n  share: 10%\nbackend: b\n  share: 90%\n  note: one two\n    three";
        assert_eq!(text, expected);
    }
}
