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
            (Self::Percent, _) => percent(number.value() * 100., digits),
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

/// So many digits; what is more than nothing is never shown as nothing.
fn percent(percent: f64, digits: usize) -> String {
    let text = format!("{percent:.digits$}%");
    let is_nothing = text.trim_end_matches('%').parse() == Ok(0.);
    if is_nothing && percent > 0. {
        let least = libm::pow(10., -(digits as f64));
        return format!("<{least:.digits$}%");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_share_is_not_shown_as_nothing() {
        for (share, digits, text) in [
            (0., 2, "0.00%"),
            (0.000_001, 2, "<0.01%"),
            (0.000_049, 2, "<0.01%"),
            (0.000_051, 2, "0.01%"),
            (0.000_4, 1, "<0.1%"),
            (0.004, 0, "<1%"),
            (0.5, 1, "50.0%"),
        ] {
            assert_eq!(Unit::Percent.text(Number::Real(share), digits), text);
        }
    }
}
