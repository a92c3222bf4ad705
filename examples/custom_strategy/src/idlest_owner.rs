//! `idlest-owner`: a key has some owners, by rendezvous hashing, and each request goes to the one of them with the
//! fewest requests in flight. A popular key is shared among its owners; an idle pool sends it to the first.

use std::cmp::Reverse;

use evenkeel_algorithms::{
    Algorithm, Balancer, BuildError, Card, Cost, Family, Feedback, Fingerprint, Hashing,
    OptionHelp, Pick, Pool, Profile, SectionKey, SectionType, ShareVariance, Slot, WholeNumber,
};
use serde::{Deserialize, Serialize};

/// Where its options stand in a config: `options: { idlest-owner: { owners: 3 } }`.
pub const SECTION: SectionKey<Options> = SectionKey::new("idlest-owner");

/// What is to be known of it before choosing it, and what makes it.
pub static CARD: Card = Card {
    aliases: &["idlest"],
    summary: "of a key's owners the one with the fewest requests in flight",
    section: SectionType::of(SECTION),
    options: &[OptionHelp {
        name: "owners",
        help: "owners that a key has, 1 to 16; with 1 it is rendezvous without weights",
        value: |options| options.get(SECTION).owners.to_string(),
    }],
    feedback: Feedback::InFlight,
    shares: ShareVariance::ByLoad,
    build: Cost::LINEAR,
    pick: Cost::LINEAR,
    memory: "8 bytes a backend",
    weights: "none",
    disruption: "minimal",
    source: "this example",
    ..Card::new(SECTION.algorithm(), Family::Scores, &|hashing, options| {
        Box::new(IdlestOwner {
            hashing,
            options: options.get(SECTION),
        })
    })
};

/// Its options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// How many owners a key has.
    pub owners: WholeNumber<1, 16, 2>,
}

/// The settings.
#[derive(Clone, Copy, Debug)]
struct IdlestOwner {
    hashing: Hashing,
    options: Options,
}

impl Algorithm for IdlestOwner {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let names = pool
            .backends()
            .map(|backend| self.hashing.backend(backend.name()));
        Ok(Box::new(Built {
            settings: *self,
            names: names.collect(),
        }))
    }

    fn profile(&self) -> Profile {
        // In an idle pool the first owner is picked, and that is the best score of all.
        Profile::MINIMAL.without_weights().with_in_flight()
    }
}

/// What is built for a pool.
#[derive(Debug)]
struct Built {
    settings: IdlestOwner,
    /// The hash of each slot's name.
    names: Box<[u64]>,
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let key = self.settings.hashing.key(pick.key()?);
        let score = |slot: Slot| Hashing::mixed(key, self.names[slot.index()]);
        let allowed = || pick.pool().slots().filter(|&slot| pick.allows(slot));
        // The owners one after the other: each has the best score below that of the one before.
        let first = allowed().max_by_key(|&slot| score(slot));
        let next = |&owner: &Slot| {
            let others = allowed().filter(|&slot| score(slot) < score(owner));
            others.max_by_key(|&slot| score(slot))
        };
        let owners = std::iter::successors(first, next);
        // Of equals the one with the best score.
        let busy = |&slot: &Slot| (pick.pool().in_flight(slot), Reverse(score(slot)));
        owners
            .take(self.settings.options.owners.get() as usize)
            .min_by_key(busy)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.strategy(CARD.name, self.settings.hashing);
        fingerprint.number(self.settings.options.owners.get());
    }

    fn memory(&self) -> usize {
        size_of_val(&*self.names)
    }
}
