//! The keys with the most requests.

use serde::Serialize;

/// The number of hot keys that reports name.
pub(crate) const NAMED: usize = 5;

/// A key with more than one request.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HotKey {
    /// The key; bytes that are not UTF-8 are U+FFFD.
    pub key: String,
    /// The number of its requests.
    pub requests: u64,
    /// Their share of all requests.
    pub share: f64,
}

/// A hot key that a change moves.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MovedKey {
    /// The key and its requests.
    #[serde(flatten)]
    pub hot: HotKey,
    /// The backend before.
    pub from: String,
    /// The backend after.
    pub to: String,
}

impl HotKey {
    pub(crate) fn new(key: &[u8], requests: u64, all: u64) -> Self {
        Self {
            key: String::from_utf8_lossy(key).into_owned(),
            requests,
            share: requests as f64 / all as f64,
        }
    }
}

/// Returns the hottest keys, hottest first, from the number of each key and its requests; of equals the first. A key
/// that came once is not hot.
pub(crate) fn hottest(keys: impl Iterator<Item = (usize, u64)>) -> Vec<usize> {
    let mut hottest: Vec<(usize, u64)> = Vec::new();
    for (key, count) in keys.filter(|&(_, count)| count > 1) {
        let place = hottest.partition_point(|&(_, hotter)| hotter >= count);
        if place < NAMED {
            hottest.truncate(NAMED - 1);
            hottest.insert(place, (key, count));
        }
    }
    hottest.into_iter().map(|(key, _)| key).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_hottest_are_the_first_of_all_sorted(counts in proptest::collection::vec(1u64..9, 0..40)) {
            let mut sorted: Vec<_> = (0..counts.len()).filter(|&key| counts[key] > 1).collect();
            sorted.sort_by_key(|&key| std::cmp::Reverse(counts[key]));
            sorted.truncate(NAMED);
            prop_assert_eq!(hottest(counts.into_iter().enumerate()), sorted);
        }
    }
}
