//! The parameters of a ring.

use crate::dialect::hash::md5_quarters;
use crate::dialect::key::{HashKind, Tag};
use crate::dialect::label::Label;
use crate::dialect::list_order::ListOrder;
use crate::dialect::nginx_hash_consistent::peer_points;
use crate::dialect::wide_ring::{Point, Ties};

/// The parameters of a ring.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RingSpec {
    /// The label of a backend in the texts that are hashed into points.
    pub(crate) label: Label,
    /// How labels become points.
    pub(crate) points: Points,
    /// How many texts of each backend are hashed.
    pub(crate) count: Count,
    /// Which point a key selects.
    pub(crate) search: Search,
    /// The order in which the backends' points are assigned.
    pub(crate) order: ListOrder,
    /// Which of several equal points is kept.
    pub(crate) ties: Ties,
    /// The part of a key that is hashed.
    pub(crate) tag: Tag,
    /// The hash of keys.
    pub(crate) key: KeyPlace,
}

impl RingSpec {
    /// Returns the point from which the search for a key of this hash starts.
    pub(super) fn start(&self, hash: Point) -> Point {
        match self.search {
            Search::AtOrAfter => hash,
            Search::After => hash.wrapping_add(self.unit()),
            // The points are in reverse order.
            Search::AtOrBefore => !hash & self.mask(),
        }
    }

    /// Returns the distance between neighbouring hashes.
    const fn unit(&self) -> Point {
        1 << (128 - self.key.kind().bits())
    }

    /// Returns the mask of the bits that a hash has.
    pub(super) const fn mask(&self) -> Point {
        !(self.unit() - 1)
    }
}

/// How a label and the numbers i from 0 become points.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Points {
    /// The first quarters of the MD5 digest of `label-i`, as many as given.
    Md5Quarters(usize),
    /// One point each.
    Each(Text, HashKind),
    /// The CRC-32 of host, a zero byte, port and the previous point, starting from 0.
    Chain,
}

impl Points {
    /// Returns how many points one text yields.
    pub(super) const fn of_each_text(self) -> u64 {
        match self {
            Self::Md5Quarters(quarters) => quarters as u64,
            Self::Each(..) | Self::Chain => 1,
        }
    }

    pub(super) fn of(self, label: &str, count: u64, mut point: impl FnMut(Point)) {
        match self {
            Self::Md5Quarters(quarters) => {
                for number in 0..count {
                    let text = Text::Dash.of(label, number);
                    let quarters = md5_quarters(text.as_bytes()).into_iter().take(quarters);
                    quarters.for_each(|quarter| point(Point::from(quarter) << 96));
                }
            }
            Self::Each(text, kind) => {
                (0..count).for_each(|number| point(kind.place(text.of(label, number).as_bytes())));
            }
            Self::Chain => peer_points(label)
                .take(count as usize)
                .for_each(|chained| point(Point::from(chained) << 96)),
        }
    }
}

/// The text of a point.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Text {
    /// `label-i`.
    Dash,
    /// `label:i`.
    Colon,
    /// `label-NODE-i`.
    Node,
    /// `ilabel`.
    Before,
}

impl Text {
    fn of(self, label: &str, number: u64) -> String {
        match self {
            Self::Dash => format!("{label}-{number}"),
            Self::Colon => format!("{label}:{number}"),
            Self::Node => format!("{label}-NODE-{number}"),
            Self::Before => format!("{number}{label}"),
        }
    }
}

/// How many texts of a backend are hashed. If floating-point arithmetic rounds down below a whole number, the backends
/// of some pools have fewer points than their share, exactly as in the program.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Count {
    /// A fixed number, whatever the weight.
    Fixed(u64),
    /// This many per unit of weight.
    PerWeight(u64),
    /// This many on average, in proportion to the weights.
    Average(u64, Rounding),
}

/// How a share of the points is rounded.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Rounding {
    /// Whole numbers.
    Integers,
    /// libmemcached: single precision in every step; the share of a quarter of four times as many.
    Singles,
    /// libketama: the share in single precision, the rest in double, the product in single again.
    SingleShare,
    /// (share · average) · n in double precision.
    AverageFirst,
    /// (share · n) · average in double precision.
    NumberFirst,
    /// average · n · weight / total in double precision.
    QuotientLast,
    /// (share · n) · average, to the nearest.
    Nearest,
}

impl Count {
    pub(super) fn of(self, weight: u64, total: u64, backends: usize) -> u64 {
        let (average, rounding) = match self {
            Self::Fixed(count) => return count,
            Self::PerWeight(count) => return count * weight,
            Self::Average(average, rounding) => (average, rounding),
        };
        let (w, all, n, per) = (weight as f64, total as f64, backends as f64, average as f64);
        match rounding {
            Rounding::Integers => average * backends as u64 * weight / total,
            Rounding::Singles => {
                let share = weight as f32 / total as f32;
                (share * (4 * average) as f32 / 4. * backends as f32).floor() as u64
            }
            Rounding::SingleShare => {
                let share = f64::from(weight as f32 / total as f32);
                ((share * per * n) as f32).floor() as u64
            }
            Rounding::AverageFirst => (w / all * per * n).floor() as u64,
            Rounding::NumberFirst => (w / all * n * per).floor() as u64,
            Rounding::QuotientLast => (per * n * w / all).floor() as u64,
            Rounding::Nearest => (w / all * n * per).round() as u64,
        }
    }
}

/// Which point a key selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Search {
    /// The first at its position or after it.
    AtOrAfter,
    /// The first after its position.
    After,
    /// The last at its position or before it.
    AtOrBefore,
}

/// The position of a key on the circle.
#[derive(Clone, Copy, Debug)]
pub(crate) enum KeyPlace {
    /// At its hash.
    Hash(HashKind),
    /// At the start of one of 1,024 arcs, which the hash selects.
    Arc(HashKind),
}

impl KeyPlace {
    /// The number of PECL's arcs, which divide 32 bits.
    const ARCS: u32 = 1_024;

    pub(super) fn of(self, key: &[u8]) -> Point {
        match self {
            Self::Hash(kind) => kind.place(key),
            Self::Arc(kind) => {
                let arc = kind.number(key) % Self::ARCS;
                Point::from(u32::MAX / Self::ARCS * arc) << 96
            }
        }
    }

    pub(super) const fn kind(self) -> HashKind {
        match self {
            Self::Hash(kind) | Self::Arc(kind) => kind,
        }
    }
}
