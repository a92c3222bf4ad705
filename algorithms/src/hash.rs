//! Seeded hashing: the only place that knows which hash is used.

use siphasher::{sip::SipHasher13, sip128};

/// The version of all answers: the hash, the points, the draws and the fills behind them.
///
/// Two builds with the same `HASH_VERSION`, seed and pool route every key alike.
/// A change to any of them is a breaking change and raises this number.
pub const HASH_VERSION: u32 = 1;

/// What keys and names are hashed with: the same seed gives the same answers everywhere.
///
/// The default is a public constant. Where keys come from strangers, take a seed of your own and
/// keep it: who knows the seed can craft keys that all reach one backend.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Seed(pub u64);

impl Seed {
    /// The seed in every door when none is given: 24301 (hexadecimal 5EED).
    pub const DEFAULT: Self = Self(0x5EED);

    /// The 64-bit SipHash-1-3 of a request's key, from which every keyed strategy starts.
    #[inline]
    #[must_use]
    pub fn hash_key(self, key: &[u8]) -> u64 {
        SipHasher13::new_with_keys(self.0, Domain::Key as u64).hash(key)
    }

    /// The 128-bit SipHash-1-3 of a backend's name, as two words.
    pub(crate) fn hash_name(self, domain: Domain, name: &str) -> (u64, u64) {
        let digest = sip128::SipHasher13::new_with_keys(self.0, domain as u64);
        digest.hash(name.as_bytes()).as_u64()
    }
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
        crate::de::whole_number(deserializer, expecting, |seed| Ok(Self(seed)))
    }
}

/// Keeps the uses of one seed apart: the second half of the SipHash key.
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
}

/// The stream of 32-bit ring points of one backend: four from each 128-bit digest of
/// (seed, name, number of the digest as 4 bytes little-endian).
pub(crate) fn ring_points(seed: Seed, name: &str) -> impl Iterator<Item = u32> + use<> {
    let hasher = sip128::SipHasher13::new_with_keys(seed.0, Domain::Point as u64);
    let mut message = Vec::with_capacity(name.len() + 4);
    message.extend_from_slice(name.as_bytes());
    let length = name.len();
    (0u32..).flat_map(move |number| {
        message.truncate(length);
        message.extend_from_slice(&number.to_le_bytes());
        let (first, second) = hasher.hash(&message).as_u64();
        [
            first as u32,
            (first >> 32) as u32,
            second as u32,
            (second >> 32) as u32,
        ]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_and_seeds_are_independent() {
        let digest = |seed, domain| Seed(seed).hash_name(domain, "b1");
        assert_ne!(digest(1, Domain::Draw), digest(2, Domain::Draw));
        assert_ne!(digest(1, Domain::Draw), digest(1, Domain::Permutation));
    }

    #[test]
    fn four_points_come_from_each_digest() {
        let hasher = sip128::SipHasher13::new_with_keys(7, Domain::Point as u64);
        let digest = |number: u8| hasher.hash(&[b'a', number, 0, 0, 0]).as_bytes();
        let expected: Vec<u32> = [digest(0), digest(1)]
            .concat()
            .chunks(4)
            .map(|four| u32::from_le_bytes(four.try_into().unwrap()))
            .collect();
        let points: Vec<u32> = ring_points(Seed(7), "a").take(8).collect();
        assert_eq!(points, expected);
    }
}
