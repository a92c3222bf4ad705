//! The options of Cilium's table.

use std::fmt;

use crate::error::BuildError;

/// The options of [`CiliumMaglev`](crate::dialect::CiliumMaglev).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Options {
    /// Entries in the table.
    pub table_size: TableSize,
    /// The seed for the hashes of identities and packets.
    pub hash_seed: HashSeed,
}

/// A number of entries that Cilium accepts, by default 16,381.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableSize(u32);

impl TableSize {
    /// Cilium's default.
    pub const DEFAULT: Self = Self(16_381);

    /// The smallest table that Cilium accepts.
    pub const MIN: Self = Self(251);

    /// The numbers of entries that Cilium accepts.
    pub const ALL: [u32; 10] = [
        251, 509, 1_021, 2_039, 4_093, 8_191, 16_381, 32_749, 65_521, 131_071,
    ];

    pub(super) const EXPECTED: &str =
        "one of 251, 509, 1021, 2039, 4093, 8191, 16381, 32749, 65521 and 131071";

    /// Checks a number of entries.
    ///
    /// # Errors
    /// [`BuildError::Unfit`] if Cilium does not accept it.
    pub fn new(size: u64) -> Result<Self, BuildError> {
        let known = Self::ALL
            .into_iter()
            .find(|&known| u64::from(known) == size);
        known.map(Self).ok_or_else(|| BuildError::Unfit {
            option: "table_size",
            value: size.to_string(),
            expected: Self::EXPECTED,
        })
    }

    /// Returns the number of entries.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

impl Default for TableSize {
    fn default() -> Self {
        Self::DEFAULT
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for TableSize {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::de::whole_number(deserializer, &Self::EXPECTED, Self::new)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for TableSize {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.0)
    }
}

/// Three seeds of 32 bits, written as Base64: for identities, for IPv4 packets and for IPv6 packets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashSeed(u128);

impl HashSeed {
    /// Cilium's default, `JLfvgnHc2kaSUFaI`. It is public: anyone can craft packets that all reach one backend.
    pub const DEFAULT: Self = Self(0x24B7_EF82_71DC_DA46_9250_5688);

    pub(super) const EXPECTED: &str = "12 bytes in Base64, which are 16 characters";

    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

    const LEN: u32 = 16;

    /// Reads the twelve bytes.
    ///
    /// # Errors
    /// [`BuildError::Unfit`] if the text is not 12 bytes in Base64.
    pub fn new(text: &str) -> Result<Self, BuildError> {
        let digit = |byte| Self::DIGITS.iter().position(|&digit| digit == byte);
        let read = |seed: u128, byte| Some(seed << 6 | digit(byte)? as u128);
        let seed = text.bytes().try_fold(0, read);
        let seed = seed.filter(|_| text.len() == Self::LEN as usize);
        seed.map(Self).ok_or_else(|| BuildError::Unfit {
            option: "hash_seed",
            value: format!("`{text}`"),
            expected: Self::EXPECTED,
        })
    }

    /// Returns the seed for identities.
    pub(super) const fn of_identities(self) -> u32 {
        (self.0 >> 64) as u32
    }

    /// Returns the seed for IPv4 packets.
    pub(super) const fn of_packets(self) -> u32 {
        (self.0 >> 32) as u32
    }
}

impl Default for HashSeed {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl fmt::Display for HashSeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digit = |place: u32| Self::DIGITS[(self.0 >> (6 * place) & 63) as usize];
        let text: String = (0..Self::LEN)
            .rev()
            .map(|place| char::from(digit(place)))
            .collect();
        f.pad(&text)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for HashSeed {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::de::text(deserializer, Self::EXPECTED, Self::new)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for HashSeed {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_seed_is_twelve_bytes_in_base64() {
        let seed = HashSeed::new("JLfvgnHc2kaSUFaI").unwrap();
        assert_eq!(seed, HashSeed::DEFAULT);
        assert_eq!(seed.to_string(), "JLfvgnHc2kaSUFaI");
        assert_eq!(
            (seed.of_identities(), seed.of_packets()),
            (0x24B7_EF82, 0x71DC_DA46)
        );
        let ends = ["AAAAAAAAAAAAAAAA", "////////////////"];
        assert_eq!(
            ends.map(|end| HashSeed::new(end).unwrap().to_string()),
            ends
        );
        for wrong in [
            "",
            "JLfvgnHc2kaSUFa",
            "JLfvgnHc2kaSUFaI=",
            "JLfvgnHc2kaSUFa=",
            "JLfvgnHc2kaSUFaIAAAAAAAAAAAAAAAAAAAA",
        ] {
            let error = HashSeed::new(wrong).unwrap_err().to_string();
            let expected = "is not 12 bytes in Base64, which are 16 characters";
            assert_eq!(error, format!("hash_seed `{wrong}` {expected}"));
        }
    }

    #[test]
    fn only_sizes_of_cilium_are_accepted() {
        for size in TableSize::ALL {
            assert_eq!(TableSize::new(size.into()), Ok(TableSize(size)));
        }
        for wrong in [0, 7, 65_537, 1 << 32 | 251] {
            assert!(TableSize::new(wrong).is_err());
        }
    }
}
