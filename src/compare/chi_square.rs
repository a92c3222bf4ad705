//! Whether a spread differs significantly from chance.

use serde::Serialize;
use statrs::distribution::{ChiSquared, ContinuousCDF};

use crate::figures::{figures, settled};

/// The significance level. A report tests about fifteen strategies at once, with the dialects over sixty, and none of
/// them should be significant by chance.
const LEVEL: f64 = 0.001;

/// The minimum expected number of keys per backend; with fewer, the distribution is not chi-square (W. Cochran, 1954).
const MIN_EXPECTED: f64 = 5.;

/// Pearson's test of loads against random assignment in proportion to the weights.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct ChiSquare {
    /// Σ (x − λ)² / λ over the eligible backends.
    pub statistic: f64,
    /// The number of these backends minus one; summed over the runs, like the statistic.
    pub degrees_of_freedom: u64,
    /// Two-sided: twice the smaller of P(X ≤ x) and P(X ≥ x), at most 1.
    pub p_value: f64,
    /// The finding.
    pub finding: Finding,
    /// Half of the step size of the statistic.
    #[serde(skip)]
    half_step: f64,
}

/// The finding of a test of the spread.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
    /// Significantly more uneven than by chance.
    Uneven,
    /// Significantly more even than by chance.
    MoreEven,
    /// Not significant.
    NothingShown,
}

figures! { pub ChiSquare {
    /// Σ (x − λ)² / λ.
    STATISTIC = neither("chi_square", "chi-square", One, 2, |of| of.statistic);
    /// The number of backends minus one.
    DEGREES_OF_FREEDOM = neither("chi_square_df", "df", One, 0, |of| of.degrees_of_freedom);
    /// Two-sided.
    P_VALUE = neither("chi_square_p", "p", One, 3, |of| of.p_value);
} }

impl ChiSquare {
    /// Returns the test of (load, weight) pairs; `None` for fewer than two, or if a backend's expected load is too
    /// small.
    pub(super) fn of(loads: impl Iterator<Item = (u64, u32)> + Clone) -> Option<Self> {
        let (mut total, mut weights, mut backends, mut least) = (0, 0, 0u64, u32::MAX);
        for (load, weight) in loads.clone() {
            total += load;
            weights += u64::from(weight);
            backends += 1;
            least = least.min(weight);
        }
        let due = |weight| total as f64 * (f64::from(weight) / weights as f64);
        if backends < 2 || due(least) < MIN_EXPECTED {
            return None;
        }
        let off = |(load, weight)| {
            let difference = load as f64 - due(weight);
            difference * difference / due(weight)
        };
        Self::new(loads.map(off).sum(), backends - 1, 1. / due(least))
    }

    /// Returns the test over several independent runs.
    pub(super) fn sum(runs: &[Self]) -> Option<Self> {
        Self::new(
            runs.iter().map(|run| run.statistic).sum(),
            runs.iter().map(|run| run.degrees_of_freedom).sum(),
            runs.iter().map(|run| run.half_step).fold(0., f64::max),
        )
    }

    /// Loads are whole numbers, so the statistic has steps, of 2/λ if the weights are equal, and two loads are exactly
    /// even in 8 of 100 cases of a hundred keys. P(X ≤ x) is taken in the middle of the step; for P(X ≥ x) it makes no
    /// difference.
    fn new(statistic: f64, degrees_of_freedom: u64, half_step: f64) -> Option<Self> {
        let chance = ChiSquared::new(degrees_of_freedom as f64).ok()?;
        let below = chance.cdf(statistic + half_step);
        let above = chance.sf(statistic);
        let p_value = settled((2. * below.min(above)).min(1.));
        let finding = match p_value < LEVEL {
            true if above < below => Finding::Uneven,
            true => Finding::MoreEven,
            false => Finding::NothingShown,
        };
        Some(Self {
            statistic,
            degrees_of_freedom,
            p_value,
            finding,
            half_step,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn test(loads: &[u64]) -> Option<ChiSquare> {
        ChiSquare::of(loads.iter().map(|&load| (load, 1)))
    }

    /// From the tables of the chi-square distribution.
    #[test]
    fn tails_are_those_of_the_tables() {
        for (degrees, statistic, above) in [
            (1, 3.841_458_821, 0.05),
            (5, 15.086_272_469, 0.01),
            (9, 16.918_977_605, 0.05),
            (9, 2.087_900_736, 0.99),
            (30, 14.953_456_528, 0.99),
            (100, 124.342_113_404, 0.05),
        ] {
            let test = ChiSquare::new(statistic, degrees, 0.).unwrap();
            let expected = 2. * f64::min(above, 1. - above);
            assert!((test.p_value - expected).abs() < 5e-9, "{test:?}");
        }
    }

    /// With ν degrees, X is about normal: ν ± √(2ν). Wilson and Hilferty's cube root gives the tails.
    #[test]
    fn many_backends_are_tested() {
        let degrees = 1_000_000;
        let at = |deviations: f64| {
            let scale = 2. / (9. * degrees as f64);
            let root = 1. - scale + deviations * scale.sqrt();
            ChiSquare::new(degrees as f64 * root * root * root, degrees, 0.).unwrap()
        };
        for (deviations, expected) in [(1.96, 0.049_996), (-1.96, 0.049_996), (3., 0.002_700)] {
            let p_value = at(deviations).p_value;
            assert!((p_value - expected).abs() < 2e-5, "{deviations}: {p_value}");
        }
        assert_eq!(at(9.).finding, Finding::Uneven);
        assert_eq!(at(-9.).finding, Finding::MoreEven);
    }

    /// A die: 25 / 5 of 60 throws.
    #[test]
    fn the_statistic_is_pearsons() {
        let die = test(&[5, 8, 9, 8, 10, 20]).unwrap();
        assert!((die.statistic - 13.4).abs() < 1e-12);
        assert_eq!(die.degrees_of_freedom, 5);
        assert!((die.p_value - 2. * 0.019_905_22).abs() < 1e-7, "{die:?}");
        assert_eq!(die.finding, Finding::NothingShown);
        let weighted = ChiSquare::of([(30, 1), (70, 3)].into_iter()).unwrap();
        assert!((weighted.statistic - 25. * (1. / 25. + 1. / 75.)).abs() < 1e-12);
    }

    /// P(50 of 100) is 0.0796, and the approximation a little above it: no finding.
    #[test]
    fn two_even_loads_may_be_chance() {
        let even = test(&[50, 50]).unwrap();
        assert_eq!(even.finding, Finding::NothingShown);
        assert!((0.159..0.25).contains(&even.p_value), "{even:?}");
        assert_eq!(test(&[1000; 10]).unwrap().finding, Finding::MoreEven);
    }

    #[test]
    fn too_little_is_not_tested() {
        assert_eq!(test(&[100]), None);
        assert_eq!(test(&[4, 5]), None);
        assert_eq!(test(&[]), None);
    }

    #[test]
    fn runs_add_up() {
        let runs = [[110, 90], [90, 110]].map(|loads| test(&loads).unwrap());
        let sum = ChiSquare::sum(&runs).unwrap();
        assert_eq!((sum.statistic, sum.degrees_of_freedom), (4., 2));
        assert!((sum.p_value - 2. * libm::exp(-2.)).abs() < 1e-8);
        assert_eq!(ChiSquare::sum(&runs[..1]), Some(runs[0]));
    }
}
