//! Values that several commands read.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::str::FromStr;

use crate::text::whole;

/// Reads a whole number of a range; `_` may separate digits.
pub(super) fn within<T: FromStr + PartialOrd + Display>(
    range: RangeInclusive<T>,
) -> impl Fn(&str) -> Result<T, String> + Clone
where
    RangeInclusive<T>: Clone,
{
    move |text| {
        let number = whole(&text.replace('_', "")).filter(|number| range.contains(number));
        let (least, most) = (range.start(), range.end());
        number.ok_or_else(|| format!("expected a whole number from {least} to {most}"))
    }
}

pub(super) fn count(text: &str) -> Result<u32, String> {
    within(1..=u32::MAX)(text)
}

/// The file to write: `-`, which is standard output elsewhere, would make a file of that name.
pub(super) fn output(text: &str) -> Result<PathBuf, String> {
    if text == "-" {
        return Err("expected the name of a file; `-` would be a file of that name".to_owned());
    }
    Ok(text.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_digits_within_a_range() {
        let read = within(1..=10_000u32);
        assert_eq!(read("10_000"), Ok(10_000));
        for wrong in ["", "0", "10001", "+1", "-1", "1.0", "99999999999"] {
            let expected = "expected a whole number from 1 to 10000".to_owned();
            assert_eq!(read(wrong), Err(expected), "{wrong}");
        }
    }
}
