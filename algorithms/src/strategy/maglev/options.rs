//! The options of the Maglev table: a prime number of entries.

use crate::error::BuildError;

/// The largest table: 16,777,213 entries, the last prime below 2^24.
pub const MAX_TABLE_SIZE: u32 = 16_777_213;

/// The options of [`Maglev`](crate::Maglev).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Options {
    /// Entries in the table.
    pub table_size: TableSize,
}

/// A prime number of entries, 2 to [`MAX_TABLE_SIZE`], by default 65,537. Only with a prime does every skip reach every
/// entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableSize(u32);

impl TableSize {
    /// The paper's smaller table, 65,537: enough for about 650 backends.
    pub const DEFAULT: Self = Self(65_537);

    /// A table that is fast to build, 4,099: enough for about 40 backends.
    pub const SMALL: Self = Self(4_099);

    /// Checks a number of entries.
    ///
    /// # Errors
    /// [`BuildError::TableSizeNotPrime`] and [`BuildError::TableTooLarge`].
    pub fn new(size: u64) -> Result<Self, BuildError> {
        let checked = u32::try_from(size)
            .ok()
            .filter(|&size| size <= MAX_TABLE_SIZE);
        let checked = checked.ok_or(BuildError::TableTooLarge {
            size,
            max: MAX_TABLE_SIZE,
        })?;
        if is_prime(checked) {
            Ok(Self(checked))
        } else {
            Err(BuildError::TableSizeNotPrime {
                size,
                next: next_prime(checked),
            })
        }
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
        crate::de::whole_number(deserializer, &"a prime number such as 65537", Self::new)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for TableSize {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u32(self.0)
    }
}

fn is_prime(number: u32) -> bool {
    let mut divisors = (2..).take_while(|divisor| divisor * divisor <= number);
    number >= 2 && divisors.all(|divisor| !number.is_multiple_of(divisor))
}

/// Returns the smallest prime from `number` on.
pub(super) fn next_prime(number: u32) -> u32 {
    (number..)
        .find(|&candidate| is_prime(candidate))
        .expect("there is no largest prime")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_checked_and_the_next_prime_is_named() {
        assert_eq!(TableSize::new(7), Ok(TableSize(7)));
        for (size, next) in [
            (0, 2),
            (1, 2),
            (8, 11),
            (65_536, 65_537),
            (16_777_212, 16_777_213),
        ] {
            assert_eq!(
                TableSize::new(size),
                Err(BuildError::TableSizeNotPrime { size, next })
            );
        }
        let size = u64::from(MAX_TABLE_SIZE) + 1;
        assert_eq!(
            TableSize::new(size),
            Err(BuildError::TableTooLarge {
                size,
                max: MAX_TABLE_SIZE,
            })
        );
    }
}
