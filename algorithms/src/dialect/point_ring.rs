//! The rings of the memcached and Redis clients and of Pingora: one engine, told by a few knobs what
//! is hashed into points, how many there are, which one a key finds and by which hash.

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::card::Card;
use crate::dialect::hash::md5_quarters;
use crate::dialect::key::{HashKind, Tag};
use crate::dialect::label::Label;
use crate::dialect::list_order::ListOrder;
use crate::dialect::settings::Settings;
use crate::dialect::wide_ring::{Place, Ties, WideRing};
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::options::Options;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::ring::Ring;
use crate::slot::Slot;
use crate::step::Step;

/// The knobs of a ring.
#[derive(Clone, Copy, Debug)]
pub(super) struct RingSpec {
    /// What stands for a backend in the texts that are hashed into points.
    pub(super) label: Label,
    /// How labels become points.
    pub(super) points: Points,
    /// How many texts of each backend are hashed.
    pub(super) count: Count,
    /// Which point a key finds.
    pub(super) search: Search,
    /// In which order the backends' points are dealt.
    pub(super) order: ListOrder,
    /// Which of equal points stays.
    pub(super) ties: Ties,
    /// What is hashed of a key.
    pub(super) tag: Tag,
    /// How it is hashed.
    pub(super) key: KeyPlace,
}

/// How a label and the numbers i from 0 become points.
#[derive(Clone, Copy, Debug)]
pub(super) enum Points {
    /// The first so many quarters of the MD5 digest of `label-i`.
    Md5Quarters(usize),
    /// One point each.
    Each(Text, HashKind),
    /// The CRC-32 of host, a zero byte, port and the point before, from 0.
    Chain,
}

/// The text of a point.
#[derive(Clone, Copy, Debug)]
pub(super) enum Text {
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

/// How many texts of a backend are hashed. Where floats round down below a whole number, the
/// backends of some pools have fewer than their share: that is the program's answer.
#[derive(Clone, Copy, Debug)]
pub(super) enum Count {
    /// So many, whatever the weight.
    Fixed(u64),
    /// So many a unit of weight.
    PerWeight(u64),
    /// So many on average, in proportion to the weights.
    Average(u64, Rounding),
}

/// How a share of the points is rounded down.
#[derive(Clone, Copy, Debug)]
pub(super) enum Rounding {
    /// Whole numbers.
    Integers,
    /// libmemcached: single precision at every step; the share of a fourth of four times as many.
    Singles,
    /// libketama: a share in single precision, the rest in double, the product in single again.
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
    fn of(self, weight: u64, total: u64, backends: usize) -> u64 {
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

/// Which point a key finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Search {
    /// The first at its place or after it.
    AtOrAfter,
    /// The first after its place.
    After,
    /// The last at its place or before it.
    AtOrBefore,
}

/// Where a key stands on the circle.
#[derive(Clone, Copy, Debug)]
pub(super) enum KeyPlace {
    /// Where its hash is.
    Hash(HashKind),
    /// At the start of the one of 1,024 arcs that the hash names.
    Arc(HashKind),
}

impl KeyPlace {
    /// Pecl's arcs: as long as 1,024 of them fit into 32 bits.
    const ARCS: u32 = 1_024;

    fn of(self, key: &[u8]) -> Place {
        match self {
            Self::Hash(kind) => kind.place(key),
            Self::Arc(kind) => {
                let arc = kind.number(key) % Self::ARCS;
                Place::from(u32::MAX / Self::ARCS * arc) << 96
            }
        }
    }

    const fn kind(self) -> HashKind {
        match self {
            Self::Hash(kind) | Self::Arc(kind) => kind,
        }
    }
}

/// Another program's ring.
#[derive(Clone, Debug)]
pub struct PointRing {
    settings: Settings,
    spec: RingSpec,
    /// The ring that stands in once any backend has another weight than 1.
    weighted: Option<RingSpec>,
}

impl PointRing {
    pub(super) fn new(algorithm: &'static Card, options: &Options, spec: RingSpec) -> Self {
        Self {
            settings: Settings::new(algorithm, options),
            spec,
            weighted: None,
        }
    }

    /// The same, and another ring if the backends have weights.
    pub(super) fn or_weighted(self, weighted: RingSpec) -> Self {
        Self {
            weighted: Some(weighted),
            ..self
        }
    }

    /// A backend that has fewer points than its weight is due because floats fell short of a whole
    /// number, with those it has and those it is due; none where that is not so.
    #[must_use]
    pub fn rounding_loss(&self, pool: &Pool) -> Option<(Slot, u64, u64)> {
        let spec = self.spec(pool);
        let Count::Average(average, _) = spec.count else {
            return None;
        };
        let exact = Count::Average(average, Rounding::Integers);
        let weight = |slot| u64::from(pool.weight(slot).get());
        let total = pool.slots().map(weight).sum();
        let of = |count: Count, slot| {
            count.of(weight(slot), total, pool.len()) * spec.points.of_each_text()
        };
        let losses = pool
            .slots()
            .map(|slot| (slot, of(spec.count, slot), of(exact, slot)));
        let mut losses = losses.filter(|(_, has, due)| has < due);
        losses.next()
    }

    /// Whether its hash of keys depends on the sign of C's `char`, which has one here.
    #[must_use]
    pub const fn widens_signed(&self) -> bool {
        self.spec.key.kind().widens_signed()
    }

    /// The knobs for a pool.
    fn spec(&self, pool: &Pool) -> RingSpec {
        let plain = pool.backends().all(|backend| backend.weight().get() == 1);
        self.weighted.filter(|_| !plain).unwrap_or(self.spec)
    }

    fn points(&self, pool: &Pool) -> Result<Vec<(Place, Slot)>, BuildError> {
        let spec = self.spec(pool);
        let weight = |slot| u64::from(pool.weight(slot).get());
        let total = pool.slots().map(weight).sum();
        let count = |slot| spec.count.of(weight(slot), total, pool.len());
        let points: u64 = pool.slots().map(count).sum();
        Ring::check_size(points as usize)?;
        let mut points = Vec::new();
        for slot in spec.order.of(pool) {
            let label = spec.label.of(slot, pool.backend(slot));
            spec.points
                .of(&label, count(slot), |place| points.push((place, slot)));
        }
        if spec.search == Search::AtOrBefore {
            let mask = spec.mask();
            points
                .iter_mut()
                .for_each(|(place, _)| *place = !*place & mask);
        }
        Ok(points)
    }
}

impl Algorithm for PointRing {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let bits = self.spec.key.kind().bits();
        Ok(Box::new(Built {
            settings: self.settings.clone(),
            spec: self.spec,
            ring: WideRing::new(self.points(pool)?, bits, self.spec.ties)?,
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            key: Key::Required,
            weighted: self.weighted.is_some() || !matches!(self.spec.count, Count::Fixed(_)),
            ..Profile::TURNS
        }
    }
}

/// The ring of a pool.
#[derive(Debug)]
pub(crate) struct Built {
    settings: Settings,
    spec: RingSpec,
    ring: WideRing,
}

impl RingSpec {
    /// Where a key of this hash is searched from.
    fn start(&self, hash: Place) -> Place {
        match self.search {
            Search::AtOrAfter => hash,
            Search::After => hash.wrapping_add(self.unit()),
            // The points lie the other way round.
            Search::AtOrBefore => !hash & self.mask(),
        }
    }

    /// The distance of neighbouring hashes.
    const fn unit(&self) -> Place {
        1 << (128 - self.key.kind().bits())
    }

    /// The bits that a hash has.
    const fn mask(&self) -> Place {
        !(self.unit() - 1)
    }
}

impl Points {
    /// How many points a text becomes.
    const fn of_each_text(self) -> u64 {
        match self {
            Self::Md5Quarters(quarters) => quarters as u64,
            Self::Each(..) | Self::Chain => 1,
        }
    }

    fn of(self, label: &str, count: u64, mut point: impl FnMut(Place)) {
        match self {
            Self::Md5Quarters(quarters) => {
                for number in 0..count {
                    let text = Text::Dash.of(label, number);
                    let quarters = md5_quarters(text.as_bytes()).into_iter().take(quarters);
                    quarters.for_each(|quarter| point(Place::from(quarter) << 96));
                }
            }
            Self::Each(text, kind) => {
                (0..count).for_each(|number| point(kind.place(text.of(label, number).as_bytes())));
            }
            Self::Chain => super::nginx_hash_consistent::peer_points(label)
                .take(count as usize)
                .for_each(|chained| point(Place::from(chained) << 96)),
        }
    }
}

impl Balancer for Built {
    #[inline]
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let key = self.spec.tag.of(pick.key()?);
        let start = self.spec.start(self.spec.key.of(key));
        let slot = self.ring.successor(start)?;
        if pick.allows(slot) {
            return Some(slot);
        }
        self.ring.walk(start).find(|&slot| pick.allows(slot))
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        self.settings.describe(fingerprint);
    }

    fn table(&self) -> Option<Vec<Slot>> {
        Some(self.ring.owners())
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let (key, spec) = (pick.key()?, self.spec);
        spec.tag.tell(key, steps);
        let bits = spec.key.kind().bits();
        let place = spec.key.of(spec.tag.of(key));
        let hash = place >> (128 - bits);
        steps(Step::Hash { hash, bits });
        if let Some((place, owner)) = self.ring.point(self.spec.start(place)) {
            let place = match spec.search {
                Search::AtOrBefore => !place & self.spec.mask(),
                Search::AtOrAfter | Search::After => place,
            };
            let point = place >> (128 - bits);
            steps(Step::Point { point, owner });
        }
        self.pick(pick)
    }

    fn memory(&self) -> usize {
        self.ring.memory()
    }
}
