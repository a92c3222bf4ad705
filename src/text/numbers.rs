//! Numbers for readers, and whole numbers as they write them. CSV and JSON have full precision and no separators.

use std::str::FromStr;

/// Reads a whole number from digits alone. Rust would also read a plus sign, which the programs that we imitate
/// refuse.
pub(crate) fn whole<T: FromStr>(text: &str) -> Option<T> {
    let is_whole = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_whole)
}

/// Returns a whole number with a comma between groups of three digits: `1,000,000`.
pub(crate) fn thousands(number: impl Into<u128>) -> String {
    grouped(&number.into().to_string())
}

/// A number with so many digits behind the point, and commas as well: `1,234.5`.
pub(crate) fn fixed(number: f64, digits: usize) -> String {
    grouped(&format!("{number:.digits$}"))
}

/// A number with at most so many digits behind the point, without zeros at the end: `1.5`, `3`.
pub(crate) fn trimmed(number: f64, digits: usize) -> String {
    let text = fixed(number, digits);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

/// With a comma between each three digits before the point.
fn grouped(number: &str) -> String {
    let sign = number.len() - number.trim_start_matches('-').len();
    let end = number.find('.').unwrap_or(number.len());
    let mut text = String::with_capacity(number.len() + end / 3);
    for (place, character) in number.char_indices() {
        let left = end.saturating_sub(place);
        if place > sign && left > 0 && left.is_multiple_of(3) {
            text.push(',');
        }
        text.push(character);
    }
    text
}

/// Returns a share in percent, to a tenth: `50.5%`. Below 1% it has two significant digits: `0.25%`, `0.0031%`. Only
/// all is `100%`, and only nothing is `0%`.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.;
    let digits = match percent.abs() {
        0. | 100. => 0,
        small if small < 1. => significant(small),
        // It would be rounded to all.
        near if (99.95..100.).contains(&near) => significant(100. - near) - 1,
        _ => 1,
    };
    format!("{percent:.digits$}%")
}

/// Returns the decimals of a number below 1 with two significant digits.
fn significant(number: f64) -> usize {
    let zeros = -libm::floor(libm::log10(number)) - 1.;
    zeros.clamp(0., 6.) as usize + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_have_only_digits() {
        assert_eq!(whole("0080"), Some(80u16));
        for wrong in ["", "+80", "-80", " 80", "8_0", "65536", "٣"] {
            assert_eq!(whole::<u16>(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn groups_of_three_digits_are_separated() {
        for (number, text) in [
            (0u64, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_048_576, "1,048,576"),
        ] {
            assert_eq!(thousands(number), text);
        }
        for (number, digits, text) in [
            (0.5, 2, "0.50"),
            (-123., 0, "-123"),
            (-1234.56, 1, "-1,234.6"),
            (999_999.96, 1, "1,000,000.0"),
            (1234.5678, 4, "1,234.5678"),
        ] {
            assert_eq!(fixed(number, digits), text);
        }
    }

    #[test]
    fn zeros_at_the_end_are_trimmed() {
        for (number, digits, text) in [
            (1.5, 4, "1.5"),
            (3., 4, "3"),
            (1200., 0, "1,200"),
            (0.12345, 4, "0.1235"),
        ] {
            assert_eq!(trimmed(number, digits), text);
        }
    }

    #[test]
    fn shares_have_significant_digits() {
        for (share, text) in [
            (0., "0%"),
            (0.505, "50.5%"),
            (0.09091, "9.1%"),
            (0.0025, "0.25%"),
            (0.000_031, "0.0031%"),
            (0.999, "99.9%"),
            (0.9997, "99.97%"),
            (1., "100%"),
            (1.25, "125.0%"),
        ] {
            assert_eq!(percent(share), text);
        }
    }
}
