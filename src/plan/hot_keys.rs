//! Counts the requests of the keys that move, in bounded memory.

use indexmap::IndexMap;

use super::road::Road;
use super::tally::{Destination, Span};
use crate::workload::{HotKey, MovedKey, hottest};

/// The number of keys that are kept when there are twice as many.
const CAPACITY: usize = 1 << 16;

/// The requests of each moved key, while these are few; beyond that, of the hottest (J. Misra and D. Gries, *Finding
/// repeated elements*, Science of Computer Programming 2, 1982, in batches). Then a count may lack up to
/// [`missed`](Self::missed) requests, and no key with more requests than that is lost.
pub(super) struct HotKeys {
    /// By the hash that identifies a key.
    seen: IndexMap<u64, Seen>,
    capacity: usize,
    /// The most requests that a count lacks; 0 if all are exact.
    pub(super) missed: u64,
}

struct Seen {
    key: Box<[u8]>,
    requests: u64,
    before: Destination,
    after: Destination,
}

impl Default for HotKeys {
    fn default() -> Self {
        Self::of(CAPACITY)
    }
}

impl HotKeys {
    fn of(capacity: usize) -> Self {
        Self {
            seen: IndexMap::new(),
            capacity,
            missed: 0,
        }
    }

    /// Counts a request of a key that moves.
    pub(super) fn count(&mut self, hash: u64, key: &[u8], before: Destination, after: Destination) {
        let seen = self.seen.entry(hash).or_insert_with(|| Seen {
            key: key.into(),
            requests: 0,
            before,
            after,
        });
        seen.requests += 1;
        if self.seen.len() >= 2 * self.capacity {
            self.reduce();
        }
    }

    /// Subtracts so much of every count that no more keys are left than are kept.
    fn reduce(&mut self) {
        let mut counts: Vec<_> = self.seen.values().map(|seen| seen.requests).collect();
        let (_, &mut next, _) = counts.select_nth_unstable_by(self.capacity, |a, b| b.cmp(a));
        self.missed += next;
        self.seen.retain(|_, seen| {
            seen.requests = seen.requests.saturating_sub(next);
            seen.requests > 0
        });
    }

    /// Returns the hottest, hottest first, of a number of requests; none if every key came once.
    pub(super) fn hottest(&self, road: &Road, span: &Span<'_>, requests: u64) -> Vec<MovedKey> {
        let (before, after) = (&road.states[span.before], &road.states[span.after]);
        let counts = self.seen.values().map(|seen| seen.requests);
        let hottest = hottest(counts.enumerate()).into_iter();
        let moved = hottest.filter_map(|place| {
            let (_, seen) = self.seen.get_index(place)?;
            Some(MovedKey {
                hot: HotKey::new(&seen.key, seen.requests, requests),
                from: before.name(seen.before).to_owned(),
                to: after.name(seen.after).to_owned(),
            })
        });
        moved.collect()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// No count is too high, none lacks more than it says, and a key that is not there has no more than that.
        #[test]
        fn counts_lack_at_most_what_they_say(keys in proptest::collection::vec(0u64..60, 1..800), capacity in 1usize..40) {
            let mut hot = HotKeys::of(capacity);
            let mut exact: BTreeMap<u64, u64> = BTreeMap::new();
            for key in keys {
                hot.count(key, &key.to_le_bytes(), None, None);
                *exact.entry(key).or_default() += 1;
            }
            prop_assert!(hot.seen.len() < 2 * capacity);
            prop_assert_eq!(hot.missed > 0, exact.len() >= 2 * capacity);
            for (key, requests) in exact {
                let counted = hot.seen.get(&key).map_or(0, |seen| seen.requests);
                prop_assert!(counted <= requests && requests <= counted + hot.missed);
            }
        }
    }
}
