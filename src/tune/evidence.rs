//! What a number of failed seeds shows about the share of all seeds on which a setting meets the goals.

/// The probability of a wrong finding at each end of a range. A search looks at several settings, so that this leaves
/// a range of 95% confidence; `evenkeel verify statistics` measures it.
const TAIL: f64 = 0.01;

/// The share of seeds for which [`Evidence::seeds`] is the given number; a larger share needs more seeds.
const USUAL: f64 = 0.95;

/// The number of seeds, and how many of them may fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Evidence {
    /// The number of seeds.
    pub(super) seeds: usize,
    /// With at most so many failures, a setting is shown to meet the goals on the share of all seeds; `None` if these
    /// are too few seeds for that.
    pub(super) shown: Option<usize>,
    /// With at most so many failures, it meets the goals on the share of these seeds.
    pub(super) measured: usize,
    /// With more failures, it is shown to meet them on a smaller share of all seeds.
    pub(super) open: usize,
}

impl Evidence {
    /// Returns the limits for a share of seeds, which is between 0 and 1. `usual` is the number of seeds for
    /// 95%.
    pub(super) fn of(share: f64, usual: usize) -> Self {
        let fail = 1. - share;
        let seeds = (usual as f64 * ((1. - USUAL) / fail).max(1.)).round() as usize;
        // The probability of at most `count` failures, at each count.
        let mut at_most = Vec::new();
        let mut sum = 0.;
        for probability in binomial(seeds, fail) {
            sum += probability;
            at_most.push(sum);
        }
        let shown = at_most.iter().take_while(|&&sum| sum <= TAIL).count();
        Self {
            seeds,
            shown: shown.checked_sub(1),
            // A share such as 0.95 has no exact binary value.
            measured: (seeds as f64 * fail + 1e-9) as usize,
            open: at_most.iter().take_while(|&&sum| 1. - sum > TAIL).count(),
        }
    }
}

/// Returns the probability of each number of failures.
fn binomial(seeds: usize, fail: f64) -> impl Iterator<Item = f64> {
    let none = (0..seeds).fold(1., |product, _| product * (1. - fail));
    (0..=seeds).scan(none, move |probability, count| {
        let this = *probability;
        *probability *= (seeds - count) as f64 / (count + 1) as f64 * fail / (1. - fail);
        Some(this)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clopper and Pearson's one-sided limits, from the tables of the binomial distribution.
    #[test]
    fn limits_are_those_of_the_binomial_distribution() {
        let limits = |share, usual| {
            let evidence = Evidence::of(share, usual);
            (
                evidence.seeds,
                evidence.shown,
                evidence.measured,
                evidence.open,
            )
        };
        // P(X ≤ 3) = 0.0090, P(X ≤ 4) = 0.0264; P(X ≥ 18) = 0.0121, P(X ≥ 19) = 0.0058.
        assert_eq!(limits(0.95, 200), (200, Some(3), 10, 18));
        // 0.95^100 = 0.0059; P(X ≥ 11) = 0.0115, P(X ≥ 12) = 0.0043.
        assert_eq!(limits(0.95, 100), (100, Some(0), 5, 11));
        assert_eq!(limits(0.5, 100), (100, Some(37), 50, 62));
        assert_eq!(limits(0.99, 200).0, 1_000);
        // 0.9^20 = 0.12.
        assert_eq!(limits(0.9, 20).1, None);
    }
}
