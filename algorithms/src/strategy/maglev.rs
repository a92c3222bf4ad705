//! **Maglev**: a lookup table that the backends fill in turns; one hash and one read per pick.
//!
//! # How it works
//! Each backend's name gives a permutation of the M entries of a table: it starts at `offset` and advances by `skip`,
//! both from SipHash-1-3. In turns, each backend takes the next free entry of its permutation, until none is free. A
//! key reads the entry at its hash · M / 2^64.
//!
//! # Cost
//! Build O(M log M) on average. Pick: one hash, one multiplication, one read. Memory: 2 bytes per entry up to 65,536
//! backends, else 4.
//!
//! # Membership change
//! The table is filled again. Besides the keys of a new or removed backend some others move: with M = 65,537, 2% more
//! than the minimum at 10 backends, 57% more at 100, 5.8 times as many at 1,000. A larger table moves fewer.
//!
//! # Weights
//! A backend takes a turn in every round in which its share, weight / largest weight, reaches another whole entry,
//! counted from the start of the round, so that every backend has an entry. With equal weights the numbers of entries
//! differ by at most one.
//!
//! # Ineligible backends
//! They keep their entries and are skipped: each of their keys continues through the table, in steps of its own, to the
//! first entry of an eligible backend, so that the others share these keys in proportion to their entries. (Adjacent
//! entries would not do: a backend's own entries are at regular distances.) No other key moves, neither on failure nor
//! on recovery.
//!
//! # Departures from the paper
//! Weights (the paper has none) and the walk past ineligible backends. Names are sorted before the fill, and within a
//! round the heavier go first, so the order given does not matter. The entry of a key is found by a multiplication, not
//! by a remainder.
//!
//! # References
//! D. E. Eisenbud et al.: Maglev: A Fast and Reliable Software Network Load Balancer, NSDI 2016,
//! section 3.4 (the fill: pseudocode 1 and table 1), section 5.3 (table sizes).
//!
//! # Example
//! ```
//! use evenkeel_algorithms::{LoadBalancer, Maglev, Pool};
//!
//! let balancer = LoadBalancer::new(Maglev::default(), Pool::new(["b1", "b2", "b3"])?)?;
//! let first = balancer.route(Some(b"alice"))?;
//! assert_eq!(first.backend(), balancer.route(Some(b"alice"))?.backend());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

use crate::algorithm::Algorithm;
use crate::backend::Weight;
use crate::balancer::Balancer;
use crate::card::{
    Card, Cost, Failover, Family, Feedback, OptionHelp, Origin, ShareVariance, Sizes, sized,
};
use crate::error::BuildError;
use crate::hash::{Fingerprint, Hashing, scaled};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::Slot;
use crate::step::Step;

mod options;
mod permutation;

use options::next_prime;

pub use options::{MAX_TABLE_SIZE, Options, TableSize};
pub(crate) use permutation::Permutation;

/// The section of its options.
pub const SECTION: SectionKey<Options> = SectionKey::new("maglev");

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "a lookup table that the backends fill in turns; one hash and one read per pick",
    section: SectionType::of(SECTION),
    options: &[OptionHelp {
        name: "table_size",
        help: "table entries, a prime; with 100 or more per backend few keys move",
        value: |options| options.get(SECTION).table_size.get().to_string(),
    }],
    size: sized!(SECTION: table_size: TableSize, Sizes::TABLES),
    origin: Origin::Own,
    feedback: Feedback::None,
    shares: ShareVariance::NearlyEven,
    // The entries of ineligible backends go to the owners of other entries: at most binomial variance.
    variance: Some(|options, _, share| {
        1. / (f64::from(options.get(SECTION).table_size.get()) * share)
    }),
    failover: Failover::Neighbours,
    lawful: |options| options.change(SECTION, |own| own.table_size = TableSize::SMALL),
    build: Cost::of("M log M").with(" for M entries"),
    pick: Cost::CONSTANT,
    memory: "2 or 4 bytes per entry",
    weights: "entries in proportion",
    disruption: "near minimal",
    source: "Eisenbud et al., NSDI 2016",
    ..Card::new(SECTION.algorithm(), Family::Table, &|hashing, options| {
        Box::new(Maglev::new(hashing, options.get(SECTION)))
    })
};

/// The Maglev table; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct Maglev {
    hashing: Hashing,
    options: Options,
}

impl Maglev {
    /// Returns the algorithm with the hash of keys and names, and its options.
    #[must_use]
    pub fn new(hashing: impl Into<Hashing>, options: Options) -> Self {
        Self {
            hashing: hashing.into(),
            options,
        }
    }

    /// Returns the permutations of a pool's backends, grouped by weight, the largest weight first.
    fn groups(&self, pool: &Pool) -> Vec<(Weight, Vec<Permutation>)> {
        let mut groups: BTreeMap<Reverse<Weight>, Vec<Permutation>> = BTreeMap::new();
        for &slot in pool.slots_by_name() {
            let name = pool.backend(slot).name();
            let permutation = Permutation::of(self.hashing, name, self.options.table_size, slot);
            groups
                .entry(Reverse(pool.weight(slot)))
                .or_default()
                .push(permutation);
        }
        groups
            .into_iter()
            .map(|(Reverse(weight), group)| (weight, group))
            .collect()
    }
}

impl Algorithm for Maglev {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let size = self.options.table_size.get();
        if pool.len() > size as usize {
            let next = next_prime(pool.len() as u32);
            return Err(BuildError::TableTooSmall {
                size,
                backends: pool.len(),
                next,
            });
        }
        let groups = self.groups(pool);
        let table = match pool.len() {
            0 => Table::Narrow(Box::default()),
            1..=0x1_0000 => Table::Narrow(fill(size, groups, |slot| slot.0 as u16)),
            _ => Table::Wide(fill(size, groups, |slot| slot.0)),
        };
        Ok(Box::new(Built {
            hashing: self.hashing,
            options: self.options,
            table,
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            minimal: false,
            ..Profile::MINIMAL
        }
    }
}

/// The table of a pool.
#[derive(Debug)]
pub struct Built {
    hashing: Hashing,
    options: Options,
    table: Table,
}

/// The slot of the backend of each table entry, in as few bytes as possible.
#[derive(Debug)]
enum Table {
    Narrow(Box<[u16]>),
    Wide(Box<[u32]>),
}

impl Built {
    /// Continues from an entry of a backend that is not allowed. Not inlined: it is rare, and large compared to the common
    /// path.
    #[cold]
    fn walk(&self, hash: u64, first: usize, pick: &Pick<'_>) -> Option<Slot> {
        let len = self.table.len();
        // The lower half of the hash gives the step, because the first entry hardly depends on it. The number of
        // entries is prime, so every step reaches all of them.
        let step = 1 + scaled(hash.rotate_left(32), len - 1);
        let walk = std::iter::successors(Some(first), |slot| Some((slot + step) % len));
        walk.take(len)
            .filter_map(|index| self.table.get(index))
            .find(|&slot| pick.allows(slot))
    }
}

impl Balancer for Built {
    #[inline]
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let hash = self.hashing.key(pick.key()?);
        let len = self.table.len();
        let first = scaled(hash, len);
        let slot = self.table.get(first)?;
        if pick.allows(slot) {
            return Some(slot);
        }
        self.walk(hash, first, pick)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.strategy(CARD.name, self.hashing);
        fingerprint.number(self.options.table_size.get().into());
    }

    fn table(&self) -> Option<Vec<Slot>> {
        let entries = 0..self.table.len();
        Some(entries.filter_map(|index| self.table.get(index)).collect())
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let hash = self.hashing.key(pick.key()?);
        steps(Step::of_hash(hash));
        let (index, len) = (scaled(hash, self.table.len()), self.table.len());
        steps(Step::entry(index, len, self.table.get(index)));
        self.pick(pick)
    }

    fn memory(&self) -> usize {
        match &self.table {
            Table::Narrow(slots) => size_of_val(&**slots),
            Table::Wide(slots) => size_of_val(&**slots),
        }
    }
}

impl Table {
    fn len(&self) -> usize {
        match self {
            Self::Narrow(slots) => slots.len(),
            Self::Wide(slots) => slots.len(),
        }
    }

    #[inline]
    fn get(&self, index: usize) -> Option<Slot> {
        match self {
            Self::Narrow(slots) => slots.get(index).map(|&slot| Slot(slot.into())),
            Self::Wide(slots) => slots.get(index).map(|&slot| Slot(slot)),
        }
    }
}

/// Lets the groups take entries in turns until the table is full. A group of weight w takes its turn t (from 0) in
/// round ⌊t · largest weight / w⌋.
fn fill<T: Copy>(
    size: u32,
    mut groups: Vec<(Weight, Vec<Permutation>)>,
    entry: impl Fn(Slot) -> T,
) -> Box<[T]> {
    let largest = u64::from(groups[0].0.get());
    let mut table: Vec<Option<T>> = vec![None; size as usize];
    let mut due: BinaryHeap<_> = (0..groups.len())
        .map(|group| Reverse((0, group, 0)))
        .collect();
    let mut free = table.len();
    while let Some(Reverse((_, group, turn))) = due.pop() {
        let (weight, permutations) = &mut groups[group];
        for permutation in permutations.iter_mut().take(free) {
            permutation.take(&mut table, entry(permutation.slot));
        }
        free = free.saturating_sub(permutations.len());
        if free == 0 {
            break;
        }
        let round = (turn + 1) * largest / u64::from(weight.get());
        due.push(Reverse((round, group, turn + 1)));
    }
    table.into_iter().flatten().collect()
}

/// Returns the table of a prime size for backends of equal weight, each with a permutation of an offset and a skip
/// below the size: the backend of each entry. It is public for checks against worked examples, such as table 1 of the
/// paper.
#[must_use]
pub fn fill_of(size: u32, permutations: &[(u32, u32)]) -> Box<[usize]> {
    let permutation = |(&(next, skip), slot): (&(u32, u32), u32)| Permutation {
        slot: Slot(slot),
        next,
        skip,
    };
    let group = permutations.iter().zip(0..).map(permutation).collect();
    fill(size, vec![(Weight::MIN, group)], Slot::index)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Seed;

    /// Table 1 of the paper: seven entries, three backends, and the same without one of them.
    #[test]
    fn table_1_of_the_paper() {
        let (b0, b1, b2) = ((3, 4), (0, 2), (3, 1));
        let filled = |permutations: &[_]| fill_of(7, permutations);
        assert_eq!(*filled(&[b0, b1, b2]), [1, 0, 1, 0, 2, 2, 0]);
        assert_eq!(*filled(&[b0, b2]), [0, 0, 0, 0, 1, 1, 1]);
        assert_eq!(*filled(&[b0, b1]), [1, 0, 1, 0, 0, 0, 1]);
    }

    #[test]
    fn fewer_entries_than_backends_are_rejected() {
        let maglev = Maglev::new(
            Seed::DEFAULT,
            Options {
                table_size: TableSize::new(7).unwrap(),
            },
        );
        assert!(
            maglev
                .build(&Pool::new((0..7).map(|n| n.to_string())).unwrap(), None)
                .is_ok()
        );
        let pool = Pool::new((0..8).map(|n| n.to_string())).unwrap();
        let error = BuildError::TableTooSmall {
            size: 7,
            backends: 8,
            next: 11,
        };
        assert_eq!(maglev.build(&pool, None).unwrap_err(), error);
    }
}
