//! Means over several runs, and their confidence intervals.

use serde::Serialize;
use statrs::distribution::{ContinuousCDF, StudentsT};

/// The probability outside a two-sided interval at each end.
const TAIL: f64 = 0.025;

/// The mean over several runs and its 95% confidence interval, by Student's t.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Interval {
    /// The mean.
    pub mean: f64,
    /// The lower end.
    pub low: f64,
    /// The upper end.
    pub high: f64,
}

impl Interval {
    /// Returns the interval over the runs' values; `None` for fewer than two.
    pub(crate) fn of(values: &[f64]) -> Option<Self> {
        let quantile = student(values.len().checked_sub(1)?)?;
        let mean = mean(values);
        let half = quantile * error(values, mean);
        Some(Self {
            mean,
            low: mean - half,
            high: mean + half,
        })
    }

    /// Returns half the width: the value after `±`.
    #[must_use]
    pub fn half_width(&self) -> f64 {
        (self.high - self.low) / 2.
    }

    /// Returns whether a true value of 0 is consistent with the interval.
    #[must_use]
    pub fn includes_zero(&self) -> bool {
        self.low <= 0. && self.high >= 0.
    }
}

pub(crate) fn mean(values: &[f64]) -> f64 {
    // Exactly the common value, if all are equal.
    if values.iter().all(|value| *value == values[0]) {
        return values[0];
    }
    values.iter().sum::<f64>() / values.len() as f64
}

/// Returns the two-sided p-value of a true mean of 0, by Student's t; `None` for fewer than two values, and for equal
/// ones, which show nothing of how far others would be.
pub(crate) fn p_value(values: &[f64]) -> Option<f64> {
    let t = StudentsT::new(0., 1., values.len().checked_sub(1)? as f64).ok()?;
    let mean = mean(values);
    let error = error(values, mean);
    (error > 0.).then(|| settled(2. * t.sf((mean / error).abs())))
}

/// Returns the standard error of a mean.
fn error(values: &[f64], mean: f64) -> f64 {
    let count = values.len() as f64;
    let off = |value: &f64| (value - mean) * (value - mean);
    let variance = values.iter().map(off).sum::<f64>() / (count - 1.);
    (variance / count).sqrt()
}

/// Returns the quantile of Student's t with the probability [`TAIL`] above it.
fn student(degrees_of_freedom: usize) -> Option<f64> {
    let t = StudentsT::new(0., 1., degrees_of_freedom as f64).ok()?;
    Some(settled(t.inverse_cdf(1. - TAIL)))
}

/// Rounds to nine decimals: logarithms differ between platforms in the last digits, and so do distributions computed
/// with them.
pub(crate) fn settled(value: f64) -> f64 {
    (value * 1e9).round() / 1e9
}

#[cfg(test)]
mod tests {
    use super::*;

    /// From the tables of Student's t, 97.5%.
    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (degrees, expected) in [
            (1, 12.706_204_736),
            (2, 4.302_652_730),
            (4, 2.776_445_105),
            (9, 2.262_157_163),
            (19, 2.093_024_054),
            (30, 2.042_272_456),
            (999, 1.962_341_461),
        ] {
            let quantile = student(degrees).unwrap();
            assert!((quantile - expected).abs() < 2e-9, "{degrees}: {quantile}");
        }
    }

    /// Mean 3, standard deviation √2.5, t of 4 degrees: 3 ± 2.776445 · √0.5.
    #[test]
    fn an_interval_equals_the_textbook_example() {
        let interval = Interval::of(&[1., 2., 3., 4., 5.]).unwrap();
        assert_eq!(interval.mean, 3.);
        assert!((interval.half_width() - 1.963_243_161).abs() < 1e-8);
        assert!(!interval.includes_zero());
        assert!(Interval::of(&[-1., 1.5]).unwrap().includes_zero());
        assert_eq!(Interval::of(&[1.]), None);
        assert_eq!(Interval::of(&[]), None);
    }

    /// The interval of a level just reaches 0 if the p-value is one minus the level.
    #[test]
    fn p_values_are_those_of_the_intervals() {
        let interval = Interval::of(&[1., 2., 3., 4., 5.]).unwrap();
        let at_the_end = [1., 2., 3., 4., 5.].map(|value| value - interval.low);
        assert!((p_value(&at_the_end).unwrap() - 0.05).abs() < 1e-8);
        assert_eq!(p_value(&[-1., 1.]), Some(1.));
        assert_eq!(p_value(&[2.; 5]), None);
        assert_eq!((p_value(&[2.]), p_value(&[])), (None, None));
    }

    #[test]
    fn equal_values_have_an_exact_mean() {
        let interval = Interval::of(&[0.1; 7]).unwrap();
        assert_eq!((interval.low, interval.high), (0.1, 0.1));
    }
}
