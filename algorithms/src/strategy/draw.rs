//! The draws of one key: uniform numbers, of which the smallest wins, and their scaling by weight.

use crate::backend::Weight;
use crate::hash::mix;
use crate::slot::Slot;

/// The number of backends that draw at once: the lanes of a 256-bit vector register.
pub(super) const LANES: usize = 8;

/// The hashes and weights of [`LANES`] backends.
#[derive(Clone, Debug)]
pub(super) struct Block {
    low: [u32; LANES],
    high: [u32; LANES],
    /// The inverse of the weight.
    ease: [f32; LANES],
}

impl Block {
    /// A block in which no backend wins: except for a draw of zero, which its score does not distinguish, every score is
    /// above those of backends.
    pub(super) const EMPTY: Self = Self {
        low: [0; LANES],
        high: [0; LANES],
        ease: [f32::MAX; LANES],
    };

    pub(super) fn set(&mut self, lane: usize, hash: u64, weight: Weight) {
        self.low[lane] = hash as u32;
        self.high[lane] = (hash >> 32) as u32;
        self.ease[lane] = (1. / f64::from(weight.get())) as f32;
    }

    /// Returns lower bounds of the arrival times of a key's draws, in halves of a unit of [`Draw::coarse`].
    #[inline(always)]
    pub(super) fn scores(&self, key: u64) -> [f32; LANES] {
        std::array::from_fn(|lane| self.score(lane, key))
    }

    /// Returns the score of one lane. Halved, because the oldest vector units cannot convert unsigned numbers.
    #[inline(always)]
    pub(super) fn score(&self, lane: usize, key: u64) -> f32 {
        let halved = (coarse(key, self.low[lane], self.high[lane]) >> 1).cast_signed();
        halved as f32 * self.ease[lane]
    }

    /// Returns an upper bound of the score of a lane's arrival: any draw with a higher score arrives later, because
    /// −ln(1 − v) ≤ v + v² / (2 (1 − v)).
    #[inline(always)]
    pub(super) fn latest(&self, lane: usize, key: u64) -> f64 {
        let coarse = coarse(key, self.low[lane], self.high[lane]);
        let most = (f64::from(coarse) + 1.) / UNITS;
        let arrival = most + most * most / (2. * (1. - most));
        arrival * (UNITS / 2.) * f64::from(self.ease[lane]) * (1. + MARGIN)
    }

    pub(super) fn draw(&self, lane: usize, key: u64) -> Draw {
        Draw::of_halves(key, self.low[lane], self.high[lane])
    }
}

/// More than all rounding errors of scores, a few of 24 bits each.
pub(super) const MARGIN: f64 = 1e-6;

/// The units of a coarse draw in a whole.
const UNITS: f64 = (1u64 << 32) as f64;

/// A backend's complete draw for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Draw {
    /// Uniform in 32 bits.
    pub(super) coarse: u32,
    /// 64 more bits, for draws that are equal in the first 32.
    pub(super) fine: u64,
}

impl Draw {
    /// Creates the draw of a backend from the hash of its name.
    #[inline]
    pub(super) const fn new(key: u64, hash: u64) -> Self {
        Self::of_halves(key, hash as u32, (hash >> 32) as u32)
    }

    const fn of_halves(key: u64, low: u32, high: u32) -> Self {
        Self {
            coarse: coarse(key, low, high),
            fine: fine(key, low, high),
        }
    }

    /// Returns a lower bound of the arrival time for this weight: an exponential is never below its uniform.
    pub(super) fn earliest(self, weight: Weight) -> f64 {
        const MARGIN: f64 = 1e-9;
        f64::from(self.coarse) / UNITS * (1. - MARGIN) / f64::from(weight.get())
    }

    /// Returns the exponential arrival time of a backend of this weight: −ln(1 − v) / w.
    pub(super) fn arrival(self, weight: Weight) -> f64 {
        let uniform = u64::from(self.coarse) << 32 | self.fine >> 32;
        let uniform = (uniform as f64 + 0.5) / (u64::MAX as f64);
        -libm::log1p(-uniform.min(1.0)) / f64::from(weight.get())
    }
}

/// The earliest of some arrivals; of equal ones the first.
#[derive(Debug, Default)]
pub(super) struct Earliest(Option<Leader>);

#[derive(Clone, Copy, Debug)]
struct Leader {
    draw: Draw,
    weight: Weight,
    slot: Slot,
    /// Computed on demand.
    arrival: Option<f64>,
}

impl Leader {
    /// Returns whether it arrives before another one. Among equal weights, the order of the draws is the order of the
    /// arrivals.
    #[inline]
    fn is_before(&mut self, other: &mut Self) -> bool {
        if self.weight == other.weight {
            return self.draw < other.draw;
        }
        let latest = other.arrival();
        self.draw.earliest(self.weight) <= latest
            && (self.arrival(), self.draw) < (latest, other.draw)
    }

    fn arrival(&mut self) -> f64 {
        let (draw, weight) = (self.draw, self.weight);
        *self.arrival.get_or_insert_with(|| draw.arrival(weight))
    }
}

impl Earliest {
    /// Adds the draw of one more backend.
    #[inline]
    pub(super) fn meet(&mut self, draw: Draw, weight: Weight, slot: Slot) {
        let mut met = Leader {
            draw,
            weight,
            slot,
            arrival: None,
        };
        if self.0.as_mut().is_none_or(|leader| met.is_before(leader)) {
            self.0 = Some(met);
        }
    }

    /// Returns the backend with the earliest arrival.
    #[inline]
    pub(super) fn slot(self) -> Option<Slot> {
        self.0.map(|leader| leader.slot)
    }
}

/// Returns 32 uniform bits from the hashes of the key and the backend, in steps that vector units support for 32-bit
/// lanes.
///
/// One multiplication is enough because both inputs are hashes; similar inputs would need more.
#[inline(always)]
const fn coarse(key: u64, low: u32, high: u32) -> u32 {
    let (key_low, key_high) = (key as u32, (key >> 32) as u32);
    ((low ^ key_low) | 1).wrapping_mul(high ^ key_high)
}

/// Returns 64 uniform bits from the same hashes, independent of [`coarse`]: the finaliser of SplitMix64.
#[inline]
const fn fine(key: u64, low: u32, high: u32) -> u64 {
    mix(key.rotate_left(32) ^ (high as u64) << 32 ^ low as u64)
}
