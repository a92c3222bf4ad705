//! Whole numbers in a range, for the options of your own algorithms.

use std::fmt;

#[cfg(feature = "serde")]
use crate::de;
use crate::error::BuildError;

/// A whole number from `MIN` to `MAX`, by default `DEFAULT`: an option of your own algorithm. In a config, a number out
/// of range is rejected with its location.
///
/// ```
/// use evenkeel_algorithms::WholeNumber;
///
/// type Length = WholeNumber<1, 1_000, 10>;
///
/// assert_eq!(Length::default().get(), 10);
/// assert_eq!(Length::new(20)?.get(), 20);
/// let error = Length::new(0).unwrap_err().to_string();
/// assert_eq!(error, "0 is out of range; expected 1 to 1000");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct WholeNumber<const MIN: u64, const MAX: u64, const DEFAULT: u64>(u64);

impl<const MIN: u64, const MAX: u64, const DEFAULT: u64> WholeNumber<MIN, MAX, DEFAULT> {
    /// The smallest number.
    pub const MIN: u64 = MIN;
    /// The largest number.
    pub const MAX: u64 = MAX;
    /// A default out of range does not compile.
    const DEFAULT: Self = {
        assert!(
            MIN <= DEFAULT && DEFAULT <= MAX,
            "the default is out of range"
        );
        Self(DEFAULT)
    };

    /// Checks a number.
    ///
    /// # Errors
    /// [`BuildError::NumberOutOfRange`].
    pub fn new(number: u64) -> Result<Self, BuildError> {
        if (MIN..=MAX).contains(&number) {
            Ok(Self(number))
        } else {
            Err(BuildError::NumberOutOfRange {
                number,
                min: MIN,
                max: MAX,
            })
        }
    }

    /// Returns the number.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl<const MIN: u64, const MAX: u64, const DEFAULT: u64> Default
    for WholeNumber<MIN, MAX, DEFAULT>
{
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl<const MIN: u64, const MAX: u64, const DEFAULT: u64> fmt::Display
    for WholeNumber<MIN, MAX, DEFAULT>
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(feature = "serde")]
impl<'de, const MIN: u64, const MAX: u64, const DEFAULT: u64> serde::Deserialize<'de>
    for WholeNumber<MIN, MAX, DEFAULT>
{
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        de::whole_number(
            deserializer,
            &format_args!("a whole number from {MIN} to {MAX}"),
            Self::new,
        )
    }
}

#[cfg(feature = "serde")]
impl<const MIN: u64, const MAX: u64, const DEFAULT: u64> serde::Serialize
    for WholeNumber<MIN, MAX, DEFAULT>
{
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u64(self.0)
    }
}
