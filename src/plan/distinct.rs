//! Detects new keys in bounded memory: among all keys, or in an even sample.

use indexmap::IndexSet;

/// The maximum number of keys that are stored.
const CAPACITY: usize = 1 << 20;

/// The hashes of the keys seen, while they are few; beyond that, only those with a hash that begins with a number of zeros:
/// every second, fourth, eighth key and so on (distinct sampling; P. Gibbons, *Distinct Sampling for Highly-Accurate
/// Answers to Distinct Values Queries and Event Reports*, VLDB 2001). Whether a key is in the sample depends only on
/// the key, so frequent keys are in it no more often than others.
pub(super) struct Distinct {
    seen: IndexSet<u64>,
    level: u32,
    capacity: usize,
}

impl Default for Distinct {
    fn default() -> Self {
        Self::of(CAPACITY)
    }
}

impl Distinct {
    fn of(capacity: usize) -> Self {
        Self {
            seen: IndexSet::new(),
            level: 0,
            capacity,
        }
    }

    /// Returns the level of a key that is new and in the sample: the highest level of the sample at which the key is
    /// still in it.
    pub(super) fn insert(&mut self, hash: u64) -> Option<u32> {
        let level = hash.leading_zeros();
        if level < self.level || !self.seen.insert(hash) {
            return None;
        }
        while self.seen.len() > self.capacity {
            self.level += 1;
            self.seen.retain(|hash| hash.leading_zeros() >= self.level);
        }
        (level >= self.level).then_some(level)
    }

    /// Returns the level: one of every 2^level keys is in the sample.
    pub(super) const fn level(&self) -> u32 {
        self.level
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use evenkeel_algorithms::Hashing;
    use proptest::prelude::*;

    fn hash(number: u32) -> u64 {
        Hashing::default().key(&number.to_le_bytes())
    }

    /// Returns the keys of a sequence that are in the sample at its end, from the results of `insert`.
    fn sampled(numbers: impl Iterator<Item = u32>, capacity: usize) -> (Vec<u32>, u32) {
        let mut distinct = Distinct::of(capacity);
        let seen: Vec<_> = numbers
            .filter_map(|number| Some((number, distinct.insert(hash(number))?)))
            .collect();
        let kept = seen.iter().filter(|(_, level)| *level >= distinct.level());
        let mut kept: Vec<_> = kept.map(|&(number, _)| number).collect();
        kept.sort_unstable();
        assert_eq!(kept.len(), distinct.seen.len());
        (kept, distinct.level())
    }

    #[test]
    fn up_to_its_capacity_every_key_counts_once() {
        let (kept, level) = sampled((0..100).chain(50..100).rev(), 100);
        assert_eq!((kept, level), ((0..100).collect(), 0));
    }

    #[test]
    fn beyond_its_capacity_the_sample_is_even() {
        let (kept, level) = sampled(0..100_000, 4_096);
        assert!((4..=5).contains(&level), "{level}");
        assert!((1_800..=4_096).contains(&kept.len()));
        let low = kept.iter().filter(|&&number| number < 50_000).count();
        assert!((0.46..0.54).contains(&(low as f64 / kept.len() as f64)));
    }

    proptest! {
        /// Neither the order nor the frequency of keys makes a difference.
        #[test]
        fn the_sample_is_a_function_of_the_set(mut numbers in proptest::collection::vec(0u32..2_000, 1..3_000)) {
            let first = sampled(numbers.iter().copied(), 128);
            let level = first.1;
            numbers.sort_unstable();
            prop_assert_eq!(&sampled(numbers.iter().copied(), 128), &first);
            numbers.dedup();
            let expected: Vec<_> = numbers.into_iter().filter(|&n| hash(n).leading_zeros() >= level).collect();
            prop_assert_eq!(first.0, expected);
        }
    }
}
