//! The clients that take the remainder of a hash by the number of servers: one engine, and which hash.

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::card::Card;
use crate::dialect::key::{HashKind, Tag};
use crate::dialect::list_order::ListOrder;
use crate::dialect::settings::Settings;
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::options::Options;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::ring::Ring;
use crate::slot::Slot;
use crate::step::Step;

/// The knobs of a modulo.
#[derive(Clone, Copy, Debug)]
pub(super) struct ModuloSpec {
    /// What is hashed of a key.
    pub(super) tag: Tag,
    /// How it is hashed.
    pub(super) key: HashKind,
    /// In which order the backends stand in the list.
    pub(super) order: ListOrder,
    /// How often a backend stands in the list.
    pub(super) repeat: Repeat,
    /// How a hash becomes a place in the list.
    pub(super) place: ListPlace,
}

/// How often a backend stands in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Once, whatever its weight.
    Once,
    /// Weight times in a row.
    ByWeight,
}

/// How a hash becomes a place in the list.
#[derive(Clone, Copy, Debug)]
pub(super) enum ListPlace {
    /// The remainder.
    Remainder,
    /// The part of the largest hash that it is.
    Scaled,
}

/// Another program's modulo: quick, and nearly every key moves when the list changes. Past those that
/// may not be reached it walks on in the list; the programs themselves fail or hash again.
#[derive(Clone, Debug)]
pub struct ListModulo {
    settings: Settings,
    spec: ModuloSpec,
}

impl ListModulo {
    pub(super) fn new(algorithm: &'static Card, options: &Options, spec: ModuloSpec) -> Self {
        Self {
            settings: Settings::new(algorithm, options),
            spec,
        }
    }

    /// Returns whether its hash of keys depends on the sign of C's `char`, which has one here.
    #[must_use]
    pub const fn widens_signed(&self) -> bool {
        self.spec.key.widens_signed()
    }
}

impl Algorithm for ListModulo {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let times = |slot| match self.spec.repeat {
            Repeat::Once => 1,
            Repeat::ByWeight => pool.weight(slot).get() as usize,
        };
        Ring::check_size(pool.slots().map(times).sum())?;
        let slots = self.spec.order.of(pool).into_iter();
        let list = slots.flat_map(|slot| std::iter::repeat_n(slot, times(slot)));
        Ok(Box::new(Built {
            settings: self.settings.clone(),
            spec: self.spec,
            list: list.collect(),
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            key: Key::Required,
            weighted: self.spec.repeat == Repeat::ByWeight,
            ..Profile::TURNS
        }
    }
}

/// The list of a pool.
#[derive(Debug)]
pub(crate) struct Built {
    settings: Settings,
    spec: ModuloSpec,
    list: Box<[Slot]>,
}

impl Built {
    /// Returns where a hash stands in a list that is not empty.
    fn place(&self, hash: u32) -> usize {
        let len = self.list.len();
        match self.spec.place {
            ListPlace::Remainder => hash as usize % len,
            // The largest hash would be one place too far.
            ListPlace::Scaled => {
                let scaled = u64::from(hash) * len as u64 / u64::from(u32::MAX);
                (scaled as usize).min(len - 1)
            }
        }
    }
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let key = self.spec.tag.of(pick.key()?);
        if self.list.is_empty() {
            return None;
        }
        let place = self.place(self.spec.key.number(key));
        let (before, from) = self.list.split_at(place);
        let mut walk = from.iter().chain(before).copied();
        walk.find(|&slot| pick.allows(slot))
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        self.settings.describe(fingerprint);
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let key = pick.key()?;
        self.spec.tag.tell(key, steps);
        let hash = self.spec.key.number(self.spec.tag.of(key));
        let bits = u32::BITS;
        steps(Step::Hash {
            hash: hash.into(),
            bits,
        });
        if !self.list.is_empty() {
            let index = self.place(hash);
            steps(Step::entry(index, self.list.len(), self.list[index]));
        }
        self.pick(pick)
    }

    fn memory(&self) -> usize {
        size_of_val(&*self.list)
    }
}
