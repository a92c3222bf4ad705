//! From a key to HAProxy's hash of it.

use crate::dialect::hash;
use crate::option::word_option;

word_option!(
    /// HAProxy's hash functions of keys, the second word of `hash-type`.
    HaproxyFunction:
    /// The hash of the sdbm database.
    Sdbm "sdbm",
    /// Bernstein's hash.
    Djb2 "djb2",
    /// HAProxy's own hash.
    Wt6 "wt6",
    /// CRC-32.
    Crc32 "crc32",
    /// The number at the start of the key, from 2.9 on.
    None "none",
);

impl HaproxyFunction {
    /// Returns the hash of a key, mixed once more with `avalanche`.
    pub(super) fn hash(self, key: &[u8], avalanche: bool) -> u32 {
        let hash = match self {
            Self::Sdbm => hash::sdbm(key),
            Self::Djb2 => hash::djb2(key),
            Self::Wt6 => hash::wt6(key),
            Self::Crc32 => crc32fast::hash(key),
            Self::None => leading_number(key),
        };
        if avalanche {
            hash::full_hash(hash)
        } else {
            hash
        }
    }
}

/// Returns the lower half of the signed 64-bit number at the start of a text, or 0 if there is none. A number that is
/// too large becomes the largest.
fn leading_number(text: &[u8]) -> u32 {
    let (sign, digits) = match text {
        [b'-', digits @ ..] => (-1, digits),
        [b'+', digits @ ..] => (1, digits),
        digits => (1, digits),
    };
    let digits = digits.iter().take_while(|byte| byte.is_ascii_digit());
    let number = digits.fold(0i64, |number, &digit| {
        let digit = i64::from(digit - b'0');
        number.saturating_mul(10).saturating_add(sign * digit)
    });
    number as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_end_at_the_first_other_character_and_at_64_bits() {
        for (text, number) in [
            ("", 0),
            ("x1", 0),
            ("12x3", 12),
            ("+7", 7),
            ("--7", 0),
            ("-1", u32::MAX),
            ("4294967297", 1),
            ("18446744073709551615", u32::MAX),
            ("9223372036854775808", u32::MAX),
            ("-9223372036854775809", 0),
        ] {
            assert_eq!(leading_number(text.as_bytes()), number, "{text}");
        }
    }
}
