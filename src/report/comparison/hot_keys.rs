//! The hottest keys that move, as a line and as a table.

use super::choice::{NAMED, is_hot, keyed};
use crate::compare::{AlgorithmFigures, Changed, Comparison};
use crate::figures::Columns;
use crate::report::hot_keys::{row, shown};
use crate::sheet::Sheet;
use crate::text::{named, percent};
use crate::workload::MovedKey;

/// What a change moves under one strategy.
type Moves<'a> = (&'a AlgorithmFigures, &'a Changed);

/// The hottest key that each change moves; none if no key comes twice or none of them moves.
pub(super) fn hottest(comparison: &Comparison) -> Option<String> {
    let changes = comparison.results.first()?.changes.len();
    let of_change = |number: usize| {
        let moved = keyed(comparison).filter_map(|result| {
            Some((result.algorithm, result.changes[number].hot_keys.first()?))
        });
        let moved: Vec<(_, &MovedKey)> = moved.collect();
        let most = moved.iter().map(|(_, moved)| moved.hot.requests).max()?;
        let is_hottest = |(_, moved): &&(_, &MovedKey)| moved.hot.requests == most;
        let hottest = moved.iter().find(is_hottest)?;
        let key = Some(&hottest.1.hot).filter(|key| is_hot(comparison, key))?;
        let names = moved.iter().filter(|(_, moved)| moved.hot.key == key.key);
        let names: Vec<_> = names.map(|(name, _)| *name).collect();
        let change = &comparison.results.first()?.changes[number].change;
        Some(format!(
            "{change}: {}, {} of requests ({})",
            shown(&key.key),
            percent(key.share),
            named(&names, NAMED)
        ))
    };
    let lines: Vec<_> = (0..changes).filter_map(of_change).collect();
    (!lines.is_empty()).then(|| format!("Hottest key that moves: {}.", lines.join("; ")))
}

/// All of them, hottest first.
pub(super) fn table(comparison: &Comparison) -> Option<Sheet> {
    let moves = keyed(comparison).flat_map(|result| {
        let number = 0..result.changes.len();
        number.map(move |number| (number, (result, &result.changes[number])))
    });
    let mut moves: Vec<(usize, Moves<'_>)> = moves.collect();
    moves.sort_by_key(|(number, _)| *number);
    let rows = moves.iter().flat_map(|&(_, (result, changed))| {
        let hot = changed.hot_keys.iter();
        let hot = hot.filter(|moved| is_hot(comparison, &moved.hot));
        hot.map(|moved| {
            let which = Columns::default().column("change", changed.change.as_str());
            row(which.column("algorithm", result.algorithm), moved)
        })
    });
    let sheet = Sheet::of_columns(5, rows).titled("Hottest keys that move");
    (!sheet.rows.is_empty()).then_some(sheet)
}
