//! The times at which something begins or ends.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::simulate::scenario::Entry;

/// A time at which something begins or ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Turn {
    /// The time, in nanoseconds from the start.
    #[serde(rename = "at_ns")]
    pub at: u64,
    /// What begins and what ends.
    pub what: Vec<String>,
}

/// Returns the times at which entries begin and end.
pub(super) fn turns(entries: &[Entry], backends: usize) -> Vec<Turn> {
    let mut turns: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for entry in entries {
        if let Some(end) = entry.end(backends) {
            let over = format!("{}: over", entry.label);
            turns.entry(end).or_default().push(over);
        }
    }
    for entry in entries {
        let begun = turns.entry(entry.at).or_default();
        begun.push(entry.label.clone());
    }
    turns
        .into_iter()
        .map(|(at, what)| Turn { at, what })
        .collect()
}
