//! How a figure is written.

use super::drawing::Unit;
use crate::text::{thousands, trimmed};

impl Unit {
    /// A figure as an axis and a tip show it.
    pub(crate) fn write(self, figure: f64) -> String {
        match self {
            Self::Number => rounded(figure, 4),
            Self::Count => thousands(figure.round() as u64),
            Self::Percent => {
                // The nines after the point matter.
                let digits = if (0.99..1.).contains(&figure) { 5 } else { 3 };
                format!("{}%", rounded(figure * 100., digits))
            }
            Self::Nanoseconds => scaled(figure, 1e3, &["ns", "µs", "ms", "s"]),
            Self::Bytes => scaled(figure, 1e3, &["B", "kB", "MB", "GB"]),
        }
    }
}

/// In the largest unit of which there is one, to three digits.
fn scaled(figure: f64, step: f64, units: &[&str]) -> String {
    if figure == 0. {
        return "0".to_owned();
    }
    let mut figure = figure;
    let mut units = units.iter();
    let mut unit = units.next().copied().unwrap_or_default();
    for next in units {
        if figure.abs() < step {
            break;
        }
        figure /= step;
        unit = next;
    }
    format!("{} {unit}", rounded(figure, 3))
}

/// To so many digits, those before the point always, without zeros at the end.
fn rounded(figure: f64, digits: i32) -> String {
    if figure == 0. {
        return "0".to_owned();
    }
    let before = libm::floor(libm::log10(figure.abs())) as i32 + 1;
    let decimals = (digits - before).clamp(0, 9) as usize;
    trimmed(figure, decimals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_written_in_the_unit_that_fits() {
        let written = [
            (Unit::Number, 1.00764, "1.008"),
            (Unit::Number, 26213.8, "26,214"),
            (Unit::Number, 0.0039, "0.0039"),
            (Unit::Count, 1_000_000., "1,000,000"),
            (Unit::Count, 4016., "4,016"),
            (Unit::Percent, 0.09091, "9.09%"),
            (Unit::Percent, 0.9995, "99.95%"),
            (Unit::Percent, 1., "100%"),
            (Unit::Percent, 0., "0%"),
            (Unit::Nanoseconds, 26_213_834., "26.2 ms"),
            (Unit::Nanoseconds, 0., "0"),
            (Unit::Nanoseconds, 999., "999 ns"),
            (Unit::Nanoseconds, 1_500., "1.5 µs"),
            (Unit::Nanoseconds, 7.2e12, "7,200 s"),
            (Unit::Bytes, 131_074., "131 kB"),
        ];
        for (unit, figure, text) in written {
            assert_eq!(unit.write(figure), text);
        }
    }
}
