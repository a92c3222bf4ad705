//! Several runs and their seeds.

use evenkeel_algorithms::Seed;
use rand::rngs::ChaCha8Rng;
use rand::{Rng, SeedableRng};
use serde::Serialize;

/// The runs over which figures are means.
#[derive(Debug, Serialize)]
pub struct Repeat {
    /// The seed of each run.
    pub seeds: Vec<u64>,
    /// Whether each run draws its own requests; otherwise only the strategies' seed differs.
    pub redrawn: bool,
}

/// Returns the seeds of several runs: the base itself, then numbers of ChaCha8 seeded with it, stream 1 (requests are
/// stream 0): the upper 53 bits of 64, which every JSON reader represents exactly.
pub fn seeds(base: Seed, runs: u32) -> impl ExactSizeIterator<Item = Seed> {
    let mut rng = ChaCha8Rng::seed_from_u64(base.0);
    rng.set_stream(1);
    (0..runs).map(move |run| match run {
        0 => base,
        _ => Seed(rng.next_u64() >> 11),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seeds_begin_with_the_base_and_are_reproducible() {
        let seeds = |base, runs| {
            seeds(Seed(base), runs)
                .map(|seed| seed.0)
                .collect::<Vec<_>>()
        };
        assert_eq!(seeds(7, 1), [7]);
        assert_eq!(seeds(7, 3), seeds(7, 5)[..3]);
        assert!(seeds(7, 100)[1..].iter().all(|&seed| seed < 1 << 53));
        assert!(
            seeds(7, 100)
                .iter()
                .all(|seed| !seeds(8, 100).contains(seed))
        );
    }
}
