//! Rows as bars of characters, for the terminal.

use super::axis::Span;
use super::drawing::{Drawing, Plot, Row, Rows};
use super::text::{columns, shortened};

/// The most columns of a name.
const NAME: f64 = 24.;

/// The fewest and the most columns that the longest bar takes.
const LONGEST: [usize; 2] = [8, 60];

/// The parts of a column that a bar may end with.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// The rows of the plots that have bars as bars of characters, so many columns wide at most.
pub(crate) fn bars(plots: &[Plot], width: usize) -> String {
    let drawn = plots.iter().filter_map(|plot| match &plot.drawing {
        Drawing::Rows(rows) if rows.rows.iter().any(|row| !row.parts.is_empty()) => {
            Some(format!("{}\n\n{}", plot.title, rows.bars(width)))
        }
        _ => None,
    });
    drawn.collect::<Vec<_>>().join("\n")
}

impl Rows {
    fn bars(&self, width: usize) -> String {
        let total = |row: &Row| row.parts.iter().sum::<f64>();
        let span = Span::of(&self.axis, self.rows.iter().map(total), 2);
        let names = self
            .rows
            .iter()
            .map(|row| shortened(&row.name, NAME, columns));
        let figures = self.rows.iter().map(|row| span.write(total(row)));
        let lines: Vec<_> = names.zip(figures).collect();
        let longest = |of: fn(&(String, String)) -> &String| {
            let lengths = lines.iter().map(|line| length(of(line)));
            lengths.max().unwrap_or_default()
        };
        let (name, figure) = (longest(|line| &line.0), longest(|line| &line.1));
        let room = width
            .saturating_sub(name + figure + 4)
            .clamp(LONGEST[0], LONGEST[1]);
        let most = self
            .rows
            .iter()
            .map(|row| span.place(total(row)))
            .fold(f64::MIN_POSITIVE, f64::max);
        let lines = self.rows.iter().zip(&lines).map(|(row, (text, number))| {
            let bar = bar(span.place(total(row)) / most * room as f64);
            let room = " ".repeat(name - length(text));
            format!("{text}{room}  {number:>figure$}  {bar}")
                .trim_end()
                .to_owned()
                + "\n"
        });
        lines.collect()
    }
}

/// How many columns a text takes.
fn length(text: &str) -> usize {
    text.chars().map(columns).sum::<f64>() as usize
}

/// A bar that is so many columns long, to an eighth of one.
fn bar(columns: f64) -> String {
    let eighths = (columns * 8.).round() as usize;
    "█".repeat(eighths / 8) + EIGHTHS[eighths % 8]
}
