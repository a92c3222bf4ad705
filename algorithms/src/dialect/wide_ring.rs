//! Points of any width on a circle, stored in the ring that our own algorithms use.

use crate::error::BuildError;
use crate::ring::{Ring, WholeRing};
use crate::slot::Slot;

/// A point on a circle of 2^128; a narrower hash uses the upper bits.
pub(super) type Point = u128;

/// Which of several equal points is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ties {
    /// The point of the backend that is listed first.
    First,
    /// The point of the backend that is listed last, as when points are inserted into a map in order.
    Last,
}

/// A ring of the upper 32 bits of the points; the lower bits decide only between equal ones.
#[derive(Debug)]
pub(super) struct WideRing {
    ring: WholeRing,
    /// The whole points, if they have more than 32 bits.
    whole: Box<[Point]>,
}

impl WideRing {
    /// Creates a ring of points with this many bits, given in the order of the list.
    pub(super) fn new(
        mut points: Vec<(Point, Slot)>,
        bits: u32,
        ties: Ties,
    ) -> Result<Self, BuildError> {
        Ring::check_size(points.len())?;
        if ties == Ties::Last {
            points.reverse();
        }
        // Stable, so that the first of equal points stays.
        points.sort_by_key(|&(place, _)| place);
        points.dedup_by_key(|&mut (place, _)| place);
        let upper = || points.iter().map(|&(place, slot)| (upper(place), slot));
        let ring = WholeRing::new(points.len(), upper);
        let whole = points.iter().filter(|_| bits > 32);
        Ok(Self {
            ring,
            whole: whole.map(|&(place, _)| place).collect(),
        })
    }

    /// Returns the index of the first point at or after a position, wrapping around.
    #[inline]
    fn position(&self, place: Point) -> usize {
        let mut position = self.ring.search(upper(place));
        while self.whole.get(position).is_some_and(|&point| point < place) {
            position += 1;
        }
        if position < self.ring.len() {
            position
        } else {
            0
        }
    }

    /// Returns the backends in the order of their points, from the first at or after a position, once around.
    #[inline]
    pub(super) fn walk(&self, place: Point) -> impl Iterator<Item = Slot> {
        self.ring.walk_from(self.position(place))
    }

    /// Returns the backend of the first point at or after a position.
    #[inline]
    pub(super) fn successor(&self, place: Point) -> Option<Slot> {
        self.ring.slot(self.position(place))
    }

    /// Returns the first point at or after a position, and its backend.
    pub(super) fn point(&self, place: Point) -> Option<(Point, Slot)> {
        let position = self.position(place);
        let whole = self.whole.get(position).copied();
        let (upper, slot) = self.ring.get(position)?;
        Some((whole.unwrap_or(Point::from(upper) << 96), slot))
    }

    /// Returns the backends of the points, in their order.
    pub(super) fn owners(&self) -> Vec<Slot> {
        self.ring.owners()
    }

    pub(super) fn memory(&self) -> usize {
        self.ring.memory() + size_of_val(&*self.whole)
    }
}

#[inline]
const fn upper(place: Point) -> u32 {
    (place >> 96) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    proptest! {
        /// Checked against a scan, with positions that often share their upper bits.
        #[test]
        fn the_first_point_at_or_after_a_place_is_found(
            points in collection::vec((0..4u32, any::<u8>()), 1..40),
            place in (0..4u32, any::<u8>()),
            last in any::<bool>(),
        ) {
            let at = |(upper, lower): (u32, u8)| Point::from(upper) << 126 | Point::from(lower);
            let placed: Vec<_> = (0..).zip(&points).map(|(slot, &point)| (at(point), Slot(slot))).collect();
            let ties = if last { Ties::Last } else { Ties::First };
            let ring = WideRing::new(placed.clone(), 128, ties).unwrap();
            let place = at(place);
            let distance = |point: Point| point.wrapping_sub(place);
            let nearest = placed.iter().map(|&(point, _)| distance(point)).min().unwrap();
            let mut owners = placed.iter().filter(|&&(point, _)| distance(point) == nearest);
            let owner = if last { owners.next_back() } else { owners.next() };
            prop_assert_eq!(ring.successor(place), owner.map(|&(_, slot)| slot));
            prop_assert_eq!(ring.point(place), owner.copied());
            prop_assert_eq!(ring.walk(place).next(), ring.successor(place));
        }
    }
}
