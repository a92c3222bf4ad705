//! `bursts`: several requests in a row to each backend in turn, so that warm connections are reused. An option sets
//! how many; the state is the number of requests so far.

use std::sync::atomic::{AtomicU64, Ordering};

use evenkeel_algorithms::{
    Algorithm, Balancer, BuildError, Card, Cost, Family, Fingerprint, OptionHelp, Pick, Pool,
    Profile, SectionKey, SectionType, Slot, WholeNumber, carried,
};
use serde::{Deserialize, Serialize};

/// The section of its options in a config: `options: { bursts: { length: 20 } }`.
pub const SECTION: SectionKey<Options> = SectionKey::new("bursts");

/// The card of the algorithm: facts for choosing it, and how to make it.
pub static CARD: Card = Card {
    summary: "several requests in a row to each backend in turn",
    section: SectionType::of(SECTION),
    options: &[OptionHelp {
        name: "length",
        help: "requests in a row, 1 to 1000",
        value: |options| options.get(SECTION).length.to_string(),
    }],
    build: Cost::CONSTANT,
    pick: Cost::CONSTANT,
    memory: "none",
    weights: "none",
    disruption: "the order of the turns",
    source: "this example",
    ..Card::new(SECTION.algorithm(), Family::Turns, &|_, options| {
        Box::new(Bursts(options.get(SECTION)))
    })
};

/// Its options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The number of requests in a row for each backend.
    pub length: WholeNumber<1, 1_000, 10>,
}

/// The settings.
#[derive(Clone, Copy, Debug)]
struct Bursts(Options);

impl Algorithm for Bursts {
    fn build(
        &self,
        _: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        // The turns continue where they were before the pool changed.
        let taken =
            carried::<Built>(before).map_or(0, |before| before.taken.load(Ordering::Relaxed));
        Ok(Box::new(Built {
            length: self.0.length.get(),
            taken: taken.into(),
        }))
    }

    fn profile(&self) -> Profile {
        Profile::TURNS.without_weights()
    }
}

/// The balancer for a pool.
#[derive(Debug)]
struct Built {
    length: u64,
    /// The number of requests so far.
    taken: AtomicU64,
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let slots = pick.pool().slots();
        // A question takes no turn.
        let taken = if pick.is_question() {
            self.taken.load(Ordering::Relaxed)
        } else {
            self.taken.fetch_add(1, Ordering::Relaxed)
        };
        let turn = (taken / self.length).checked_rem(slots.len() as u64)?;
        let from = slots.clone().skip(turn as usize).chain(slots);
        from.into_iter().find(|&slot| pick.allows(slot))
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
        fingerprint.number(self.length);
    }
}
