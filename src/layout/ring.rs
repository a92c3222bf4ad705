//! The parts of a ring.

/// The maximum number of points of a ring.
pub(super) const MAX_POINTS: usize = 2_000;

/// One in this many keys may find another point than its hash implies: on equality, some rings use the next point.
const ONE_OF: usize = 100;

/// Returns the parts of a ring of hashes with this many bits, from its points in order, each with its owner, and from
/// the hashes of keys, each with the point that it finds. `None` for too many points, or if the search is unclear.
pub(super) fn parts(
    points: &[(u128, usize)],
    found: &[(u128, u128)],
    bits: u32,
) -> Option<Vec<(f64, usize)>> {
    let circle = Circle { points, bits };
    let agreeing = |search: &Search| {
        let finds = |&&(hash, point): &&(u128, u128)| circle.find(*search, hash) == point;
        found.iter().filter(finds).count()
    };
    let search = Search::ALL.into_iter().max_by_key(agreeing)?;
    let is_clear = (found.len() - agreeing(&search)) * ONE_OF <= found.len();
    (is_clear && points.len() <= MAX_POINTS).then(|| circle.parts(search))
}

/// Which point a hash finds.
#[derive(Clone, Copy)]
enum Search {
    /// The nearer of the two below.
    Nearest,
    /// The last point at or before it.
    Before,
    /// The first point at or after it.
    After,
}

impl Search {
    /// If several agree, the last one is used.
    const ALL: [Self; 3] = [Self::Nearest, Self::Before, Self::After];
}

struct Circle<'a> {
    points: &'a [(u128, usize)],
    bits: u32,
}

impl Circle<'_> {
    fn find(&self, search: Search, hash: u128) -> u128 {
        let (first, last) = (self.points[0].0, self.points[self.points.len() - 1].0);
        let from = self.points.partition_point(|&(point, _)| point < hash);
        let after = self.points.get(from).map_or(first, |&(point, _)| point);
        let upto = self.points.partition_point(|&(point, _)| point <= hash);
        let before = upto
            .checked_sub(1)
            .map_or(last, |place| self.points[place].0);
        let distance = |from: u128, to: u128| to.wrapping_sub(from) << (u128::BITS - self.bits);
        match search {
            Search::After => after,
            Search::Before => before,
            Search::Nearest if distance(before, hash) <= distance(hash, after) => before,
            Search::Nearest => after,
        }
    }

    /// Returns the parts from 0 to 1; the first and the last belong together.
    fn parts(&self, search: Search) -> Vec<(f64, usize)> {
        let place = |point: u128| libm::ldexp(point as f64, -(self.bits as i32));
        let places: Vec<_> = self.points.iter().map(|&(point, _)| place(point)).collect();
        let around = 1. + places[0];
        let nexts = places[1..].iter().copied().chain([around]);
        let ends = places.iter().zip(nexts).map(|(&place, next)| match search {
            Search::After => place,
            Search::Before => next,
            Search::Nearest => (place + next) / 2.,
        });
        let owners = self.points.iter().map(|&(_, owner)| owner);
        let mut parts: Vec<_> = ends.zip(owners).collect();
        let (first, last) = (parts[0], parts[parts.len() - 1]);
        if last.0 > 1. {
            // It continues at the beginning.
            parts.pop();
            parts.insert(0, (last.0 - 1., last.1));
            parts.push((1., last.1));
        } else {
            parts.push((1., first.1));
        }
        parts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Points 2 and 8 of 16, with midpoints at 5 and 13.
    #[test]
    fn parts_end_as_the_search_implies() {
        let points = [(2, 0), (8, 1)];
        let parts = |owner: fn(u128) -> u128| {
            let found: Vec<_> = (0..16).map(|hash| (hash, owner(hash))).collect();
            parts(&points, &found, 4)
        };
        let after = parts(|hash| if (3..=8).contains(&hash) { 8 } else { 2 });
        assert_eq!(after.unwrap(), [(2. / 16., 0), (8. / 16., 1), (1., 0)]);
        let before = parts(|hash| if (2..8).contains(&hash) { 2 } else { 8 });
        assert_eq!(before.unwrap(), [(2. / 16., 1), (8. / 16., 0), (1., 1)]);
        let nearest = parts(|hash| if (6..=13).contains(&hash) { 8 } else { 2 });
        assert_eq!(nearest.unwrap(), [(5. / 16., 0), (13. / 16., 1), (1., 0)]);
        assert_eq!(parts(|hash| if hash % 2 == 0 { 8 } else { 2 }), None);
    }
}
