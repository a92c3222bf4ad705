//! Seeded hashing: the only module that knows which hash is used.

use std::fmt;
use std::hash::Hasher;
use std::ops::Range;

use crate::backend::Weight;

use siphasher::{sip::SipHasher13, sip128};
use xxhash_rust::xxh3::xxh3_64_with_seed;

/// The version of all answers: the hash and the points, draws and table fills based on it.
///
/// Two builds with the same `HASH_VERSION`, seed and pool route every key alike. A change to any of them is a breaking
/// change and increments this number.
pub const HASH_VERSION: u32 = 2;

/// The seed for hashing keys and names: the same seed gives the same answers everywhere.
///
/// The default is a public constant. If keys come from untrusted sources, choose your own seed and keep it secret:
/// anyone who knows the seed can craft keys that all reach one backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seed(pub u64);

impl Seed {
    /// The default seed: 24301 (hexadecimal 5EED).
    pub const DEFAULT: Self = Self(0x5EED);
}

impl Default for Seed {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Seed {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let expecting = "a seed, a whole number from 0 to 18446744073709551615";
        crate::de::whole_number(deserializer, &expecting, |seed| Ok(Self(seed)))
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Seed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}

/// The function that hashes the keys of requests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum HashFunction {
    /// SipHash-1-3, keyed by the seed: without the seed, colliding keys cannot be crafted.
    #[default]
    Sip13,
    /// XXH3, 64 bits: much faster, but without defence. Colliding keys can be computed, because the seed is only mixed
    /// in. Use it only for trusted keys.
    Xxh3,
}

impl fmt::Display for HashFunction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Sip13 => "sip13",
            Self::Xxh3 => "xxh3",
        })
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for HashFunction {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::de::one_of(
            deserializer,
            "`sip13` or `xxh3`",
            &[("sip13", Self::Sip13), ("xxh3", Self::Xxh3)],
        )
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for HashFunction {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// How keys and names are hashed: names always by SipHash-1-3, keys by the selected function.
///
/// ```
/// use evenkeel_algorithms::{HashFunction, Hashing, Ketama, Seed};
///
/// let fast = Hashing { function: HashFunction::Xxh3, ..Hashing::from(Seed(7)) };
/// let ring = Ketama::new(fast, Default::default());
/// # let _ = ring;
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Hashing {
    /// The seed.
    pub seed: Seed,
    /// The function for keys.
    pub function: HashFunction,
}

impl From<Seed> for Hashing {
    fn from(seed: Seed) -> Self {
        let function = HashFunction::default();
        Self { seed, function }
    }
}

impl Hashing {
    /// Returns the 64-bit hash of a request's key, from which every algorithm by key starts.
    #[inline]
    #[must_use]
    pub fn key(self, key: &[u8]) -> u64 {
        match self.function {
            HashFunction::Sip13 => {
                SipHasher13::new_with_keys(self.seed.0, Domain::Key as u64).hash(key)
            }
            HashFunction::Xxh3 => xxh3_64_with_seed(key, self.seed.0),
        }
    }

    /// Returns the 64-bit hash of a backend's name, for your own algorithms. It is unrelated to the hash of a key with
    /// the same text.
    #[must_use]
    pub fn backend(self, name: &str) -> u64 {
        self.name(Domain::Custom, name).0
    }

    /// Returns a hash of two numbers, such as the hashes of a key and of a backend, or the index of a table entry and
    /// the hash of a backend. Every bit depends on every bit of both and on their order.
    ///
    /// ```
    /// use evenkeel_algorithms::Hashing;
    ///
    /// let hashing = Hashing::default();
    /// let [a, b] = ["a", "b"].map(|name| hashing.backend(name));
    /// assert_ne!(Hashing::mixed(a, b), Hashing::mixed(b, a));
    /// ```
    #[inline]
    #[must_use]
    pub const fn mixed(one: u64, other: u64) -> u64 {
        mix(one ^ mix(other.wrapping_add(GOLDEN_GAMMA)))
    }

    /// Returns the arrival time of a backend of this weight in a race that a hash starts: weighted rendezvous hashing.
    /// Each backend arrives first with a probability in proportion to its weight, and a backend that joins or leaves
    /// changes nothing between the others. The result is the same on every machine.
    ///
    /// ```
    /// use evenkeel_algorithms::{Hashing, Weight};
    ///
    /// let (hash, two) = (0x1234_5678_9ABC_DEF0, Weight::new(2)?);
    /// assert_eq!(2. * Hashing::arrival(hash, two), Hashing::arrival(hash, Weight::MIN));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn arrival(hash: u64, weight: Weight) -> f64 {
        // Between 0 and 1, both excluded: the middle of one of 2^53 equal intervals.
        let part = ((hash >> 11) as f64 + 0.5) / (1_u64 << 53) as f64;
        -libm::log(part) / f64::from(weight.get())
    }

    /// Returns the 128-bit SipHash-1-3 of a backend's name, as two words.
    pub(crate) fn name(self, domain: Domain, name: &str) -> (u64, u64) {
        let digest = sip128::SipHasher13::new_with_keys(self.seed.0, domain as u64);
        digest.hash(name.as_bytes()).as_u64()
    }

    /// Returns some of the points of a backend on a circle: the numbers of a SplitMix64 that starts from the second
    /// word of the name's hash.
    pub(crate) fn points(
        self,
        name: &str,
        range: Range<usize>,
    ) -> impl Iterator<Item = u64> + use<> {
        let (_, start) = self.name(Domain::Point, name);
        let number = move |index| mix(start.wrapping_add(GOLDEN_GAMMA.wrapping_mul(index + 1)));
        (range.start as u64..range.end as u64).map(number)
    }

    /// Returns the upper halves of some of its points, for a 32-bit ring.
    pub(crate) fn ring_points(
        self,
        name: &str,
        range: Range<usize>,
    ) -> impl Iterator<Item = u32> + use<> {
        self.points(name, range).map(|point| (point >> 32) as u32)
    }
}

/// A stable digest of what decides where requests go, built up in pieces: see
/// [`Snapshot::fingerprint`](crate::Snapshot::fingerprint). It is the same on every machine.
#[derive(Clone, Debug)]
pub struct Fingerprint(SipHasher13);

impl Fingerprint {
    pub(crate) fn new() -> Self {
        Self(SipHasher13::new_with_keys(
            HASH_VERSION.into(),
            Domain::Fingerprint as u64,
        ))
    }

    /// Adds a number.
    pub fn number(&mut self, number: u64) {
        self.0.write(&number.to_le_bytes());
    }

    /// Adds a text, so that no two sequences of texts are confused.
    pub fn text(&mut self, text: &str) {
        self.number(text.len() as u64);
        self.0.write(text.as_bytes());
    }

    /// Adds the name of an algorithm and how it hashes.
    pub fn strategy(&mut self, name: &str, hashing: Hashing) {
        self.text(name);
        self.number(hashing.seed.0);
        self.number(hashing.function as u64);
    }

    pub(crate) fn finish(&self) -> u64 {
        self.0.finish()
    }
}

/// The increment of SplitMix64.
pub(crate) const GOLDEN_GAMMA: u64 = 0x9E37_79B9_7F4A_7C15;

/// The numbers of a SplitMix64.
#[derive(Clone, Debug)]
pub(crate) struct SplitMix(u64);

impl SplitMix {
    #[inline]
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    #[inline]
    pub(crate) const fn next_number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GOLDEN_GAMMA);
        mix(self.0)
    }
}

/// Returns a hash scaled to an index below `len`.
#[inline]
pub(crate) const fn scaled(hash: u64, len: usize) -> usize {
    ((hash as u128 * len as u128) >> 64) as usize
}

/// Returns the finaliser of SplitMix64 (G. L. Steele, D. Lea, C. H. Flood: Fast Splittable Pseudorandom
/// Number Generators, OOPSLA 2014): every bit of the result depends on every bit of the word.
#[inline]
pub(crate) const fn mix(word: u64) -> u64 {
    let word = (word ^ word >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let word = (word ^ word >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ word >> 31
}

/// Separates the uses of one seed: the second half of the SipHash key.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Domain {
    /// A request's key.
    Key = 0,
    /// A backend's points on a ring.
    Point = 1,
    /// A backend's identity in rendezvous draws.
    Draw = 2,
    /// A backend's permutation of a lookup table.
    Permutation = 3,
    /// The hash of fingerprints, which is not secret.
    Fingerprint = 4,
    /// A client's or a backend's identity in the draws for a subset.
    Subset = 5,
    /// A newcomer's identity in the draws for when a key moves to it.
    WarmUp = 6,
    /// A backend's identity for algorithms of other crates.
    Custom = 7,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_and_seeds_are_independent() {
        let digest = |seed, domain| Hashing::from(Seed(seed)).name(domain, "b1");
        assert_ne!(digest(1, Domain::Draw), digest(2, Domain::Draw));
        assert_ne!(digest(1, Domain::Draw), digest(1, Domain::Permutation));
    }

    /// The first numbers of the published SplitMix64 from state 0 and from 1,234,567.
    #[test]
    fn points_are_the_numbers_of_splitmix64() {
        let number = |start: u64| mix(start.wrapping_add(GOLDEN_GAMMA));
        assert_eq!(number(0), 0xE220_A839_7B1D_CDAF);
        assert_eq!(number(1_234_567), 6_457_827_717_110_365_317);
        let hashing = Hashing::from(Seed(7));
        let (_, start) = hashing.name(Domain::Point, "a");
        let second = mix(start.wrapping_add(GOLDEN_GAMMA.wrapping_mul(2)));
        assert!(hashing.ring_points("a", 1..2).eq([(second >> 32) as u32]));
    }

    #[cfg(feature = "serde")]
    #[test]
    fn seeds_and_functions_are_written_as_they_are_read() {
        let seed = Seed(u64::MAX);
        let written = serde_json::to_string(&seed).unwrap();
        assert_eq!(serde_json::from_str::<Seed>(&written).unwrap(), seed);
        for (function, text) in [
            (HashFunction::Sip13, r#""sip13""#),
            (HashFunction::Xxh3, r#""xxh3""#),
        ] {
            assert_eq!(serde_json::to_string(&function).unwrap(), text);
            assert_eq!(
                serde_json::from_str::<HashFunction>(text).unwrap(),
                function
            );
        }
    }
}
