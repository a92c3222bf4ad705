//! The fullest windows of a log's time: which backend has how many requests in which of them.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use indexmap::IndexSet;
use serde::Serialize;

use super::log_time::LogTime;

/// The number of windows that reports name.
pub(crate) const NAMED: usize = 5;

/// The requests of a backend in a window.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct FullWindow {
    /// The start of the window.
    pub from: LogTime,
    /// The backend.
    pub backend: String,
    /// The number of its requests.
    pub requests: u64,
    /// These over its expected share of the window's requests, by weight.
    pub to_mean: f64,
}

/// The windows in which a log has requests; others cost nothing.
#[derive(Clone, Debug)]
pub(crate) struct Windows {
    /// Their length, in seconds.
    pub(crate) width: u64,
    starts: IndexSet<LogTime>,
    /// The window of each request.
    of: Vec<u32>,
}

/// The requests of each backend in each window, where there are any.
#[derive(Debug, Default)]
pub(crate) struct WindowLoads(BTreeMap<(u32, usize), u64>);

impl Windows {
    /// Divides the times of requests into windows of this length in seconds, by the clock of the log. A window has one
    /// zone.
    pub(crate) fn of(times: &[LogTime], width: u64) -> Self {
        let mut starts = IndexSet::new();
        let of = times.iter();
        let of = of.map(|time| starts.insert_full(time.window(width)).0 as u32);
        let of = of.collect();
        Self { width, starts, of }
    }
}

impl WindowLoads {
    /// Counts a request, by its number in the log, at a backend.
    pub(crate) fn count(&mut self, windows: &Windows, request: usize, backend: usize) {
        let window = windows.of[request];
        *self.0.entry((window, backend)).or_default() += 1;
    }

    /// Returns the fullest: those with the most requests for the weight of the backend; of equals the earliest.
    /// `backends` are the names and weights by which requests were counted.
    pub(crate) fn fullest(&self, windows: &Windows, backends: &[(&str, u32)]) -> Vec<FullWindow> {
        let mut totals = vec![0; windows.starts.len()];
        let mut fullest: Vec<(u64, LogTime, u32, usize)> = Vec::new();
        for (&(window, backend), &requests) in &self.0 {
            totals[window as usize] += requests;
            let (from, weight) = (windows.starts[window as usize], backends[backend].1);
            let is_before = |other: &(u64, LogTime, u32, usize)| {
                let per_weight =
                    |requests: u64, weight: u32| u128::from(requests) * u128::from(weight);
                let other_weight = backends[other.3].1;
                match per_weight(other.0, weight).cmp(&per_weight(requests, other_weight)) {
                    Ordering::Equal => (other.1, other.3) < (from, backend),
                    order => order == Ordering::Greater,
                }
            };
            let place = fullest.partition_point(is_before);
            if place < NAMED {
                fullest.truncate(NAMED - 1);
                fullest.insert(place, (requests, from, window, backend));
            }
        }
        let weights: u64 = backends.iter().map(|&(_, weight)| u64::from(weight)).sum();
        let named = fullest
            .into_iter()
            .map(|(requests, from, window, backend)| {
                let (name, weight) = backends[backend];
                let total = totals[window as usize];
                let expected = total as f64 * f64::from(weight) / weights as f64;
                FullWindow {
                    from,
                    backend: name.to_owned(),
                    requests,
                    to_mean: requests as f64 / expected,
                }
            });
        named.collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The definition, without windows that are known: all pairs of a start and a backend, counted one by one.
        #[test]
        fn the_fullest_are_the_first_of_all_pairs(
            requests in proptest::collection::vec((0i64..400, prop_oneof![Just(0), Just(3_600)], 0usize..3), 1..80),
            weights in proptest::array::uniform3(1u32..4),
        ) {
            let time = |&(second, offset, _): &(i64, i32, usize)| LogTime { second, offset };
            let times: Vec<_> = requests.iter().map(time).collect();
            let windows = Windows::of(&times, 60);
            let backends = [("a", weights[0]), ("b", weights[1]), ("c", weights[2])];
            let mut loads = WindowLoads::default();
            for (number, &(.., backend)) in requests.iter().enumerate() {
                loads.count(&windows, number, backend);
            }
            let mut all = Vec::new();
            for minute in 0..7 {
                for offset in [0, 3_600] {
                    for (place, (name, weight)) in backends.into_iter().enumerate() {
                        let is_in = |of: &&(i64, i32, usize)| of.0 / 60 == minute && of.1 == offset;
                        let total = requests.iter().filter(is_in).count() as f64;
                        let count = requests.iter().filter(is_in).filter(|of| of.2 == place).count() as u64;
                        let from = LogTime { second: minute * 60, offset };
                        let expected = total * f64::from(weight) / f64::from(weights.iter().sum::<u32>());
                        let full = FullWindow { from, backend: name.into(), requests: count, to_mean: count as f64 / expected };
                        // Twelve is a multiple of every weight.
                        all.push((u64::MAX - count * 12 / u64::from(weight), from, place, full));
                    }
                }
            }
            all.retain(|of| of.3.requests > 0);
            all.sort_by_key(|of| (of.0, of.1, of.2));
            let expected: Vec<_> = all.into_iter().take(NAMED).map(|of| of.3).collect();
            prop_assert_eq!(loads.fullest(&windows, &backends), expected);
        }
    }
}
