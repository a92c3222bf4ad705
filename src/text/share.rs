//! Shares as people write them: in percent or as fractions.

use serde::de::{Deserialize, Deserializer};

use evenkeel_config::CheckedText;

/// A share from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Share(pub(crate) f64);

/// Reads a share of at most 1, in percent or as a fraction.
pub(crate) fn share(text: &str) -> Result<f64, String> {
    let (number, of) = match text.strip_suffix('%') {
        Some(number) => (number.trim_end(), 100.),
        None => (text, 1.),
    };
    let share = number.parse().ok().map(|number: f64| number / of);
    let fitting = share.filter(|share| (0. ..=1.).contains(share));
    fitting.ok_or_else(|| {
        let hint = match share {
            Some(number) if of == 1. && (1. ..=100.).contains(&number) => {
                format!("; did you mean `{number}%`?")
            }
            _ => String::new(),
        };
        format!("expected a share of at most 100%, such as 12% or 0.12{hint}")
    })
}

impl<'de> Deserialize<'de> for Share {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(CheckedText {
            expecting: "a share of at most 100%, such as 12% or 0.12",
            check: |text: &str| {
                let share = share(text).map_err(|expected| format!("`{text}`: {expected}"));
                share.map(Self)
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn shares_are_percentages_or_fractions() {
        for (text, expected) in [("12%", 0.12), ("0.12", 0.12), ("100 %", 1.), ("0", 0.)] {
            assert_eq!(share(text), Ok(expected), "{text}");
        }
        for wrong in ["200%", "12", "-1%", "NaN", "inf", "", "%", "a"] {
            assert!(share(wrong).is_err(), "{wrong}");
        }
    }
}
