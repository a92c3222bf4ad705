//! **mcrouter `Ch3`**: the bits of chained hashes walk down a tree of powers of two.
//!
//! # How it works
//! The key is hashed to an endless sequence of bits: MurmurHash64A of the key, then repeatedly of the previous number.
//! The bits choose how large a power of two the server's number reaches, and then its lower digits; a number that is
//! too large is discarded and the next bits are read, up to 32 times.
//!
//! # Cost
//! Build O(1). Pick: one hash and about a dozen more. Memory: none.
//!
//! # Membership change
//! At the end of the list, a new server takes keys from all, the last server gives them back, and no other key moves.
//! Removing any other server shifts all numbers after it.
//!
//! # Weights
//! Weights are ignored.
//!
//! # Ineligible backends
//! They keep their numbers; the next backend in the list that may be picked takes the request. mcrouter itself answers
//! with an error or asks the pool that its routes name.
//!
//! # Departures from the program
//! Only the fallback for ineligible backends. `WeightedCh3` is another function.
//!
//! # References
//! mcrouter, `furc_hash`.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::McrouterCh3;
//! use evenkeel_algorithms::{LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(McrouterCh3, Pool::new(["m0:11211", "m1:11211"])?)?;
//! let owner = |key: &str| balancer.route(Some(key.as_bytes())).map(|ticket| ticket.slot());
//! assert_eq!(owner("user:7|#|photo")?, owner("user:7|#|name")?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, Origin, Program, ShareVariance};
use crate::dialect::hash::murmur64a;
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::slot::Slot;
use crate::step::Step;

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "mcrouter's `Ch3`: the bits of chained hashes walk down a tree of powers of two",
    origin: Origin::Program(Program::Mcrouter),
    feedback: Feedback::None,
    shares: ShareVariance::AsRandom,
    build: Cost::CONSTANT,
    pick: Cost::LOGARITHMIC,
    memory: "none",
    weights: "none",
    disruption: "minimal at the end of the list",
    source: "mcrouter",
    ..Card::new("mcrouter-ch3", Family::Buckets, &|_, _| {
        Box::new(McrouterCh3)
    })
};

/// The maximum number of attempts to read a number that is small enough.
const TRIES: u32 = 32;

/// The distance between the bits of one reading.
const STRIDE: u32 = 23;

/// mcrouter's consistent hash; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct McrouterCh3;

/// An endless row of bits: the words of chained hashes.
struct Bits {
    first: u64,
    word: u64,
    index: u32,
}

impl Bits {
    const SEED: u64 = 4_193_360_111;

    fn of(text: &[u8]) -> Self {
        let first = murmur64a(text, Self::SEED);
        Self {
            first,
            word: first,
            index: 0,
        }
    }

    /// Returns the bit at a position. It can go back only to the first word; any other step back starts again.
    fn at(&mut self, place: u32) -> bool {
        let index = place / u64::BITS;
        if index < self.index {
            (self.word, self.index) = (self.first, 0);
        }
        for _ in self.index..index {
            self.word = murmur64a(&self.word.to_le_bytes(), Self::SEED);
        }
        self.index = index;
        self.word >> (place % u64::BITS) & 1 == 1
    }
}

/// Returns the number of a text's server among `servers`.
fn number(text: &[u8], servers: usize) -> usize {
    if servers <= 1 {
        return 0;
    }
    let mut bits = Bits::of(text);
    let mut digits = servers.next_power_of_two().trailing_zeros();
    let mut place = digits;
    for _ in 0..TRIES {
        while !bits.at(place) {
            digits -= 1;
            if digits == 0 {
                return 0;
            }
            place = digits;
        }
        place += STRIDE;
        let mut number = 1;
        for _ in 1..digits {
            number = number << 1 | usize::from(bits.at(place));
            place += STRIDE;
        }
        if number < servers {
            return number;
        }
    }
    0
}

/// Returns the hashed part of a key: up to the mark.
fn routed(key: &[u8]) -> &[u8] {
    const MARK: &[u8] = b"|#|";
    let mark = key.windows(MARK.len()).position(|part| part == MARK);
    &key[..mark.unwrap_or(key.len())]
}

impl Algorithm for McrouterCh3 {
    fn build(&self, _: &Pool, _: Option<&dyn Balancer>) -> Result<Box<dyn Balancer>, BuildError> {
        Ok(Box::new(*self))
    }

    fn profile(&self) -> Profile {
        Profile {
            key: Key::Required,
            weighted: false,
            ..Profile::TURNS
        }
    }
}

impl Balancer for McrouterCh3 {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let len = pick.pool().len();
        let first = number(routed(pick.key()?), len);
        let mut listed = (first..len).chain(0..first).map(Slot::new);
        listed.find(|&slot| pick.allows(slot))
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let (key, len) = (pick.key()?, pick.pool().len());
        let text = routed(key);
        if text != key {
            steps(Step::Bytes(text));
        }
        steps(Step::of_hash(Bits::of(text).first));
        if len > 0 {
            let number = number(text, len);
            steps(Step::entry(number, len, Slot::new(number)));
        }
        self.pick(pick)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Answers of mcrouter itself.
    #[test]
    fn numbers_equal_mcrouters() {
        const SIZES: [usize; 10] = [1, 2, 3, 5, 7, 10, 25, 100, 1_000, 65_536];
        for (key, expected) in [
            ("c1", [0, 0, 2, 2, 2, 8, 18, 94, 470, 35_836]),
            ("c2", [0, 0, 0, 0, 0, 0, 24, 84, 149, 56_124]),
            ("c3", [0, 1, 1, 4, 4, 4, 22, 90, 90, 90]),
            ("c100", [0, 0, 0, 3, 3, 3, 3, 50, 970, 17_072]),
            ("c201", [0, 0, 2, 3, 3, 8, 8, 74, 107, 40_901]),
            ("c202", [0, 1, 2, 3, 3, 3, 3, 62, 102, 49_823]),
        ] {
            let numbers = SIZES.map(|size| number(key.as_bytes(), size));
            assert_eq!(numbers, expected, "{key}");
        }
    }

    #[test]
    fn only_the_part_before_the_mark_is_hashed() {
        for (key, part) in [("a|#|b|#|c", "a"), ("|#|b", ""), ("a|#b", "a|#b"), ("", "")] {
            assert_eq!(routed(key.as_bytes()), part.as_bytes(), "{key}");
        }
    }
}
