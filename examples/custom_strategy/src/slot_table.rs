//! `slot-table`: a table of slots, each of which belongs to a backend by weighted rendezvous hashing. A key finds its
//! slot, and so its backend, in one lookup. An option sets the number of slots.

use evenkeel_algorithms::{
    Algorithm, Balancer, BuildError, Card, Cost, Family, Fingerprint, Hashing, OptionHelp, Pick,
    Pool, Profile, SectionKey, SectionType, ShareVariance, Size, Sizes, Slot, Step, WholeNumber,
};
use serde::{Deserialize, Serialize};

/// The section of its options in a config: `options: { slot-table: { slots: 5000 } }`.
pub const SECTION: SectionKey<Options> = SectionKey::new("slot-table");

/// The card of the algorithm: facts for choosing it, and how to make it.
pub static CARD: Card = Card {
    aliases: &["slots"],
    summary: "a table of slots, each of which belongs to a backend by rendezvous hashing",
    section: SectionType::of(SECTION),
    options: &[OptionHelp {
        name: "slots",
        help: "slots of the table, 1 to 1000000; more spread load more evenly",
        value: |options| options.get(SECTION).slots.to_string(),
    }],
    shares: ShareVariance::AsRandom,
    build: Cost::of("nS").with(" for S slots"),
    pick: Cost::CONSTANT,
    memory: "4 bytes per slot and 8 per backend",
    weights: "exact, by rendezvous",
    disruption: "minimal",
    source: "this example",
    // The option for `tune`.
    size: Some(Size {
        option: "slots",
        values: Sizes::Numbers {
            least: Slots::MIN,
            most: Slots::MAX,
        },
        set: |options, slots| {
            let slots = Slots::new(slots)?;
            options.set(SECTION, Options { slots });
            Ok(())
        },
    }),
    ..Card::new(SECTION.algorithm(), Family::Table, &|hashing, options| {
        Box::new(SlotTable {
            hashing,
            options: options.get(SECTION),
        })
    })
};

/// The number of slots.
pub type Slots = WholeNumber<1, 1_000_000, 1_000>;

/// Its options.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// The number of slots.
    pub slots: Slots,
}

/// The settings.
#[derive(Clone, Copy, Debug)]
struct SlotTable {
    hashing: Hashing,
    options: Options,
}

impl Algorithm for SlotTable {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let names = pool
            .backends()
            .map(|backend| self.hashing.backend(backend.name()));
        let mut built = Built {
            settings: *self,
            names: names.collect(),
            table: Box::default(),
        };
        let entries = 0..self.options.slots.get();
        let first = |entry| built.first(entry, pool, |_| true);
        built.table = entries.filter_map(first).collect();
        Ok(Box::new(built))
    }

    fn profile(&self) -> Profile {
        Profile::MINIMAL
    }
}

/// The balancer for a pool.
#[derive(Debug)]
struct Built {
    settings: SlotTable,
    /// The hash of each backend's name.
    names: Box<[u64]>,
    /// The backend of each entry; empty for an empty pool.
    table: Box<[Slot]>,
}

impl Built {
    /// Returns the first allowed backend for an entry: the one that a table of only the allowed backends would have
    /// there, so that no key moves between remaining backends.
    fn first(&self, entry: u64, pool: &Pool, allowed: impl Fn(Slot) -> bool) -> Option<Slot> {
        let arrival = |slot: &Slot| {
            let hash = Hashing::mixed(entry, self.names[slot.index()]);
            Hashing::arrival(hash, pool.weight(*slot))
        };
        // By name, so that the order given makes no difference, not even between equals.
        let slots = pool.slots_by_name().iter().copied();
        let allowed = slots.filter(|&slot| allowed(slot));
        allowed.min_by(|one, other| arrival(one).total_cmp(&arrival(other)))
    }

    /// Returns the entry of a key, and its hash; `None` in an empty pool or without a key.
    fn entry(&self, pick: &Pick<'_>) -> Option<(u64, usize)> {
        let hash = self.settings.hashing.key(pick.key()?);
        let entry = hash.checked_rem(self.table.len() as u64)?;
        Some((hash, entry as usize))
    }
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let (_, entry) = self.entry(pick)?;
        let owner = self.table[entry];
        if pick.allows(owner) {
            return Some(owner);
        }
        self.first(entry as u64, pick.pool(), |slot| pick.allows(slot))
    }

    /// For `explain`.
    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let (hash, entry) = self.entry(pick)?;
        steps(Step::of_hash(hash));
        steps(Step::entry(entry, self.table.len(), self.table[entry]));
        self.pick(pick)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.strategy(CARD.name, self.settings.hashing);
        fingerprint.number(self.settings.options.slots.get());
    }

    /// For the warnings of `check`.
    fn table(&self) -> Option<Vec<Slot>> {
        Some(self.table.to_vec())
    }

    /// For the costs in `compare`.
    fn memory(&self) -> usize {
        size_of_val(&*self.names) + size_of_val(&*self.table)
    }
}
