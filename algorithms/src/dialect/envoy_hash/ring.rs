//! The ring: its points in fractional proportion to the weights.

use crate::dialect::envoy_hash::hosts::{Hosts, Identity};
use crate::dialect::envoy_hash::options::HashFunction;
use crate::dialect::wide_ring::{Point, Ties, WideRing};
use crate::error::BuildError;
use crate::pool::Pool;
use crate::slot::Slot;

/// Returns the ring of some hosts, with at least `least` and at most `most` points.
pub(super) fn ring(
    hosts: &Hosts,
    identity: Identity,
    pool: &Pool,
    (least, most): (u32, u32),
    point: HashFunction,
) -> Result<WideRing, BuildError> {
    if least > most {
        return Err(BuildError::RingSizes { least, most });
    }
    let points = dealt(hosts.members(), least, most).into_iter();
    let hashed = points.map(|(slot, number)| {
        let text = format!("{}_{number}", identity.of(pool.backend(slot)));
        (place(point.of(text.as_bytes())), slot)
    });
    WideRing::new(hashed.collect(), u64::BITS, Ties::First)
}

/// Returns the number of points of each host: a fractional point is carried over to the next host.
fn dealt(hosts: &[(Slot, f64)], least: u32, most: u32) -> Vec<(Slot, u32)> {
    let smallest = hosts.iter().map(|&(_, part)| part).fold(1., f64::min);
    let scale = ((smallest * f64::from(least)).ceil() / smallest).min(most.into());
    let (mut dealt, mut points, mut target) = (Vec::new(), 0., 0.);
    for &(slot, part) in hosts {
        target += scale * part;
        let mut number = 0;
        while points < target {
            dealt.push((slot, number));
            number += 1;
            points += 1.;
        }
    }
    dealt
}

/// Returns the place of a hash of 64 bits on the circle.
pub(super) const fn place(hash: u64) -> Point {
    (hash as Point) << 64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Fractions are carried over: 3 points for weights 1, 1 with a cap of 3.
    #[test]
    fn a_fraction_of_a_point_goes_to_the_next_host() {
        let hosts = [(Slot(0), 0.5), (Slot(1), 0.5)];
        let dealt = dealt(&hosts, 3, 3);
        assert_eq!(dealt, [(Slot(0), 0), (Slot(0), 1), (Slot(1), 0)]);
    }
}
