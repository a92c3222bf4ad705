//! Hot keys as tables show them.

use crate::figures::Columns;
use crate::text::{percent, printable, thousands};
use crate::workload::{HOT_KEYS, HotKey, MovedKey};

/// The most columns of a key.
const WIDTH: usize = 32;

/// A key as tables show it.
pub(super) fn shown(key: &str) -> String {
    printable(key, WIDTH)
}

/// The columns of a row of CSV: keys as they are, and blanks for missing ones.
pub(super) fn columns(moved: &[MovedKey]) -> impl Iterator<Item = (String, String)> {
    (0..HOT_KEYS).flat_map(|place| {
        let hot = moved.get(place).map(|moved| &moved.hot);
        let cell = |cell: fn(&HotKey) -> String| hot.map(cell).unwrap_or_default();
        [
            ("", cell(|hot| hot.key.clone())),
            ("_share", cell(|hot| hot.share.to_string())),
        ]
        .map(|(name, cell)| (format!("hot_key_{}{name}", place + 1), cell))
    })
}

/// The cells of a hot key that moves, behind others.
pub(super) fn row(before: Columns, moved: &MovedKey) -> Columns {
    before
        .column("key", shown(&moved.hot.key))
        .column("from", moved.from.as_str())
        .column("to", moved.to.as_str())
        .column("requests", thousands(moved.hot.requests))
        .column("of requests", percent(moved.hot.share))
}
