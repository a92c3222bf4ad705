//! How often something happened in many repetitions, and how often it should.

use serde::Serialize;

use crate::verify::reference::Expected;

/// The quantile of the normal distribution for 95% intervals.
const NORMAL: f64 = 1.959_964;

/// A claim of a report about its own statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Claim {
    /// A 95% interval covers the true value in 93 to 97% of the repetitions.
    Coverage,
    /// A range of at least 95% confidence covers it in at least 93%.
    Range,
    /// At most 5% of verdicts are wrong.
    WrongVerdicts,
}

/// A claim with what was measured.
#[derive(Clone, Debug, Serialize)]
pub struct Rate {
    /// What is measured.
    pub figure: String,
    /// The claim.
    pub claim: Claim,
    /// The number of repetitions.
    pub repetitions: u32,
    /// The share of repetitions in which it happened.
    pub share: f64,
    /// The lower end of the 95% interval of the share (Wilson).
    pub low: f64,
    /// The upper end.
    pub high: f64,
    /// The expected range of the share.
    pub expected: Expected,
    /// Whether the share is in its range; wrong verdicts fail if they are significantly more than 5%.
    pub holds: bool,
}

impl Rate {
    pub(super) fn new(figure: String, claim: Claim, count: u32, repetitions: u32) -> Self {
        let n = f64::from(repetitions);
        let share = f64::from(count) / n;
        let square = NORMAL * NORMAL;
        let middle = (share + square / (2. * n)) / (1. + square / n);
        let half =
            NORMAL / (1. + square / n) * (share * (1. - share) / n + square / (4. * n * n)).sqrt();
        let (low, high) = ((middle - half).max(0.), (middle + half).min(1.));
        let expected = match claim {
            Claim::Coverage => Expected::between(0.93, 0.97),
            Claim::Range => Expected::between(0.93, 1.),
            Claim::WrongVerdicts => Expected::between(0., 0.05),
        };
        let holds = match claim {
            Claim::WrongVerdicts => low <= expected.most,
            Claim::Coverage | Claim::Range => (expected.least..=expected.most).contains(&share),
        };
        Self {
            figure,
            claim,
            repetitions,
            share,
            low,
            high,
            expected,
            holds,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(claim: Claim, count: u32) -> Rate {
        Rate::new(String::new(), claim, count, 1_000)
    }

    #[test]
    fn claims_hold_in_their_range() {
        for (claim, count, holds) in [
            (Claim::Coverage, 929, false),
            (Claim::Coverage, 930, true),
            (Claim::Coverage, 971, false),
            (Claim::Range, 929, false),
            (Claim::Range, 1_000, true),
            (Claim::WrongVerdicts, 0, true),
            (Claim::WrongVerdicts, 60, true),
            (Claim::WrongVerdicts, 70, false),
        ] {
            assert_eq!(rate(claim, count).holds, holds, "{claim:?} {count}");
        }
    }

    /// Wilson's interval of 50 of 1,000.
    #[test]
    fn intervals_are_wilsons() {
        let rate = rate(Claim::WrongVerdicts, 50);
        assert!((rate.low - 0.038_13).abs() < 1e-5, "{rate:?}");
        assert!((rate.high - 0.065_31).abs() < 1e-5, "{rate:?}");
    }
}
