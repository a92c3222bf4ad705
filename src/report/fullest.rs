//! The fullest windows of a log's time, as a table, a line and columns of CSV.

use crate::figures::Columns;
use crate::sheet::Sheet;
use crate::text::{Nanoseconds, list, thousands};
use crate::workload::{FULL_WINDOWS, FullWindow};

/// A strategy and its fullest windows.
pub(super) type Named<'a> = (&'a str, &'a [FullWindow]);

/// All of them, a row each; none without windows.
pub(super) fn table<'a>(width_ns: u64, results: impl Iterator<Item = Named<'a>>) -> Option<Sheet> {
    let rows = results.flat_map(|(name, windows)| {
        windows.iter().map(move |window| {
            Columns::default()
                .column("algorithm", name)
                .column("from", window.from.to_string())
                .column("backend", window.backend.as_str())
                .column("requests", thousands(window.requests))
                .column("/ expected", format!("{:.2}", window.to_mean))
        })
    });
    let title = format!(
        "Fullest windows of {}, by the log's clock (requests of a backend for its weight; / expected: over its share \
         of the window's requests)",
        Nanoseconds(width_ns)
    );
    let sheet = Sheet::of_columns(3, rows).titled(title);
    (!sheet.rows.is_empty()).then_some(sheet)
}

/// The fullest of each strategy, in a line; none without windows.
pub(super) fn line<'a>(
    width_ns: u64,
    results: impl Iterator<Item = Named<'a>>,
    most: usize,
) -> Option<String> {
    let fullest = results.filter_map(|(name, windows)| Some((name, windows.first()?)));
    let mut fullest: Vec<_> = fullest.collect();
    let strategies = fullest.len();
    fullest.sort_by_key(|(_, window)| std::cmp::Reverse(window.requests));
    fullest.truncate(most);
    let mut parts: Vec<_> = fullest
        .iter()
        .map(|(name, window)| {
            let FullWindow {
                from,
                backend,
                requests,
                to_mean,
            } = window;
            format!(
                "{name} {} to {backend} ({from}, {to_mean:.1}×)",
                thousands(*requests)
            )
        })
        .collect();
    if strategies > most {
        parts.push(format!("{} more", strategies - most));
    }
    let width = Nanoseconds(width_ns);
    (!parts.is_empty()).then(|| {
        format!(
            "Fullest {width} of a backend, requests (from, over its share): {}.",
            list(&parts)
        )
    })
}

/// The columns of a row of CSV; those of missing windows are blank.
pub(super) fn columns(windows: &[FullWindow]) -> impl Iterator<Item = (String, String)> {
    (0..FULL_WINDOWS).flat_map(|place| {
        let window = windows.get(place);
        let cell = |cell: fn(&FullWindow) -> String| window.map(cell).unwrap_or_default();
        [
            ("from", cell(|window| window.from.to_string())),
            ("backend", cell(|window| window.backend.clone())),
            ("requests", cell(|window| window.requests.to_string())),
            ("to_mean", cell(|window| window.to_mean.to_string())),
        ]
        .map(|(name, cell)| (format!("fullest_{}_{name}", place + 1), cell))
    })
}
