//! The units of figures in tables.

use super::interval::Interval;
use super::number::Number;
use crate::text::{fixed, thousands};

/// A unit of tables. JSON and CSV have nanoseconds, bytes and fractions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// A count or a ratio.
    One,
    /// Bytes.
    Bytes,
    /// Nanoseconds.
    Nanoseconds,
    /// Microseconds.
    Microseconds,
    /// Milliseconds.
    Milliseconds,
    /// Percent of a fraction.
    Percent,
}

impl Unit {
    /// Returns a value in this unit; a whole number in its own unit has no decimals.
    #[must_use]
    pub fn text(self, number: Number, digits: usize) -> String {
        match (self, number) {
            (Self::One | Self::Bytes | Self::Nanoseconds, Number::Whole(whole)) => thousands(whole),
            (Self::Percent, _) => format!("{:.digits$}%", number.value() * 100.),
            _ => fixed(number.value() / self.size(), digits),
        }
    }

    /// Returns a mean with half the width of its interval.
    #[must_use]
    pub fn text_of_interval(self, interval: Interval, digits: usize) -> String {
        let (mean, half) = (
            interval.mean / self.size(),
            interval.half_width() / self.size(),
        );
        let suffix = if self == Self::Percent { "%" } else { "" };
        format!("{} ± {}{suffix}", fixed(mean, digits), fixed(half, digits))
    }

    /// Returns the size of the unit in the unit of JSON and CSV.
    const fn size(self) -> f64 {
        match self {
            Self::One | Self::Bytes | Self::Nanoseconds => 1.,
            Self::Microseconds => 1e3,
            Self::Milliseconds => 1e6,
            Self::Percent => 0.01,
        }
    }
}
