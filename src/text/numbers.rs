//! Numbers as people read them. CSV and JSON have them in full precision and without separators.

/// A whole number with a comma between each three digits: `1,000,000`.
pub(crate) fn thousands(number: impl Into<u128>) -> String {
    let digits = number.into().to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A share in percent, to a tenth: `50.5%`. Below 1% it has two significant digits: `0.25%`, `0.0031%`. Only all is
/// `100%`, and only nothing `0%`.
pub(crate) fn percent(share: f64) -> String {
    let percent = share * 100.;
    let digits = match percent.abs() {
        none if none == 0. => 0,
        all if all == 100. => 0,
        small if small < 1. => significant(small),
        // What would be rounded to all.
        near if (99.95..100.).contains(&near) => significant(100. - near) - 1,
        _ => 1,
    };
    format!("{percent:.digits$}%")
}

/// The digits behind the point of a number below 1 that has two significant ones.
fn significant(number: f64) -> usize {
    let zeros = -libm::floor(libm::log10(number)) - 1.;
    zeros.clamp(0., 6.) as usize + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_three_digits_are_separated() {
        for (number, text) in [
            (0u64, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_048_576, "1,048,576"),
        ] {
            assert_eq!(thousands(number), text);
        }
    }

    #[test]
    fn shares_have_the_digits_that_tell_them_apart() {
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
