//! The values of a parameter: which ones are tried, and half of a value.

use evenkeel_algorithms::BuildError;
use evenkeel_algorithms::strategy::maglev::TableSize;

/// The values of a parameter. A costlier value spreads load more evenly.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scale {
    /// Whole numbers; larger ones cost more.
    Numbers { least: u64, most: u64 },
    /// Primes; larger ones cost more.
    Primes { least: u64, most: u64 },
    /// Hundredths by which a load may exceed its share; smaller ones cost more, zero the most.
    Excess { most: u64 },
}

/// Two values are considered equal if they differ by less than this fraction: the number of seeds distinguishes no
/// closer ones.
const CLOSEST: u64 = 12;

impl Scale {
    /// Returns the cheapest value and further ones, each about twice as costly as the one before, up to the costliest.
    pub(super) fn doubling(self) -> Vec<u64> {
        match self {
            Self::Numbers { least, most } | Self::Primes { least, most } => {
                let next = |&value: &u64| Some(2 * value).filter(|&value| value < most);
                let values = std::iter::successors(Some(least), next);
                let fitting = values.filter_map(|value| self.fitting(value));
                let mut values: Vec<_> = fitting.chain([most]).collect();
                values.dedup();
                values
            }
            Self::Excess { most } => {
                let next = |&value: &u64| (value > 0).then_some(value / 2);
                std::iter::successors(Some(most), next).collect()
            }
        }
    }

    /// Returns whether one value is costlier than another.
    pub(super) const fn is_dearer(self, value: u64, than: u64) -> bool {
        match self {
            Self::Numbers { .. } | Self::Primes { .. } => value > than,
            Self::Excess { .. } => value < than,
        }
    }

    /// Returns a value between two, if there is one and they differ enough.
    pub(super) fn middle(self, one: u64, other: u64) -> Option<u64> {
        let (low, high) = (one.min(other), one.max(other));
        let gap = high - low;
        if gap <= 1 || gap * CLOSEST <= high {
            return None;
        }
        let middle = self.fitting(low + gap / 2)?;
        (low < middle && middle < high).then_some(middle)
    }

    /// Returns the value of half the cost, if there is one.
    pub(super) fn half(self, value: u64) -> Option<u64> {
        match self {
            Self::Numbers { least, .. } | Self::Primes { least, .. } => self
                .fitting((value / 2).max(least))
                .filter(|&half| half < value),
            Self::Excess { most } => Some((2 * value).max(1)).filter(|&half| half <= most),
        }
    }

    /// Returns the smallest valid value from one on.
    fn fitting(self, value: u64) -> Option<u64> {
        match self {
            Self::Numbers { most, .. } | Self::Excess { most } => {
                Some(value).filter(|&v| v <= most)
            }
            Self::Primes { most, .. } => {
                let prime = match TableSize::new(value) {
                    Err(BuildError::TableSizeNotPrime { next, .. }) => next.into(),
                    _ => value,
                };
                Some(prime).filter(|&prime| prime <= most)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCALES: [Scale; 3] = [
        Scale::Numbers {
            least: 1,
            most: 1_000,
        },
        Scale::Primes {
            least: 2,
            most: 5_000_011,
        },
        Scale::Excess { most: 900 },
    ];

    #[test]
    fn each_value_is_costlier_than_the_one_before_and_than_its_half() {
        for scale in SCALES {
            let values = scale.doubling();
            for pair in values.windows(2) {
                assert!(scale.is_dearer(pair[1], pair[0]), "{values:?}");
                let half = scale.half(pair[1]).unwrap();
                assert!(scale.is_dearer(pair[1], half), "{values:?}");
            }
            assert_eq!(scale.half(values[0]), None);
        }
        assert_eq!(
            Scale::Excess { most: 9 }.doubling(),
            [9, 4, 2, 1, 0],
            "down to no excess"
        );
        assert_eq!(Scale::Excess { most: 9 }.half(4), Some(8));
    }

    #[test]
    fn the_middle_ends() {
        for scale in SCALES {
            let values = scale.doubling();
            let (mut cheap, mut dear, mut steps) = (values[0], values[values.len() - 1], 0);
            while let Some(middle) = scale.middle(cheap, dear) {
                assert!(scale.is_dearer(middle, cheap) && scale.is_dearer(dear, middle));
                if steps % 2 == 0 {
                    dear = middle;
                } else {
                    cheap = middle;
                }
                steps += 1;
                assert!(steps < 64);
            }
        }
    }
}
