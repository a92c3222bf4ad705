//! Which backends lose requests to which, as a table.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crate::plan::{BackendChange, Balance, Figures, Flow};
use crate::sheet::Sheet;

/// The most characters in a line of a matrix of flows.
const WIDEST_MATRIX: usize = 120;

/// The most flows that are listed.
const LISTED_FLOWS: usize = 20;

/// From which backend to which, if anything moves: a matrix if there are few, else the largest.
pub(super) fn flows(figures: &Figures) -> Option<Sheet> {
    if figures.flows.is_empty() {
        return None;
    }
    if matrix_width(figures) <= WIDEST_MATRIX {
        return Some(matrix(figures));
    }
    let mut largest: Vec<_> = figures.flows.iter().collect();
    largest.sort_by_key(|flow| Reverse(flow.requests));
    let more = largest.len().saturating_sub(LISTED_FLOWS);
    largest.truncate(LISTED_FLOWS);
    let rows = largest.iter().map(|flow| {
        let Flow {
            from,
            to,
            keys,
            requests,
        } = flow;
        [
            from.clone(),
            to.clone(),
            keys.to_string(),
            requests.to_string(),
        ]
    });
    let title = match more {
        0 => "From which backend to which".to_owned(),
        more => format!("From which backend to which (the largest; {more} more are smaller)"),
    };
    let headers = ["from", "to", "keys", "requests"];
    Some(Sheet::of(&headers, 2, rows).titled(title))
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
        let counts = to.iter().map(|to| count(to).to_string());
        [(*from).to_owned()]
            .into_iter()
            .chain(counts)
            .collect::<Vec<_>>()
    });
    Sheet::of(&headers, 1, rows).titled("From which backend (left) to which (top), in requests")
}
