//! Buckets: the units of weight of a pool, numbered for the algorithms that pick a number.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::backend::Backend;
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::limits::MAX_BUCKETS;
use crate::slot::Slot;

/// Which backend holds which bucket, and the order in which the vacant buckets were vacated.
///
/// An algorithm that knows only numbers (jump hash, AnchorHash) moves no key needlessly as long as the numbers of other
/// backends stay the same. So every unit of weight keeps its bucket while it exists. A backend that joins or gains
/// weight takes the most recently vacated bucket, or a new one at the end if none is vacant; a bucket that is vacated
/// at the end while no other is vacant ceases to exist.
///
/// At first the backends are numbered by name, with numbers in names compared as numbers (`shard-9` before `shard-10`),
/// so shards that are only added at the end need no history. From then on the numbers depend on the changes that the
/// pool went through, so two processes with different histories route differently. The history can be passed between
/// them [as a value](crate::Pool::with_numbering). It is part of the [fingerprint](crate::Snapshot::fingerprint).
///
/// ```
/// use evenkeel_algorithms::{Anchor, LoadBalancer, Pool};
///
/// let before = LoadBalancer::new(Anchor::default(), Pool::new(["b1", "b2", "b3"])?)?;
/// before.update(["b2", "b3", "b4"])?;
/// let numbering = before.snapshot().pool().numbering()?.clone();
///
/// let restarted = Pool::new(["b2", "b3", "b4"])?.with_numbering(numbering);
/// let after = LoadBalancer::new(Anchor::default(), restarted)?;
/// assert_eq!(after.fingerprint(), before.fingerprint());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Numbering {
    /// The names of the holders.
    names: Box<[Arc<str>]>,
    /// The holder of each bucket: a slot of the pool that the numbering was made for.
    holders: Box<[Option<Slot>]>,
    /// The vacant buckets, the most recent at the end.
    vacated: Box<[u32]>,
    /// The initial number of buckets.
    first: u32,
}

/// The backends that are numbered.
pub(crate) struct Members<'a> {
    /// In the order of their slots.
    pub(crate) backends: Vec<&'a Backend>,
    /// The slot of a name.
    pub(crate) slot: &'a dyn Fn(&str) -> Option<Slot>,
}

impl Numbering {
    /// Returns the numbering of changed backends.
    pub(crate) fn successor(&self, members: &Members<'_>) -> Result<Self, BuildError> {
        let weights = members.backends.iter().map(|backend| backend.weight());
        let buckets = weights.map(|weight| u64::from(weight.get())).sum();
        if buckets > MAX_BUCKETS {
            return Err(BuildError::TooManyBuckets { buckets });
        }
        let mut change = Change::new(self, members);
        change.vacate();
        change.take(&members.backends);
        let first = if change.afresh {
            buckets as u32
        } else {
            self.first
        };
        Ok(Self {
            names: members
                .backends
                .iter()
                .map(|backend| backend.shared_name())
                .collect(),
            holders: change.holders.into(),
            vacated: change.vacated.into(),
            first,
        })
    }

    /// Returns the number of buckets, vacant ones included.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.holders.len()
    }

    /// Returns whether there is no bucket.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.holders.is_empty()
    }

    /// Returns the holder of each bucket, in the pool that the numbering was made for.
    #[must_use]
    pub const fn holders(&self) -> &[Option<Slot>] {
        &self.holders
    }

    /// Returns the vacant buckets in the order in which they were vacated.
    #[must_use]
    pub const fn vacated(&self) -> &[u32] {
        &self.vacated
    }

    /// Returns the initial number of buckets, by which a table that cannot grow is sized.
    #[must_use]
    pub const fn first(&self) -> u32 {
        self.first
    }

    /// Returns the buckets as runs: a backend, or `None` if they are vacant, and the length of the run.
    pub fn runs(&self) -> impl Iterator<Item = (Option<&str>, u32)> {
        let same = |a: &Option<Slot>, b: &Option<Slot>| a == b;
        self.holders.chunk_by(same).map(|run| {
            let name = run[0].map(|slot| &*self.names[slot.index()]);
            (name, run.len() as u32)
        })
    }

    /// Returns the bytes held, without the names, which belong to the pool.
    pub(crate) fn memory(&self) -> usize {
        size_of_val(&*self.names) + size_of_val(&*self.holders) + size_of_val(&*self.vacated)
    }

    /// Adds the buckets to a fingerprint. The initial number of buckets matters only through a table's capacity.
    pub(crate) fn describe(&self, fingerprint: &mut Fingerprint) {
        for (name, count) in self.runs() {
            fingerprint.text(name.unwrap_or_default());
            fingerprint.number(count.into());
        }
        self.vacated
            .iter()
            .for_each(|&bucket| fingerprint.number(bucket.into()));
    }
}

/// A numbering while it is changed for other backends.
struct Change {
    holders: Vec<Option<Slot>>,
    vacated: Vec<u32>,
    /// By slot: buckets held minus weight.
    excess: Vec<i64>,
    /// Whether no earlier backend is left.
    afresh: bool,
}

impl Change {
    /// Returns the previous buckets, held by slots of the changed backends, or by none if the holder left.
    fn new(before: &Numbering, members: &Members<'_>) -> Self {
        let names = before.names.iter();
        let now: Vec<_> = names.map(|name| (members.slot)(name)).collect();
        let now = |holder: &Option<Slot>| holder.and_then(|slot| now[slot.index()]);
        let mut holders: Vec<_> = before.holders.iter().map(now).collect();
        let mut vacated = before.vacated.to_vec();
        let afresh = holders.iter().all(Option::is_none);
        if afresh {
            holders.clear();
            vacated.clear();
        }
        let missing = |backend: &&Backend| -i64::from(backend.weight().get());
        let mut excess: Vec<_> = members.backends.iter().map(missing).collect();
        for slot in holders.iter().flatten() {
            excess[slot.index()] += 1;
        }
        Self {
            holders,
            vacated,
            excess,
            afresh,
        }
    }

    /// Vacates the buckets of backends that left or hold too many, the last first.
    fn vacate(&mut self) {
        let mut vacant = vec![false; self.holders.len()];
        self.vacated
            .iter()
            .for_each(|&bucket| vacant[bucket as usize] = true);
        for bucket in (0..self.holders.len()).rev() {
            let excess = self.holders[bucket].map(|slot| &mut self.excess[slot.index()]);
            match excess {
                Some(excess) if *excess > 0 => *excess -= 1,
                None if !vacant[bucket] => {}
                _ => continue,
            }
            self.holders[bucket] = None;
            if self.vacated.is_empty() && bucket + 1 == self.holders.len() {
                self.holders.pop();
            } else {
                self.vacated.push(bucket as u32);
            }
        }
    }

    /// Gives buckets to the backends that hold too few, by name.
    fn take(&mut self, backends: &[&Backend]) {
        let slots = (0..backends.len()).map(Slot::new);
        let mut few: Vec<_> = slots.filter(|slot| self.excess[slot.index()] < 0).collect();
        let name = |slot: Slot| backends[slot.index()].name();
        few.sort_unstable_by(|&a, &b| by_number(name(a), name(b)));
        for slot in few {
            for _ in self.excess[slot.index()]..0 {
                match self.vacated.pop() {
                    Some(bucket) => self.holders[bucket as usize] = Some(slot),
                    None => self.holders.push(Some(slot)),
                }
            }
        }
    }
}

/// Compares names, with numbers in them compared as numbers: `shard-9`, `shard-10`.
fn by_number(a: &str, b: &str) -> Ordering {
    let (mut left, mut right) = (a.as_bytes(), b.as_bytes());
    loop {
        let order = match (left.first(), right.first()) {
            (Some(x), Some(y)) if x.is_ascii_digit() && y.is_ascii_digit() => {
                let (x, y) = (split_number(&mut left), split_number(&mut right));
                x.len().cmp(&y.len()).then_with(|| x.cmp(y))
            }
            (Some(x), Some(y)) => {
                (left, right) = (&left[1..], &right[1..]);
                x.cmp(y)
            }
            // These names differ only by zeros before a number.
            (x, y) => return x.cmp(&y).then_with(|| a.cmp(b)),
        };
        if order.is_ne() {
            return order;
        }
    }
}

/// Splits off the digits at the start of a text, without leading zeros.
fn split_number<'a>(text: &mut &'a [u8]) -> &'a [u8] {
    let end = text.iter().position(|byte| !byte.is_ascii_digit());
    let (number, rest) = text.split_at(end.unwrap_or(text.len()));
    *text = rest;
    let zeros = number.iter().position(|&digit| digit != b'0');
    &number[zeros.unwrap_or(number.len())..]
}

#[cfg(feature = "serde")]
mod written {
    use std::collections::BTreeMap;

    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    use super::{Arc, Backend, MAX_BUCKETS, Numbering, Slot};

    /// A numbering in its written form.
    #[derive(Deserialize, Serialize)]
    #[serde(
        deny_unknown_fields,
        expecting = "a numbering: a map with `first`, `buckets` and `vacated`"
    )]
    struct Written {
        first: u32,
        /// Backends, or none, and their numbers of consecutive buckets.
        buckets: Vec<(Option<String>, u32)>,
        vacated: Vec<u32>,
    }

    impl Serialize for Numbering {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            let buckets = self
                .runs()
                .map(|(name, count)| (name.map(str::to_owned), count));
            Written {
                first: self.first,
                buckets: buckets.collect(),
                vacated: self.vacated.to_vec(),
            }
            .serialize(serializer)
        }
    }

    impl<'de> Deserialize<'de> for Numbering {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            let written = Written::deserialize(deserializer)?;
            let named = |fault| D::Error::custom(format_args!("in a numbering: {fault}"));
            written.read().map_err(named)
        }
    }

    impl Written {
        fn read(self) -> Result<Numbering, String> {
            let buckets: u64 = self
                .buckets
                .iter()
                .map(|&(_, count)| u64::from(count))
                .sum();
            if buckets > MAX_BUCKETS {
                return Err(format!(
                    "{buckets} buckets are too many; a pool may have {MAX_BUCKETS}"
                ));
            }
            if u64::from(self.first) > MAX_BUCKETS {
                let first = self.first;
                return Err(format!(
                    "`first` is {first}; a pool may have at most {MAX_BUCKETS} buckets"
                ));
            }
            let (mut names, mut known) = (Vec::new(), BTreeMap::new());
            let mut holders = Vec::with_capacity(buckets as usize);
            for (name, count) in &self.buckets {
                let holder = name.as_deref().map(|name| {
                    *known.entry(name).or_insert_with(|| {
                        names.push(Arc::from(name));
                        Slot::new(names.len() - 1)
                    })
                });
                holders.extend((0..*count).map(|_| holder));
            }
            for name in &names {
                Backend::check_name(name).map_err(|error| error.to_string())?;
            }
            let mut vacant: Vec<_> = holders.iter().map(Option::is_none).collect();
            for &bucket in &self.vacated {
                let place = vacant.get_mut(bucket as usize);
                if !place.is_some_and(std::mem::take) {
                    return Err(format!(
                        "`vacated` lists bucket {bucket}, which is not vacant or is listed twice"
                    ));
                }
            }
            if let Some(bucket) = vacant.iter().position(|&vacant| vacant) {
                return Err(format!(
                    "bucket {bucket} is vacant; expected it in `vacated`"
                ));
            }
            Ok(Numbering {
                names: names.into(),
                holders: holders.into(),
                vacated: self.vacated.into(),
                first: self.first,
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Pool, Weight};
    use proptest::collection;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    fn pool(weights: &[(usize, u64)]) -> Pool {
        let backend = |&(name, weight): &(usize, u64)| {
            Backend::new(format!("b{name}")).with_weight(Weight::new(weight).unwrap())
        };
        Pool::new(weights.iter().map(backend)).unwrap()
    }

    /// Returns the holder of each bucket by name, with a dot for none, and the vacant buckets.
    fn shown(numbering: &Numbering) -> (String, Vec<u32>) {
        let runs = numbering.runs();
        let runs =
            runs.map(|(name, count)| name.map_or(".", |name| &name[1..]).repeat(count as usize));
        (runs.collect(), numbering.vacated().to_vec())
    }

    #[test]
    fn a_remaining_backend_keeps_its_buckets_and_a_new_one_takes_the_last_vacated() {
        let mut numbering = Numbering::default();
        for (members, holders, vacated) in [
            (&[(3, 1), (0, 2), (1, 1)][..], "0013", &[][..]),
            (&[(0, 2), (1, 1), (3, 1)], "0013", &[]),
            (&[(1, 1), (3, 1)], "..13", &[1, 0]),
            (&[(1, 1)], "..1.", &[1, 0, 3]),
            (&[(1, 1), (5, 2)], "5.15", &[1]),
            (&[(1, 3), (5, 1)], "5111", &[]),
            (&[(7, 1)], "7", &[]),
            (&[], "", &[]),
        ] {
            numbering = pool(members).numbered_after(&numbering).unwrap();
            assert_eq!(
                shown(&numbering),
                (holders.to_owned(), vacated.to_vec()),
                "{members:?}"
            );
        }
    }

    #[test]
    fn names_are_ordered_by_the_numbers_in_them() {
        let sorted = [
            "", "a", "a-", "a0", "a00", "a01", "a1", "a1b2", "a1b10", "a2", "a10", "a010b", "b",
            "é",
        ];
        for (place, a) in sorted.iter().enumerate() {
            for (other, b) in sorted.iter().enumerate() {
                assert_eq!(by_number(a, b), place.cmp(&other), "{a} {b}");
            }
        }
    }

    #[test]
    fn too_many_buckets_are_rejected() {
        let members: Vec<_> = (0..17).map(|name| (name, 1_000_000)).collect();
        let error = pool(&members)
            .numbered_after(&Numbering::default())
            .unwrap_err();
        assert_eq!(
            error,
            BuildError::TooManyBuckets {
                buckets: 17_000_000
            }
        );
    }

    proptest! {
        /// After any changes, each backend holds as many buckets as its weight, and no bucket moves unless its holder
        /// has too many.
        #[test]
        fn buckets_follow_the_weights_and_stay(
            pools in collection::vec(collection::btree_map(0..8usize, 1..5u64, 0..8), 1..20),
            reversed in any::<bool>(),
        ) {
            let mut numbering = Numbering::default();
            for members in pools {
                let mut members: Vec<_> = members.into_iter().collect();
                let next = pool(&members).numbered_after(&numbering).unwrap();
                for &(name, weight) in &members {
                    let held = |numbering: &Numbering| -> Vec<usize> {
                        let (holders, _) = shown(numbering);
                        let own = format!("{name}");
                        holders.match_indices(&own).map(|(bucket, _)| bucket).collect()
                    };
                    let (before, after) = (held(&numbering), held(&next));
                    prop_assert_eq!(after.len() as u64, weight);
                    let kept = before.len().min(after.len());
                    prop_assert_eq!(before.iter().filter(|bucket| after.contains(bucket)).count(), kept);
                }
                let (holders, mut vacated) = shown(&next);
                vacated.sort_unstable();
                let vacant: Vec<_> = holders.match_indices('.').map(|(bucket, _)| bucket as u32).collect();
                prop_assert_eq!(vacated, vacant);
                if reversed {
                    members.reverse();
                    prop_assert_eq!(shown(&pool(&members).numbered_after(&numbering).unwrap()), shown(&next));
                }
                numbering = next;
            }
        }
    }
}
