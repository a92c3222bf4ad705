//! Which backends lose requests to which, as a table.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::figures::Columns;
use crate::plan::{BackendChange, Balance, Figures, Flow};
use crate::sheet::Sheet;
use crate::text::{percent, thousands};

/// The most characters in a line of a matrix of flows.
const WIDEST_MATRIX: usize = 120;

/// The most flows that are listed.
const LISTED_FLOWS: usize = 20;

/// The most flows that are listed on one screen.
const BRIEF_FLOWS: usize = 10;

/// From which backend to which, if anything moves: a matrix if there are few, else the largest.
pub(super) fn flows(figures: &Figures) -> Option<Sheet> {
    match matrix_width(figures) <= WIDEST_MATRIX && !figures.flows.is_empty() {
        true => Some(matrix(figures)),
        false => largest(figures, LISTED_FLOWS),
    }
}

/// The largest flows, as many as one screen has room for; none if nothing moves.
pub(super) fn brief(figures: &Figures) -> Option<Sheet> {
    largest(figures, BRIEF_FLOWS)
}

/// The largest flows; the requests only where they are not one a key.
fn largest(figures: &Figures, most: usize) -> Option<Sheet> {
    if figures.flows.is_empty() {
        return None;
    }
    let mut largest: Vec<_> = figures.flows.iter().collect();
    largest.sort_by_key(|flow| Reverse(flow.requests));
    let more = largest.len().saturating_sub(most);
    largest.truncate(most);
    let one_each = figures.flows.iter().all(|flow| flow.keys == flow.requests);
    let moved: u64 = figures.flows.iter().map(|flow| flow.requests).sum();
    let rows = largest.iter().map(|flow| {
        let Flow {
            from,
            to,
            keys,
            requests,
        } = flow;
        Columns::default()
            .column("from", from.as_str())
            .column("to", to.as_str())
            .column("keys", thousands(*keys))
            .columns((!one_each).then(|| ("requests".to_owned(), thousands(*requests))))
            .column("of moves", percent(*requests as f64 / moved as f64))
    });
    let title = match more {
        0 => "Moves from backend to backend".to_owned(),
        more => format!("Moves from backend to backend (the largest; {more} more)"),
    };
    Some(Sheet::of_columns(2, rows).titled(title))
}

/// How wide the matrix of the flows would be: a column a backend, each with a frame.
fn matrix_width(figures: &Figures) -> usize {
    let names = figures
        .backends
        .iter()
        .map(|change| change.backend.chars().count());
    let columns = names.clone().map(|name| name.max(6) + 3);
    names.max().unwrap_or_default() + columns.sum::<usize>()
}

fn matrix(figures: &Figures) -> Sheet {
    let mut cells: BTreeMap<(&str, &str), u64> = BTreeMap::new();
    for flow in &figures.flows {
        cells.insert((&flow.from, &flow.to), flow.requests);
    }
    for BackendChange {
        backend, requests, ..
    } in &figures.backends
    {
        let stays = requests.before - requests.lost;
        cells.insert((backend, backend), stays);
    }
    let names = |has: fn(&Balance) -> u64| -> Vec<&str> {
        let backends = figures.backends.iter();
        let backends = backends.filter(|change| has(&change.requests) > 0);
        backends.map(|change| &*change.backend).collect()
    };
    let (from, to) = (names(|counts| counts.before), names(|counts| counts.after));
    let headers: Vec<_> = [""].into_iter().chain(to.iter().copied()).collect();
    let rows = from.iter().map(|from| {
        let count = |to: &&str| cells.get(&(*from, *to)).copied().unwrap_or_default();
        let counts = to.iter().map(|to| thousands(count(to)));
        [(*from).to_owned()]
            .into_iter()
            .chain(counts)
            .collect::<Vec<_>>()
    });
    Sheet::of(&headers, 1, rows).titled("Requests from backend (left) to backend (top)")
}
