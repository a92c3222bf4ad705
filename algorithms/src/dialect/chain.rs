//! Rings with chained points: each point is hashed from the previous one.

use crate::error::BuildError;
use crate::ring::{Owned, Ring};
use crate::slot::Slot;

/// Returns the endless chain of the points of a host and its port: the CRC-32 of both and the previous point, starting
/// from 0.
pub(super) fn chained_points(host: &str, port: &str) -> impl Iterator<Item = u32> + use<> {
    let mut peer = crc32fast::Hasher::new();
    peer.update(host.as_bytes());
    peer.update(&[0]);
    peer.update(port.as_bytes());
    let next = move |previous: &u32| {
        let mut point = peer.clone();
        point.update(&previous.to_le_bytes());
        Some(point.finalize())
    };
    std::iter::successors(Some(0), next).skip(1)
}

/// Returns the ring on which each slot has the first points of its chain, as many as given. Of equal points, the first
/// in the order given is kept.
pub(super) fn chained_ring<I: Iterator<Item = u32>>(
    slots: impl Iterator<Item = Slot> + Clone,
    number: impl Fn(Slot) -> usize,
    chain: impl Fn(Slot) -> I,
) -> Result<Ring, BuildError> {
    Ring::check_size(slots.clone().map(&number).sum())?;
    let mut owned: Vec<Owned> = Vec::new();
    for slot in slots {
        owned.extend(chain(slot).take(number(slot)).map(|point| (point, slot)));
    }
    // Stable, so that the first point stays.
    owned.sort_by_key(|&(point, _)| point);
    owned.dedup_by_key(|&mut (point, _)| point);
    Ring::new(owned.len(), || owned.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_equal_points_the_first_is_kept() {
        let [a, b, c] = [Slot(0), Slot(1), Slot(2)];
        let chain = |slot: Slot| [[5, 9], [5, 7], [7, 5]][slot.index()].into_iter();
        let ring = |slots: [Slot; 3]| chained_ring(slots.into_iter(), |_| 2, chain).unwrap();
        assert!(ring([a, b, c]).points().eq([(5, a), (7, b), (9, a)]));
        assert!(ring([c, b, a]).points().eq([(5, c), (7, c), (9, a)]));
    }
}
