//! The draws of one key: uniform numbers, the smaller the better, and what they mean for a weight.

use std::ops::Range;

use crate::backend::Weight;
use crate::hash::mix;

/// Draws that are compared at once before the best of them is looked up: a few vector registers.
pub(super) const RUN: usize = 64;

/// A backend's draw for a key, in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Draw {
    /// Uniform in 32 bits, for all.
    pub(super) coarse: i32,
    /// 64 more bits, for those who are equal or whose weights are compared.
    pub(super) fine: u64,
    pub(super) place: usize,
}

impl Draw {
    pub(super) const fn new(key: u64, low: u32, high: u32, place: usize) -> Self {
        Self {
            coarse: coarse(key, low, high),
            fine: fine(key, low, high),
            place,
        }
    }

    /// The exponential arrival time of a backend of this weight: −ln(1 − v) / w.
    pub(super) fn arrival(self, weight: Weight) -> f64 {
        let uniform = u64::from(from_zero(self.coarse)) << 32 | self.fine >> 32;
        let uniform = (uniform as f64 + 0.5) / (u64::MAX as f64);
        exponential(uniform.min(1.0)) / f64::from(weight.get())
    }
}

/// The smallest coarse draw of some backends and where it was found.
#[derive(Clone, Copy, Debug)]
pub(super) struct Least {
    coarse: i32,
    /// Where the run of it begins.
    pub(super) run: usize,
    /// Whether another run has it as well.
    pub(super) again: bool,
}

impl Least {
    /// Looked for in runs: those that do not hold it are never looked at again.
    #[inline(always)]
    pub(super) fn of(key: u64, low: &[u32], high: &[u32]) -> Self {
        let mut least = Self {
            coarse: i32::MAX,
            run: 0,
            again: true,
        };
        for (number, (low, high)) in low.chunks(RUN).zip(high.chunks(RUN)).enumerate() {
            let draws = low.iter().zip(high);
            let draws = draws.map(|(&low, &high)| coarse(key, low, high));
            let coarse = draws.fold(i32::MAX, i32::min);
            if coarse < least.coarse {
                (least.coarse, least.run, least.again) = (coarse, number * RUN, false);
            } else {
                least.again |= coarse == least.coarse;
            }
        }
        least
    }

    /// Where in its run it stands, unless it stands there twice.
    #[inline(always)]
    pub(super) fn only(self, key: u64, low: &[u32], high: &[u32]) -> Option<usize> {
        let (mut found, mut times) = (0, 0);
        for (place, (&low, &high)) in (0..).zip(low.iter().zip(high)) {
            let is = i32::from(coarse(key, low, high) == self.coarse);
            found |= -is & place;
            times += is;
        }
        (times == 1).then_some(found as usize)
    }

    /// A time before which nobody of this weight can arrive: no exponential is below its uniform.
    #[inline(always)]
    pub(super) fn earliest_possible(self, weight: Weight) -> f64 {
        self.uniform().start * (1. - MARGIN) / f64::from(weight.get())
    }

    /// The bounds of the arrival at this weight, without a logarithm where the draw is small:
    /// −ln(1 − v) = v + v²/2 + v³/3 + …, where all that follows is below v⁴ / (4 (1 − v)).
    #[inline(always)]
    pub(super) fn arrival(self, weight: Weight) -> Range<f64> {
        const SMALL: f64 = 0.0625;
        let Range { start, end } = self.uniform();
        let (start, end) = if end < SMALL {
            let first_terms = |v: f64| v * (1. + v * (0.5 + v * (1. / 3.)));
            let rest = end * end * end * end * (0.25 / (1. - SMALL));
            (first_terms(start), first_terms(end) + rest)
        } else {
            (exponential(start), exponential(end))
        };
        let weight = f64::from(weight.get());
        start * (1. - MARGIN) / weight..end * (1. + MARGIN) / weight
    }

    /// The bounds of the uniform number that more bits would give.
    #[inline(always)]
    fn uniform(self) -> Range<f64> {
        const UNIT: f64 = 1. / (1u64 << 32) as f64;
        let start = f64::from(from_zero(self.coarse)) * UNIT;
        start..start + UNIT
    }
}

/// More than all roundings on the way to a bound.
const MARGIN: f64 = 1e-9;

/// The time of an event of rate 1 that has happened with this probability.
fn exponential(probability: f64) -> f64 {
    -libm::log1p(-probability)
}

/// The order of signed draws, from zero on.
#[inline(always)]
const fn from_zero(coarse: i32) -> u32 {
    coarse.cast_unsigned() ^ 1 << 31
}

/// Uniform in 32 bits from the key's and the backend's hash, in steps that vector units have for
/// lanes of 32 bits. Signed, because the oldest of them compare no unsigned ones.
///
/// One multiplication is enough because both hashes are: it would not do for inputs that are alike.
#[inline(always)]
const fn coarse(key: u64, low: u32, high: u32) -> i32 {
    let (key_low, key_high) = (key as u32, (key >> 32) as u32);
    ((low ^ key_low) | 1)
        .wrapping_mul(high ^ key_high)
        .cast_signed()
}

/// Uniform in 64 bits from the same, and independent of [`coarse`]: the finaliser of SplitMix64.
#[inline]
const fn fine(key: u64, low: u32, high: u32) -> u64 {
    mix(key.rotate_left(32) ^ (high as u64) << 32 ^ low as u64)
}
