//! Random histories.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::contract::case::Case;
use crate::contract::draws::Draws;
use crate::contract::event::{Event, Request};
use crate::contract::name::Name;
use crate::outcome::{Outcome, Report};

/// The most backends of a history.
const BACKENDS: usize = 6;

/// The most events of a history.
const EVENTS: usize = 40;

/// The largest weight.
const WEIGHTS: usize = 6;

/// Returns a random history from an empty pool, with this many keys. The same number gives the same history.
#[must_use]
pub fn history(number: u64, keys: u64) -> Case {
    let draws = &mut Draws::new(number);
    let mut case = Case::default().with_keys(keys);
    let mut asked = 0;
    for _ in 0..=draws.below(EVENTS) {
        match draws.below(24) {
            // Requests come in bursts.
            0..4 => (0..=draws.below(11)).for_each(|_| {
                asked += 1;
                case.events.push(request(draws, asked));
            }),
            kind => case.events.push(change(draws, kind)),
        }
    }
    case
}

/// Returns the histories that once found faults, followed by this many random ones.
#[must_use]
pub fn histories(count: u64, keys: u64) -> Vec<Case> {
    let random = (0..count).map(|number| history(number, keys));
    let recorded = recorded().map(|events| Case::default().then(events).with_keys(keys));
    recorded.into_iter().chain(random).collect()
}

/// Returns the histories that once found faults of our own.
fn recorded() -> [Vec<Event>; 3] {
    let replace = |members: &[(u8, u32)]| {
        let named = members.iter().map(|&(name, weight)| (Name(name), weight));
        Event::Replace(named.collect())
    };
    let open = Event::Request(Request {
        stays: true,
        ..Request::new(1)
    });
    [
        vec![
            Event::Join(Name(1), 6, 0),
            Event::Join(Name(0), 6, 0),
            replace(&[(0, 1), (5, 2)]),
            open.clone(),
        ],
        vec![
            replace(&[(0, 6), (1, 1), (4, 1), (3, 1), (2, 3)]),
            Event::Join(Name(5), 6, 1),
            replace(&[(3, 3), (5, 4), (2, 3), (4, 1), (0, 6), (1, 1)]),
        ],
        vec![
            Event::Join(Name(5), 1, 0),
            Event::Health(Name(5), false),
            open,
        ],
    ]
}

fn change(draws: &mut Draws, kind: usize) -> Event {
    let name = Name(draws.below(BACKENDS) as u8);
    match kind {
        4..8 => Event::Join(name, weight(draws), draws.below(BACKENDS)),
        8 => Event::Leave(name),
        9 => Event::Reweight(name, weight(draws)),
        10 => Event::Drain(name, draws.is_heads()),
        11 => Event::Down(name, draws.is_heads()),
        12 => Event::Backup(name, draws.is_heads()),
        13 => Event::Cap(name, NonZeroU32::new(draws.below(4) as u32)),
        14..16 => Event::Health(name, draws.is_heads()),
        16 => Event::Rotate(1 + draws.below(5)),
        17 => Event::Replace(members(draws)),
        18 => Event::Detour,
        19 => Event::End(draws.below(20), None),
        20..22 => {
            let (latency, success) = (milliseconds(draws), draws.is_heads());
            Event::End(draws.below(20), Some(Outcome { latency, success }))
        }
        _ => {
            let (in_flight, latency) = (draws.below(9) as u32, milliseconds(draws));
            Event::Report(name, Report { in_flight, latency })
        }
    }
}

fn request(draws: &mut Draws, key: u64) -> Event {
    let has_tried = draws.below(4) == 0;
    let tried = has_tried.then(|| Name(draws.below(BACKENDS) as u8));
    Event::Request(Request {
        key,
        tried: tried.into_iter().collect(),
        stays: draws.below(8) > 0,
    })
}

fn members(draws: &mut Draws) -> Vec<(Name, u32)> {
    let mut members: Vec<_> = (0..BACKENDS as u8).map(Name).collect();
    draws.shuffle(&mut members);
    members.truncate(draws.below(BACKENDS + 1));
    let weighted = members.into_iter().map(|name| (name, weight(draws)));
    weighted.collect()
}

fn weight(draws: &mut Draws) -> u32 {
    1 + draws.below(WEIGHTS) as u32
}

fn milliseconds(draws: &mut Draws) -> Duration {
    Duration::from_millis(draws.below(100) as u64)
}
