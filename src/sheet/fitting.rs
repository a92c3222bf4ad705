//! How a table fits the width of text.

use super::blocks::blocks;
use super::grid::{Column, Grid};

/// A table as text that fits, and what had no room.
#[derive(Debug, PartialEq)]
pub(super) struct Fitted {
    pub(super) text: String,
    /// The headers of the columns that are not in it.
    pub(super) left_out: Vec<String>,
}

/// Draws a table within a width: whole if that fits; else without the columns that can be spared, the first of
/// them first; else in several tables, each with the first columns; else each row as a block of lines.
pub(super) fn fitted(grid: &Grid<'_>, words: usize, sparing: &[&str], width: usize) -> Fitted {
    (0..=sparing.len())
        .find_map(|spared| without(grid, &sparing[..spared], width))
        .unwrap_or_else(|| Fitted {
            text: split(grid, words, width).unwrap_or_else(|| blocks(grid, width)),
            left_out: Vec::new(),
        })
}

/// The table without the columns under some headers, if that fits.
fn without(grid: &Grid<'_>, headers: &[&str], width: usize) -> Option<Fitted> {
    let is_spared = |column: &&Column<'_>| headers.contains(&column.header);
    let left_out = headers.iter().filter(|header| {
        let mut columns = grid.columns.iter();
        columns.any(|column| column.header == **header)
    });
    let columns = grid.columns.iter().filter(|column| !is_spared(column));
    let rows = grid.rows;
    let grid = Grid {
        columns: columns.cloned().collect(),
        rows,
    };
    Some(Fitted {
        text: grid.text(width)?,
        left_out: left_out.map(|&header| header.to_owned()).collect(),
    })
}

/// Several tables below each other, each with the columns that say what a row is: all words, or the first.
fn split(grid: &Grid<'_>, words: usize, width: usize) -> Option<String> {
    let mut heads = [words, 1].into_iter().filter(|&head| head > 0);
    heads.find_map(|head| {
        let (head, others) = grid.columns.split_at_checked(head)?;
        parts(grid.rows, head, others, width)
    })
}

/// As many columns beside the head in each as have room; none if one has none.
fn parts(rows: usize, head: &[Column<'_>], others: &[Column<'_>], width: usize) -> Option<String> {
    let part = |columns: &[Column<'_>]| {
        let columns = [head, columns].concat();
        Grid { columns, rows }.text(width)
    };
    let mut texts = Vec::new();
    let mut left = others;
    while !left.is_empty() {
        // Wider by each column: what has room is a run of lengths from 1.
        let fitting = (1..=left.len()).map_while(|count| Some((count, part(&left[..count])?)));
        let (count, text) = fitting.last()?;
        texts.push(text);
        left = &left[count..];
    }
    (!texts.is_empty()).then(|| texts.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    use super::*;

    fn strings<const N: usize>(texts: [&str; N]) -> Vec<String> {
        texts.map(str::to_owned).into()
    }

    fn fit(width: usize, sparing: &[&str]) -> Fitted {
        let headers = strings(["name", "requests peak", "cv", "jain"]);
        let rows = [strings(["maglev", "1.0021", "0.0123", "0.9999"])];
        fitted(&Grid::new(&headers, 1, &rows), 1, sparing, width)
    }

    #[test]
    fn what_has_room_stays_in_one_table() {
        let whole = "name    requests peak      cv    jain\n─────────────────────────────────────\n\
            maglev         1.0021  0.0123  0.9999";
        assert_eq!(fit(37, &["jain"]).text, whole);
        let fitted = fit(36, &["jain"]);
        assert_eq!(
            fitted.text.lines().next(),
            Some("name    requests      cv    jain")
        );
        assert!(fitted.left_out.is_empty());
    }

    #[test]
    fn what_can_be_spared_leaves_first() {
        let fitted = fit(24, &["jain", "cv"]);
        assert_eq!(fitted.left_out, ["jain"]);
        assert_eq!(fitted.text.lines().last(), Some("maglev    1.0021  0.0123"));
    }

    #[test]
    fn then_there_are_several_tables_and_at_last_blocks() {
        let expected = "name    requests\n            peak\n────────────────\nmaglev    1.0021\n\n\
            name        cv\n──────────────\nmaglev  0.0123\n\nname      jain\n──────────────\nmaglev  0.9999";
        assert_eq!(fit(20, &[]).text, expected);
        let blocks =
            "name: maglev\n  requests\n    peak:\n    1.0021\n  cv: 0.0123\n  jain:\n    0.9999";
        assert_eq!(fit(13, &[]).text, blocks);
    }

    proptest! {
        #[test]
        fn no_line_is_wider_than_the_text(
            headers in prop::collection::vec("[a-z é日]{0,20}", 1..8),
            cells in prop::collection::vec("[a-z0-9 .日]{0,40}", 8),
            rows in 0usize..4,
            words in 0usize..4,
            width in 20usize..120,
        ) {
            let rows = vec![cells[..headers.len()].to_vec(); rows];
            let words = words.min(headers.len());
            let text = fitted(&Grid::new(&headers, words, &rows), words, &["a"], width).text;
            let widest = text.lines().map(str::width).max().unwrap_or_default();
            prop_assert!(widest <= width, "{widest} > {width}:\n{text}");
        }

        #[test]
        fn nothing_is_left_out_that_cannot_be_spared(
            cells in prop::collection::vec("[a-z0-9]{1,12}", 1..30),
            width in 20usize..120,
        ) {
            let headers: Vec<_> = (0..cells.len()).map(|n| n.to_string()).collect();
            let rows = vec![cells.clone()];
            let fitted = fitted(&Grid::new(&headers, 1, &rows), 1, &[], width);
            prop_assert!(fitted.left_out.is_empty());
            for cell in cells {
                prop_assert!(fitted.text.contains(&cell));
            }
        }
    }
}
