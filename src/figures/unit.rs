//! What tables show a figure in.

use super::interval::Interval;
use super::number::Number;
use crate::text::{fixed, thousands};

/// A unit of tables. JSON and CSV have nanoseconds, bytes and shares as they are.
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
    /// Hundredths of a share.
    Percent,
}

impl Unit {
    /// Returns a value in this unit; a whole number of which none is a part has no digits behind the point.
    #[must_use]
    pub fn text(self, number: Number, digits: usize) -> String {
        match (self, number) {
            (Self::One | Self::Bytes | Self::Nanoseconds, Number::Whole(whole)) => thousands(whole),
            (Self::Percent, _) => format!("{:.digits$}%", number.value() * 100.),
            _ => fixed(number.value() / self.size(), digits),
        }
    }

    /// Returns a mean with half of its interval's width.
    #[must_use]
    pub fn text_of_interval(self, interval: Interval, digits: usize) -> String {
        let (mean, half) = (
            interval.mean / self.size(),
            interval.half_width() / self.size(),
        );
        let suffix = if self == Self::Percent { "%" } else { "" };
        format!("{} ± {}{suffix}", fixed(mean, digits), fixed(half, digits))
    }

    /// Returns how much of what JSON and CSV have is one of it.
    const fn size(self) -> f64 {
        match self {
            Self::One | Self::Bytes | Self::Nanoseconds => 1.,
            Self::Microseconds => 1e3,
            Self::Milliseconds => 1e6,
            Self::Percent => 0.01,
        }
    }
}
