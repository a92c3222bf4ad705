//! What each backend gains and loses, as a table.

use std::cmp::Reverse;

use crate::plan::Figures;
use crate::sheet::Sheet;
use crate::text::percent;

/// The most backends whose gain and loss are listed.
const LISTED_BACKENDS: usize = 30;

/// Gain and loss, of those that have most of it if there are many.
pub(super) fn backends(figures: &Figures) -> Sheet {
    let headers = [
        "backend",
        "before",
        "after",
        "gained",
        "lost",
        "new of its after",
    ];
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
            counts.before.to_string(),
            counts.after.to_string(),
            counts.gained.to_string(),
            counts.lost.to_string(),
            counts.new_share().map(percent).unwrap_or_default(),
        ]
    });
    let title = match more {
        0 => "Gain and loss (requests)".to_owned(),
        more => format!("Gain and loss (requests; the most affected, without {more} others)"),
    };
    Sheet::of(&headers, 1, rows).titled(title)
}
