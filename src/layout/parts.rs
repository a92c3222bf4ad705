//! The parts of a ring or a table, derived from the answers to keys.

use std::collections::BTreeMap;

use evenkeel_algorithms::{Hashing, Key, Snapshot};

use super::lookup::{Lookup, Places};
use super::ring::{self, MAX_POINTS};

/// The maximum number of backends.
const MAX_BACKENDS: usize = 12;

/// The maximum number of entries of a table.
const MAX_ENTRIES: usize = 4_096;

/// The number of keys that are asked for each point or entry.
const KEYS_EACH: usize = 64;

/// The maximum number of keys that are asked.
const MAX_KEYS: usize = 100_000;

/// A ring or a table from its beginning to its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Layout {
    /// Whether it is a ring or a table.
    pub kind: Kind,
    /// The names of the pool's backends, in the order of their slots.
    pub backends: Vec<String>,
    /// The end of each part, in order up to 1, and the slot of the backend of its keys. Adjacent parts have different
    /// backends.
    pub parts: Vec<(f64, usize)>,
}

/// The kind of a layout.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A key is at the position of its hash among all hashes.
    Ring,
    /// A key is at the position of its entry among all entries of a table or a list.
    Table,
}

impl Layout {
    /// Returns the layout of a strategy with a ring of at most 2,000 points, or a table or list of at most 4,096
    /// entries, for at most 12 backends; `None` for any other.
    ///
    /// It is derived from the answers to its own keys while nothing is in flight. A point with a part that is much smaller
    /// than others may be missed, and its part assigned to a neighbour: about a thousandth of all parts together.
    #[must_use]
    pub fn of(snapshot: &Snapshot) -> Option<Self> {
        let (pool, strategy) = (snapshot.pool(), snapshot.balancer());
        if pool.len() > MAX_BACKENDS || snapshot.profile().key == Key::Unused {
            return None;
        }
        let ask = |number: usize| Lookup::of(key(number).as_bytes(), snapshot);
        let places = ask(0)?.places;
        let (kind, count) = match places {
            Places::Hashes { .. } => {
                let points = strategy.table().map_or(MAX_POINTS, |table| table.len());
                (
                    Kind::Ring,
                    Some(points).filter(|&points| points <= MAX_POINTS)?,
                )
            }
            Places::Entries(len) => (Kind::Table, Some(len).filter(|&len| len <= MAX_ENTRIES)?),
        };
        let (mut owners, mut found) = (BTreeMap::new(), Vec::new());
        for number in 0..MAX_KEYS.min(KEYS_EACH * count) {
            let Lookup {
                hash, place, slot, ..
            } = ask(number)?;
            // If others at this position reach another backend, it has no owner.
            Some(*owners.entry(place).or_insert(slot)).filter(|&owner| owner == slot)?;
            found.push((hash, place));
        }
        let owners: Vec<_> = owners.into_iter().collect();
        let mut parts = match places {
            Places::Hashes { bits } => ring::parts(&owners, &found, bits)?,
            Places::Entries(len) => entries(&owners, len)?,
        };
        parts.dedup_by(|next, last| {
            let same = next.1 == last.1;
            last.0 = if same { next.0 } else { last.0 };
            same
        });
        let backends = pool.backends().map(|backend| backend.name().to_owned());
        Some(Self {
            kind,
            backends: backends.collect(),
            parts,
        })
    }
}

/// Returns keys that have little in common, because some programs' hashes of similar keys are close together.
fn key(number: usize) -> String {
    let mixed = Hashing::default().key(&(number as u64).to_le_bytes());
    format!("{mixed:016x}")
}

/// Returns the parts of a table with this many entries; `None` if not all were found.
fn entries(owners: &[(u128, usize)], len: usize) -> Option<Vec<(f64, usize)>> {
    let part = |&(index, slot): &(u128, usize)| ((index + 1) as f64 / len as f64, slot);
    (owners.len() == len).then(|| owners.iter().map(part).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use evenkeel_algorithms::{Pick, Registry, Step};
    use evenkeel_config::Config;

    const EQUAL: &str = "[a, b, c]";
    const UNEQUAL: &str = "[{name: a, weight: 2}, b, {name: c, weight: 3}, {name: d, drain: true}]";

    fn layout(algorithm: &str, backends: &str, more: &str) -> Option<Layout> {
        let text = format!("{{algorithm: {algorithm}, backends: {backends}, {more}}}");
        Layout::of(
            &Config::parse(&text, Registry::builtin())
                .unwrap()
                .balancer()
                .unwrap()
                .snapshot(),
        )
    }

    /// Returns the position of a key between 0 and 1, and the backend that it reaches.
    fn reached(key: &str, snapshot: &Snapshot) -> (f64, usize) {
        let pick = Pick::new(snapshot.pool(), Some(key.as_bytes())).question();
        let (mut hashed, mut place) = (f64::NAN, None);
        let trace = snapshot.trace(&pick, &mut |step| match step {
            Step::Hash { hash, bits } => hashed = hash as f64 / 2f64.powi(bits as i32),
            Step::Point { .. } => _ = place.get_or_insert(hashed),
            Step::Entry { index, len, .. } => {
                _ = place.get_or_insert((index as f64 + 0.5) / len as f64);
            }
            _ => {}
        });
        assert_eq!(trace, snapshot.pick(&pick));
        (place.unwrap(), trace.unwrap().index())
    }

    fn owner(layout: &Layout, place: f64) -> usize {
        let mut parts = layout.parts.iter();
        parts.find(|&&(end, _)| place <= end).unwrap().1
    }

    /// Keys that were not used for a layout reach the backend that it predicts. Some points are missed.
    #[test]
    fn a_layout_predicts_where_other_keys_go() {
        let mut laid_out = Vec::new();
        for algorithm in Registry::builtin().cards() {
            for backends in [EQUAL, UNEQUAL] {
                let text = format!("{{algorithm: {algorithm}, backends: {backends}}}");
                let snapshot = Config::parse(&text, Registry::builtin())
                    .unwrap()
                    .balancer()
                    .unwrap()
                    .snapshot();
                let Some(layout) = Layout::of(&snapshot) else {
                    continue;
                };
                let keys = (0..4_000).map(|number| format!("/other/{number}"));
                let strays = keys.filter(|key| {
                    let (place, slot) = reached(key, &snapshot);
                    owner(&layout, place) != slot
                });
                let strays = strays.count();
                assert!(strays <= 8, "{algorithm} {backends}: {strays} of 4000");
                assert_eq!(layout.parts.last().unwrap().0, 1.);
                assert!(
                    layout
                        .parts
                        .is_sorted_by(|one, next| one.0 < next.0 && one.1 != next.1)
                );
                laid_out.push(algorithm.name);
            }
        }
        println!("{laid_out:?}");
        for name in [
            "ketama",
            "haproxy-hash-consistent",
            "envoy-ring-hash",
            "twemproxy-ketama",
        ] {
            let found = laid_out.iter().filter(|&&other| other == name);
            assert_eq!(found.count(), 2, "{name}");
        }
    }

    #[test]
    fn a_table_is_its_entries() {
        let options = "options: {maglev: {table_size: 13}}";
        let layout = layout("maglev", EQUAL, options).unwrap();
        let text = format!("{{algorithm: maglev, backends: {EQUAL}, {options}}}");
        let snapshot = Config::parse(&text, Registry::builtin())
            .unwrap()
            .balancer()
            .unwrap()
            .snapshot();
        let table = snapshot.balancer().table().unwrap();
        let owners = (0..13).map(|index| owner(&layout, (f64::from(index) + 0.5) / 13.));
        assert!(owners.eq(table.iter().map(|slot| slot.index())));
        assert_eq!(
            (layout.kind, &*layout.backends),
            (Kind::Table, &["a", "b", "c"].map(String::from)[..])
        );
    }

    #[test]
    fn large_and_other_strategies_have_no_layout() {
        let thirteen: Vec<_> = (0..13).map(|number| format!("b{number}")).collect();
        let thirteen = format!("[{}]", thirteen.join(", "));
        assert_eq!(layout("ketama", &thirteen, ""), None);
        for none in ["maglev", "rendezvous", "round-robin", "redis-cluster"] {
            assert_eq!(layout(none, EQUAL, ""), None, "{none}");
        }
        let points = |number| format!("options: {{ketama: {{points_per_weight: {number}}}}}");
        assert!(layout("ketama", EQUAL, &points(666)).is_some());
        assert_eq!(layout("ketama", EQUAL, &points(667)), None);
    }
}
