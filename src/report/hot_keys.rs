//! Hot keys as tables show them.

use crate::figures::Columns;
use crate::text::{percent, printable, thousands};
use crate::workload::MovedKey;

/// The most columns of a key.
const WIDTH: usize = 32;

/// A key as tables show it.
pub(super) fn shown(key: &str) -> String {
    printable(key, WIDTH)
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
