//! What can be turned: the option that sets how large a ring or a table is, or how many probes are made.

use evenkeel_algorithms::dialect::envoy_hash::MinimumRingSize;
use evenkeel_algorithms::strategy::ketama::PointsPerWeight;
use evenkeel_algorithms::strategy::lrh::PointsPerBackend;
use evenkeel_algorithms::strategy::maglev::TableSize;
use evenkeel_algorithms::strategy::multi_probe::Probes;
use evenkeel_algorithms::{Algorithm, BuildError, Options};

/// The option of an algorithm that trades memory or time for evenness.
#[derive(Debug)]
pub(super) struct Knob {
    algorithm: &'static str,
    pub(super) option: &'static str,
    least: u64,
    most: u64,
    /// Whether only primes fit.
    primes: bool,
    set: fn(&mut Options, u64) -> Result<(), BuildError>,
}

const KNOBS: &[Knob] = &[
    Knob {
        algorithm: "ketama",
        option: "points_per_weight",
        least: 1,
        most: PointsPerWeight::MAX as u64,
        primes: false,
        set: |options, value| {
            options.ketama.points_per_weight = PointsPerWeight::new(value)?;
            Ok(())
        },
    },
    Knob {
        algorithm: "maglev",
        option: "table_size",
        least: 2,
        most: LARGEST_TABLE,
        primes: true,
        set: |options, value| {
            options.maglev.table_size = TableSize::new(value)?;
            Ok(())
        },
    },
    Knob {
        algorithm: "multi-probe",
        option: "probes",
        least: 1,
        most: Probes::MAX as u64,
        primes: false,
        set: |options, value| {
            options.multi_probe.probes = Probes::new(value)?;
            Ok(())
        },
    },
    Knob {
        algorithm: "lrh",
        option: "points_per_backend",
        least: 1,
        most: PointsPerBackend::MAX as u64,
        primes: false,
        set: |options, value| {
            options.lrh.points_per_backend = PointsPerBackend::new(value)?;
            Ok(())
        },
    },
    Knob {
        algorithm: "envoy-ring-hash",
        option: "minimum_ring_size",
        least: 1,
        most: MinimumRingSize::MAX as u64,
        primes: false,
        set: |options, value| {
            options.envoy_ring_hash.minimum_ring_size = MinimumRingSize::new(value)?;
            Ok(())
        },
    },
    Knob {
        algorithm: "envoy-maglev",
        option: "table_size",
        least: 2,
        most: LARGEST_TABLE,
        primes: true,
        set: |options, value| {
            options.envoy_maglev.table_size = TableSize::new(value)?;
            Ok(())
        },
    },
];

/// Envoy's largest table, and large enough for any.
const LARGEST_TABLE: u64 = 5_000_011;

impl Knob {
    pub(super) fn of(algorithm: &Algorithm) -> Option<&'static Self> {
        KNOBS.iter().find(|knob| knob.algorithm == algorithm.name)
    }

    /// Those that have one.
    pub(super) fn algorithms() -> Vec<&'static str> {
        KNOBS.iter().map(|knob| knob.algorithm).collect()
    }

    /// Sets the option.
    ///
    /// # Errors
    /// If the value is out of range, which those that are proposed here are not.
    pub(super) fn turn(&self, options: &mut Options, value: u64) -> Result<(), BuildError> {
        (self.set)(options, value)
    }

    /// The least value and those each about twice the one before, up to the most. A table has an entry for
    /// each backend.
    pub(super) fn doubling(&self, backends: u64) -> impl Iterator<Item = u64> {
        let least = if self.primes {
            self.least.max(backends)
        } else {
            self.least
        };
        let next = |&value: &u64| Some(2 * value).filter(|&value| value < self.most);
        let values = std::iter::successors(Some(least), next);
        let fitting = values.filter_map(|value| self.fitting(value));
        fitting.chain([self.most])
    }

    /// A value between two, if there is one; primes are not told apart closer than by a fiftieth.
    pub(super) fn middle(&self, low: u64, high: u64) -> Option<u64> {
        let gap = high - low;
        if gap <= 1 || self.primes && gap * 50 <= high {
            return None;
        }
        let middle = self.fitting(low + gap / 2)?;
        (low < middle && middle < high).then_some(middle)
    }

    /// Half of a value, if there is any.
    pub(super) fn half(&self, value: u64) -> Option<u64> {
        self.fitting((value / 2).max(self.least))
            .filter(|&half| half < value)
    }

    /// The smallest value from one on that fits.
    fn fitting(&self, value: u64) -> Option<u64> {
        let mut value = value.max(self.least);
        if self.primes
            && let Err(BuildError::TableSizeNotPrime { next, .. }) = TableSize::new(value)
        {
            value = next.into();
        }
        (value <= self.most).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_that_is_proposed_fits() {
        for knob in KNOBS {
            let algorithm = Algorithm::named(knob.algorithm).unwrap();
            let mut options = Options::default();
            for value in knob.doubling(1) {
                for value in [Some(value), knob.half(value)] {
                    let Some(value) = value else { continue };
                    knob.turn(&mut options, value).unwrap();
                    let mut known = algorithm.options.iter();
                    let option = known.find(|option| option.name == knob.option).unwrap();
                    assert_eq!((option.value)(&options), value.to_string());
                }
            }
        }
    }

    #[test]
    fn the_middle_ends() {
        for knob in KNOBS {
            let (mut low, mut high, mut steps) = (0, knob.most, 0);
            while let Some(middle) = knob.middle(low, high) {
                if steps % 2 == 0 {
                    high = middle;
                } else {
                    low = middle;
                }
                steps += 1;
                assert!(steps < 64);
            }
        }
    }
}
