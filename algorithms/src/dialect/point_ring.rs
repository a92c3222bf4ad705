//! The rings of the memcached and Redis clients and of Pingora: one engine, with parameters for the texts that become
//! points, their number, the search, and the hash of keys.

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::card::Card;
use crate::dialect::settings::Settings;
use crate::dialect::wide_ring::{Point, WideRing};
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::options::Options;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::ring::Ring;
use crate::slot::Slot;
use crate::step::Step;

mod spec;

pub(super) use spec::{Count, KeyPlace, Points, RingSpec, Rounding, Search, Text};

/// Another program's ring.
#[derive(Clone, Debug)]
pub struct PointRing {
    settings: Settings,
    spec: RingSpec,
    /// The ring that is used if any weight is not 1.
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

    /// Returns the same ring, with another one to use if the backends have weights.
    pub(super) fn or_weighted(self, weighted: RingSpec) -> Self {
        Self {
            weighted: Some(weighted),
            ..self
        }
    }

    /// Returns a backend that has fewer points than its weight implies because floating-point arithmetic fell short of
    /// a whole number, with its points and the expected number. `None` if there is no such backend.
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

    /// Returns whether its hash of keys depends on the sign of C's `char`, and treats it as signed.
    #[must_use]
    pub const fn widens_signed(&self) -> bool {
        self.spec.key.kind().widens_signed()
    }

    /// Returns the parameters for a pool.
    fn spec(&self, pool: &Pool) -> RingSpec {
        let plain = pool.backends().all(|backend| backend.weight().get() == 1);
        self.weighted.filter(|_| !plain).unwrap_or(self.spec)
    }

    fn points(&self, pool: &Pool) -> Result<Vec<(Point, Slot)>, BuildError> {
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
