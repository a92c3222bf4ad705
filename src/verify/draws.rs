//! The work for a key: JumpBackHash's draws and jump's steps.

use evenkeel_algorithms::Hashing;
use evenkeel_algorithms::strategy::{jump, jump_back};

use super::measure::keys;
use super::reference::{Expected, Reference};

const SOURCE: &str = "Ertl, SPE 2025, table of draws";

pub(super) fn references() -> Vec<Reference> {
    [
        (2, 1.0, 1.500),
        (3, 1.2667, 1.834),
        (10, 1.4368, 2.928),
        (100, 1.2299, 5.187),
        (1_000, 1.0234, 7.486),
        (1_000_000, 1.0464, 14.393),
    ]
    .into_iter()
    .flat_map(|(buckets, draws, steps)| {
        let mean = move |work: fn(u64, u32) -> u32| {
            let hashes = keys(0..1_000_000).map(|key| Hashing::default().key(&key));
            let sum: u64 = hashes.map(|hash| u64::from(work(hash, buckets))).sum();
            sum as f64 / 1e6
        };
        let draws = Reference::new(
            format!("jump-back, {buckets} backends: draws per key"),
            SOURCE,
            Expected::around(draws, 0.003),
            move |_| Ok(mean(jump_back::draws)),
        );
        let steps = Reference::new(
            format!("jump, {buckets} backends: steps per key"),
            SOURCE,
            Expected::around(steps, 0.02),
            move |_| Ok(mean(jump::steps)),
        );
        [draws, steps]
    })
    .collect()
}
