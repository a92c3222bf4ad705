//! What each backend gains and loses, as a table.

use std::cmp::Reverse;

use crate::plan::Figures;
use crate::sheet::Sheet;
use crate::text::{percent, thousands};

/// The most backends that are listed with their gain and loss.
const LISTED_BACKENDS: usize = 30;

/// What each backend has before and after; of many, those that gain and lose most.
pub(super) fn backends(figures: &Figures) -> Sheet {
    let headers = ["backend", "before", "after", "gained", "lost", "new share"];
    let mut changes: Vec<_> = figures.backends.iter().collect();
    let more = changes.len().saturating_sub(LISTED_BACKENDS);
    if more > 0 {
        changes.sort_by_key(|change| Reverse(change.requests.gained + change.requests.lost));
        changes.truncate(LISTED_BACKENDS);
    }
    let rows = changes.iter().map(|change| {
        let counts = change.requests;
        [
            change.backend.clone(),
            thousands(counts.before),
            thousands(counts.after),
            thousands(counts.gained),
            thousands(counts.lost),
            counts.new_share().map(percent).unwrap_or_default(),
        ]
    });
    let title = match more {
        0 => "Requests of each backend".to_owned(),
        more => format!("Requests of each backend (the most affected; {more} more)"),
    };
    Sheet::of(&headers, 1, rows).titled(title)
}
