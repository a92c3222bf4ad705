//! The dialects beside what the real programs answered, in lines and a table.

use std::collections::BTreeMap;
use std::fmt::Write;

use evenkeel_algorithms::Registry;

use crate::sheet::{Sheet, Style, wrapped};
use crate::text::thousands;
use crate::vectors::Replayed;

/// A line a row, with a tab between the columns, and their sum.
pub(crate) fn lines(replayed: &[Replayed]) -> String {
    let mut lines = String::new();
    for row in replayed {
        let Replayed {
            name,
            source,
            matched,
            total,
            difference,
            ..
        } = row;
        let difference = difference
            .as_ref()
            .map_or_else(String::new, |difference| format!("\t{difference}"));
        // Writing to a text cannot fail.
        let _ = writeln!(lines, "{matched}/{total}\t{name}\t{source}{difference}");
    }
    lines + &total(replayed) + "\n"
}

/// The rows and answers of each algorithm.
pub(crate) fn summary(replayed: &[Replayed], style: Style) -> String {
    let mut algorithms: BTreeMap<&str, Vec<&Replayed>> = BTreeMap::new();
    for row in replayed {
        algorithms.entry(row.algorithm).or_default().push(row);
    }
    let rows = algorithms.into_iter().map(|(algorithm, rows)| {
        let program = Registry::builtin()
            .named(algorithm)
            .map_or("", |known| known.source);
        let sum = |count: fn(&Replayed) -> usize| rows.iter().map(|row| count(row)).sum::<usize>();
        let (matched, total) = (sum(|row| row.matched), sum(|row| row.total));
        let verdict = match total - matched {
            0 => "exact".to_owned(),
            differ => format!("{} differ", thousands(differ as u64)),
        };
        [
            algorithm.to_owned(),
            program.to_owned(),
            thousands(rows.len() as u64),
            thousands(total as u64),
            verdict,
        ]
    });
    let headers = ["algorithm", "program", "rows", "answers", "verdict"];
    format!(
        "{}\n\n{}\n",
        wrapped(&answer(replayed), style),
        Sheet::of(&headers, 2, rows)
            .sparing(&["program"])
            .text(style)
    )
}

/// How many answers are those of the real programs.
fn answer(replayed: &[Replayed]) -> String {
    let sum = |count: fn(&Replayed) -> usize| replayed.iter().map(count).sum::<usize>() as u64;
    let (matched, total) = (sum(|row| row.matched), sum(|row| row.total));
    format!(
        "{} of {} recorded answers match, in {} rows.",
        thousands(matched),
        thousands(total),
        thousands(replayed.len() as u64)
    )
}

/// The sum of all rows.
pub(crate) fn total(replayed: &[Replayed]) -> String {
    let sum = |count: fn(&Replayed) -> usize| replayed.iter().map(count).sum::<usize>();
    let (matched, total) = (sum(|row| row.matched), sum(|row| row.total));
    let share = 100. * matched as f64 / total as f64;
    // Rounded down: only all of them are 100 %.
    let share = (share * 1e3).floor() / 1e3;
    format!("{matched}/{total}\t{} rows, {share} %", replayed.len())
}
