//! A circle of 64-bit points with a bucket index that is read without a branch.
//!
//! [`Ring`](crate::ring::Ring) has 32-bit points, of which two are often equal in a large pool: with one point per
//! backend, one of them would lose its entire share.

/// The number of points that are read after every probe. At two to four buckets per point, about one probe in a
/// thousand finds none of the next four after it.
const NEAR: usize = 4;

/// The bits of the smallest index, for a few points: 64 buckets.
const MIN_BITS: u32 = 6;

/// Points in ascending order, each with the rank of its owner; of equal points the lower rank comes first.
#[derive(Debug, Default)]
pub(super) struct Circle {
    /// After the last point the first ones are repeated, so that [`NEAR`] points follow each.
    points: Box<[u64]>,
    ranks: Box<[u32]>,
    /// The start of each bucket. The top bits of a point select its bucket.
    buckets: Box<[u32]>,
    shift: u32,
}

/// The points from the first in a probe's bucket on, as distances from the probe.
pub(super) struct Near {
    ways: [u64; NEAR],
    may_be_before: bool,
}

impl Near {
    /// Returns the shortest distance. A point before the probe is nearly once around from it, so farther than every
    /// other point.
    #[inline(always)]
    pub(super) fn least_way(&self) -> u64 {
        self.ways.into_iter().fold(u64::MAX, u64::min)
    }

    /// Returns whether all points may be before the probe, so that the next one is not among them: the last is before
    /// it by at most one bucket.
    #[inline(always)]
    pub(super) const fn may_be_before(&self) -> bool {
        self.may_be_before
    }
}

impl Circle {
    /// Creates a circle from the points of each owner, with the owners in the order of their ranks.
    pub(super) fn new<I: IntoIterator<Item = u64>>(owners: impl IntoIterator<Item = I>) -> Self {
        let ranked = (0..).zip(owners);
        let owned =
            ranked.flat_map(|(rank, points)| points.into_iter().map(move |point| (point, rank)));
        let mut owned: Vec<(u64, u32)> = owned.collect();
        if owned.is_empty() {
            return Self::default();
        }
        owned.sort_unstable();
        let around = owned.iter().cycle().take(owned.len() + NEAR);
        let bits = owned.len().next_power_of_two().trailing_zeros() + 1;
        let shift = 64 - bits.max(MIN_BITS);
        Self {
            points: around.map(|&(point, _)| point).collect(),
            ranks: owned.iter().map(|&(_, rank)| rank).collect(),
            buckets: buckets(&owned, shift),
            shift,
        }
    }

    #[inline]
    pub(super) const fn is_empty(&self) -> bool {
        self.ranks.is_empty()
    }

    #[inline(always)]
    fn start(&self, probe: u64) -> usize {
        self.buckets[(probe >> self.shift) as usize] as usize
    }

    /// Returns the points near a probe.
    ///
    /// # Panics
    /// If the circle is empty.
    #[inline(always)]
    pub(super) fn near(&self, probe: u64) -> Near {
        let start = self.start(probe);
        let near: &[u64] = &self.points[start..start + NEAR];
        Near {
            ways: std::array::from_fn(|place| near[place].wrapping_sub(probe)),
            may_be_before: probe.wrapping_sub(near[NEAR - 1]) >> self.shift == 0,
        }
    }

    /// Returns the position of the first point at or after a probe, or the number of points if there is none.
    #[inline]
    fn search(&self, probe: u64) -> usize {
        let start = self.start(probe);
        let from = &self.points[start..self.ranks.len()];
        let passed = from.iter().position(|&point| point >= probe);
        start + passed.unwrap_or(from.len())
    }

    /// Returns the owner of the first point at or after a probe, wrapping around.
    #[inline]
    pub(super) fn rank_at(&self, probe: u64) -> usize {
        self.ranks[self.search(probe) % self.ranks.len()] as usize
    }

    /// Returns the distance to each point from a probe on, once around, with its owner.
    pub(super) fn walk(&self, probe: u64) -> impl Iterator<Item = (u64, usize)> {
        let first = if self.is_empty() {
            0
        } else {
            self.search(probe)
        };
        let around = (first..self.ranks.len()).chain(0..first);
        around.map(move |place| {
            let way = self.points[place].wrapping_sub(probe);
            (way, self.ranks[place] as usize)
        })
    }

    pub(super) fn memory(&self) -> usize {
        size_of_val(&*self.points) + size_of_val(&*self.ranks) + size_of_val(&*self.buckets)
    }
}

/// Returns the start of each bucket.
fn buckets(owned: &[(u64, u32)], shift: u32) -> Box<[u32]> {
    let mut buckets = vec![0; 1 << (64 - shift)];
    for &(point, _) in owned {
        buckets[(point >> shift) as usize] += 1;
    }
    let mut sum = 0;
    for start in &mut buckets {
        sum += std::mem::replace(start, sum);
    }
    buckets.into()
}
