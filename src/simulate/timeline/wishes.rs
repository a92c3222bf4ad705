//! The changes that entries make at certain times.

use evenkeel_algorithms::Backend;

use crate::simulate::event::{Edit, Event};
use crate::simulate::scenario::{Entry, What};

/// The change of an entry at a time, before the backends at that time are known.
pub(super) struct Wish {
    pub(super) at: u64,
    /// The number of the entry.
    pub(super) entry: usize,
    /// Whether the event begins; otherwise the earlier state returns. At equal times, ends come before beginnings.
    pub(super) begins: bool,
    pub(super) event: Event<Edit>,
}

/// Returns the changes of an entry, in the order of equal times.
pub(super) fn wishes(number: usize, entry: &Entry, backends: &[Backend]) -> Vec<Wish> {
    let mut wishes = Vec::new();
    let mut wish = |at, begins, event| {
        wishes.push(Wish {
            at,
            entry: number,
            begins,
            event,
        });
    };
    let (at, end) = (entry.at, entry.end(backends.len()));
    match &entry.what {
        What::Once(Event::Stop { backend }) => {
            let backend = || backend.clone();
            let health = |healthy| Event::Health {
                backend: backend(),
                healthy,
            };
            wish(at, true, Event::Stop { backend: backend() });
            let noticed = at.saturating_add(entry.noticed_after);
            if end.is_none_or(|end| noticed < end) {
                wish(noticed, true, health(false));
            }
            if let Some(end) = end {
                wish(end, false, Event::Start { backend: backend() });
                wish(end, false, health(true));
            }
        }
        What::Once(event) => {
            wish(at, true, event.clone());
            if let Some(end) = end {
                wish(end, false, event.clone());
            }
        }
        What::Deploy { down, every, .. } => {
            for (turn, name) in (0..).zip(entry.subjects(backends)) {
                let away = at.saturating_add(every.saturating_mul(turn));
                let back = away.saturating_add(*down);
                let backend = name.to_owned();
                let drained = Event::Members(Edit::Drain(backend.clone()));
                wish(away, true, drained.clone());
                wish(back, false, Event::Start { backend });
                wish(back, false, drained);
            }
        }
    }
    wishes
}
