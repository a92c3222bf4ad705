//! The keys of all rounds: distinct, 15 bytes each, in random order.

use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rand::seq::SliceRandom;

const COUNT: usize = 1_000_000;
const LENGTH: usize = 15;

pub struct Keys(Vec<&'static str>);

impl Keys {
    /// The keys lie in memory in the order of their visits: what is to be measured are the tables,
    /// not the reading of the keys.
    pub fn new() -> Self {
        let mut numbers: Vec<_> = (0..COUNT).collect();
        numbers.shuffle(&mut ChaCha8Rng::seed_from_u64(1));
        let text: String = numbers
            .iter()
            .map(|number| format!("client-{number:08}"))
            .collect();
        let text: &'static str = text.leak();
        let key = |place: usize| &text[place * LENGTH..(place + 1) * LENGTH];
        Self((0..COUNT).map(key).collect())
    }

    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// `count` keys from a place on, or from an earlier one if there are not as many.
    pub fn part(&self, from: usize, count: usize) -> &[&'static str] {
        let from = from % (self.len() - count + 1);
        &self.0[from..from + count]
    }
}
