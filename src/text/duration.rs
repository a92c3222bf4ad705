//! Times with a unit, as people write them.

use std::fmt;

use serde::de::{Deserialize, Deserializer};

use evenkeel_config::CheckedText;

/// Units and their nanoseconds. A unit that ends like another one comes before it.
const UNITS: [(&str, f64); 6] = [
    ("ns", 1.),
    ("us", 1e3),
    ("ms", 1e6),
    ("s", 1e9),
    ("m", 60e9),
    ("h", 3600e9),
];

/// The longest time: a million seconds.
const MOST: f64 = 1e15;

const EXPECTED: &str =
    "expected a number and a unit (ns, us, ms, s, m or h), such as 50ms; at most 1000000s";

/// A time in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Nanoseconds(pub(crate) u64);

impl Nanoseconds {
    /// Reads a number and a unit, from zero to a million seconds.
    ///
    /// # Errors
    /// What was expected.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let of = |(unit, length): &(&str, f64)| {
            let number: f64 = text.strip_suffix(unit)?.trim_end().parse().ok()?;
            Some(number * length)
        };
        let time = UNITS
            .iter()
            .find_map(of)
            .filter(|time| (0. ..=MOST).contains(time))
            .ok_or_else(|| EXPECTED.to_owned())?;
        Ok(Self(time.round() as u64))
    }
}

impl fmt::Display for Nanoseconds {
    /// Writes seconds, to the microsecond.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} s", (self.0 as f64 / 1e3).round() / 1e6)
    }
}

impl<'de> Deserialize<'de> for Nanoseconds {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(CheckedText {
            expecting: "a time with its unit (ns, us, ms, s, m or h), such as 50ms",
            check: |text: &str| {
                Self::parse(text).map_err(|expected| format!("`{text}`: {expected}"))
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_unit() {
        for (text, expected) in [
            ("50ms", 50_000_000),
            ("1.5 s", 1_500_000_000),
            ("7ns", 7),
            ("2m", 120_000_000_000),
            ("1h", 3_600_000_000_000),
            ("0s", 0),
        ] {
            assert_eq!(
                Nanoseconds::parse(text),
                Ok(Nanoseconds(expected)),
                "{text}"
            );
        }
        for wrong in ["50", "ms", "-1s", "NaNs", "1e9s", "1d"] {
            assert!(Nanoseconds::parse(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn times_are_written_in_seconds() {
        for (nanoseconds, expected) in [(30_000_000_000, "30 s"), (1_500_000, "0.0015 s")] {
            assert_eq!(Nanoseconds(nanoseconds).to_string(), expected);
        }
    }
}
