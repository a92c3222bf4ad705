//! The clients that take a hash modulo the number of servers: one engine for many hashes.

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

/// The parameters of a modulo.
#[derive(Clone, Copy, Debug)]
pub(super) struct ModuloSpec {
    /// The part of a key that is hashed.
    pub(super) tag: Tag,
    /// The hash of keys.
    pub(super) key: HashKind,
    /// The order of the backends in the list.
    pub(super) order: ListOrder,
    /// How often a backend appears in the list.
    pub(super) repeat: Repeat,
    /// How a hash selects a position in the list.
    pub(super) place: ListPlace,
}

/// How often a backend appears in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Once, whatever its weight.
    Once,
    /// As often as its weight, in a row.
    ByWeight,
}

/// How a hash selects a position in the list.
#[derive(Clone, Copy, Debug)]
pub(super) enum ListPlace {
    /// By the remainder.
    Remainder,
    /// In proportion to the largest hash.
    Scaled,
}

/// Another program's modulo: fast, and nearly every key moves when the list changes. Backends that may not be picked
/// are skipped for the next in the list; the programs themselves fail or hash again.
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

    /// Returns whether its hash of keys depends on the sign of C's `char`, and treats it as signed.
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
    /// Returns the position of a hash in a list that is not empty.
    fn place(&self, hash: u32) -> usize {
        let len = self.list.len();
        match self.spec.place {
            ListPlace::Remainder => hash as usize % len,
            // The largest hash would be one position too far.
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
