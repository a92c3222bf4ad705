//! **HAProxy `hash-type map-based`**: a hash modulo the size of a map that interleaves the servers.
//!
//! # How it works
//! A map has as many slots as the sum of the weights, divided by their greatest common divisor; each usable server has
//! slots in proportion, spread over the map. A key goes to the slot of its hash modulo the number of slots. Requests
//! without a key take the slots in turn, from the first.
//!
//! # Cost
//! T slots. Build O(T log T). Pick: a hash and O(1); a turn takes a lock. Memory: 4 bytes per slot.
//!
//! # Membership change
//! Nearly all keys move.
//!
//! # Weights
//! 1 to 256. In exact proportion.
//!
//! # Ineligible backends
//! They leave the map, and nearly all keys move. Servers at their caps or already tried are skipped for the next slot.
//! Backups have no slots; if no other server is usable, the first backup gets all requests.
//!
//! # Departures from the program
//! HAProxy queues a request for a full server, and retries there first. The turns of a new map continue at the slot
//! where they were, even after a reload.
//!
//! # References
//! HAProxy 2.6 to 3.4, configuration manual, `hash-type`.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::haproxy_hash_map_based::{HaproxyHashMapBased, Options};
//! use evenkeel_algorithms::dialect::HaproxyFunction;
//! use evenkeel_algorithms::{LoadBalancer, Pool};
//!
//! let options = Options { function: HaproxyFunction::None, avalanche: false };
//! let pool = Pool::new(["127.0.0.1:9001", "127.0.0.1:9002", "127.0.0.1:9003"])?;
//! let balancer = LoadBalancer::new(HaproxyHashMapBased::new(options), pool)?;
//! assert_eq!(balancer.route(Some(b"4"))?.backend().name(), "127.0.0.1:9002");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::algorithm::{Algorithm, carried};
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, OptionHelp, Origin, Program, ShareVariance};
use crate::dialect::haproxy;
use crate::dialect::haproxy_key::HaproxyFunction;
use crate::dialect::haproxy_map::Map;
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::Slot;
use crate::step::Step;

/// The section of its options.
pub const SECTION: SectionKey<Options> = SectionKey::new("haproxy-hash-map-based");

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "HAProxy's `hash-type map-based`: a hash modulo the size of a map of slots",
    section: SectionType::of(SECTION),
    options: &[
        OptionHelp {
            name: "function",
            help: "the hash of keys, `sdbm`, `djb2`, `wt6`, `crc32` or `none`",
            value: |options| options.get(SECTION).function.to_string(),
        },
        OptionHelp {
            name: "avalanche",
            help: "whether the hash is mixed once more",
            value: |options| options.get(SECTION).avalanche.to_string(),
        },
    ],
    origin: Origin::Program(Program::Haproxy),
    feedback: Feedback::None,
    shares: ShareVariance::AsRandom,
    build: Cost::of("T log T").with(" for T slots"),
    pick: Cost::CONSTANT,
    memory: "4 bytes per slot",
    weights: "1 to 256; exact",
    disruption: "nearly all keys",
    source: "HAProxy 2.6 to 3.4",
    ..Card::new(SECTION.algorithm(), Family::Modulo, &|_, options| {
        Box::new(HaproxyHashMapBased::new(options.get(SECTION)))
    })
};

/// The options of HAProxy's map.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Options {
    /// The hash of keys.
    pub function: HaproxyFunction,
    /// Whether the hash is mixed once more.
    pub avalanche: bool,
}

/// HAProxy's map by hash; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct HaproxyHashMapBased {
    options: Options,
}

impl HaproxyHashMapBased {
    /// Returns the algorithm with its options.
    #[must_use]
    pub const fn new(options: Options) -> Self {
        Self { options }
    }
}

impl Algorithm for HaproxyHashMapBased {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        haproxy::check_weights(CARD.name, pool)?;
        let before = carried::<Built>(before).map(|before| &before.map);
        Ok(Box::new(Built {
            options: self.options,
            map: Map::new(pool, before)?,
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            key: Key::Optional,
            rebuilt_on_health: true,
            ..Profile::TURNS
        }
    }
}

/// The map of a pool.
#[derive(Debug)]
pub struct Built {
    options: Options,
    map: Map,
}

impl Built {
    fn hash(&self, key: &[u8]) -> u32 {
        let Options {
            function,
            avalanche,
        } = self.options;
        function.hash(key, avalanche)
    }
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        haproxy::active_or_backup(pick, || match pick.key() {
            Some(key) => {
                let entry = self.map.entry(self.hash(key))?;
                self.map.allowed_from(entry, pick)
            }
            None => self.map.turn(pick),
        })
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
        fingerprint.number(self.options.function as u64);
        fingerprint.number(self.options.avalanche.into());
    }

    fn table(&self) -> Option<Vec<Slot>> {
        Some(self.map.slots().to_vec())
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        haproxy::trace_active(pick, steps, |steps| match pick.key() {
            Some(key) => {
                let hash = self.hash(key);
                steps(Step::Hash {
                    hash: hash.into(),
                    bits: u32::BITS,
                });
                if let Some(entry) = self.map.entry(hash) {
                    let slots = self.map.slots();
                    steps(Step::entry(entry, slots.len(), slots[entry]));
                }
            }
            None => steps(Step::Fallback("turns through the map")),
        });
        self.pick(pick)
    }

    fn memory(&self) -> usize {
        self.map.memory()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Backend, LoadBalancer, Weight};

    #[test]
    fn the_map_divides_weights_by_their_common_divisor() {
        let server = |(name, weight)| Backend::new(name).with_weight(Weight::new(weight).unwrap());
        let map = |down| {
            let servers = [("a", 6), ("b", 4)].map(server);
            let last = server(("c", 3)).with_down(down);
            let pool = Pool::new(servers.into_iter().chain([last])).unwrap();
            let built = HaproxyHashMapBased::default().build(&pool, None).unwrap();
            built.table().unwrap().len()
        };
        // A server that is down still has a weight.
        assert_eq!([false, true].map(map), [13, 10]);
        let pool = Pool::new([("a", 6), ("b", 4)].map(server)).unwrap();
        let table = HaproxyHashMapBased::default()
            .build(&pool, None)
            .unwrap()
            .table();
        assert_eq!(table.unwrap(), [0, 0, 1, 0, 1].map(Slot));
    }

    #[test]
    fn a_health_change_builds_another_map() {
        let balancer = LoadBalancer::new(
            HaproxyHashMapBased::default(),
            Pool::new(["a", "b", "c"]).unwrap(),
        );
        let balancer = balancer.unwrap();
        balancer.set_healthy("b", false).unwrap();
        let table = balancer.snapshot().balancer().table();
        assert_eq!(table.unwrap(), [0, 2].map(Slot));
        for name in ["a", "c"] {
            balancer.set_healthy(name, false).unwrap();
        }
        assert!(balancer.route(Some(b"k")).is_err());
        assert!(balancer.route(None).is_err());
    }
}
