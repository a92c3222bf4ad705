//! Entries that conflict.

use std::collections::BTreeMap;

use evenkeel_algorithms::Backend;

use crate::simulate::event::Event;
use crate::simulate::scenario::{Entry, What};

/// The resource that an entry holds: two entries must not hold the same one at once.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Hold<'a> {
    Speed(&'a str),
    Presence(&'a str),
    Key,
}

/// Returns the resources that an entry holds.
fn holds<'a>(entry: &'a Entry, all: &'a [Backend]) -> Vec<Hold<'a>> {
    let subjects = entry.subjects(all).into_iter();
    match entry.what {
        What::Once(Event::Speed { .. }) => subjects.map(Hold::Speed).collect(),
        What::Once(Event::Hot(_)) => vec![Hold::Key],
        _ => subjects.map(Hold::Presence).collect(),
    }
}

/// Rejects an entry that begins while an earlier one, which ends by itself, holds the same resource: the state after
/// the end would be undefined.
pub(super) fn refuse_overlaps(
    entries: &[Entry],
    backends: &[Backend],
) -> Result<(), (usize, String)> {
    let mut order: Vec<_> = (0..entries.len()).collect();
    order.sort_by_key(|&number| entries[number].at);
    let mut held: BTreeMap<Hold<'_>, (u64, usize)> = BTreeMap::new();
    for number in order {
        let entry = &entries[number];
        // A permanently stopped backend stays stopped.
        let is_stop = matches!(entry.what, What::Once(Event::Stop { .. }));
        let end = entry.end(backends.len()).or(is_stop.then_some(u64::MAX));
        for hold in holds(entry, backends) {
            if let Some(&(until, other)) = held.get(&hold)
                && entry.at < until
            {
                return Err((
                    number,
                    format!(
                        "this event begins before `{}` (event {}) has ended",
                        entries[other].label,
                        other + 1
                    ),
                ));
            }
            if let Some(end) = end {
                held.insert(hold, (end, number));
            }
        }
    }
    Ok(())
}
