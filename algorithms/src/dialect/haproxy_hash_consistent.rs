//! **HAProxy `hash-type consistent`**: a ring on which the nearest point decides, in either direction.
//!
//! # How it works
//! A server has 16 points per unit of weight: its base plus 0, 1, 2 and so on, each mixed. The base is the id times
//! 4096, or what `hash_key` selects. The id is `attributes.id`, or else the lowest free number from a counter on; so
//! removing a server from the middle of a list renumbers all servers after it. A key goes to the point nearest to its
//! hash; a tie goes to the lower point.
//!
//! With a `hash_balance_factor` f and S requests in flight, including the one to be placed, ⌈S · f / 100⌉ slots are
//! dealt out by weight, at least one to each server. From the nearest point the search goes upward to the first server
//! with fewer requests in flight than slots; if there is none, to the lowest point.
//!
//! A request without a key takes the next point in turn, from the lowest upward.
//!
//! # Cost
//! P points. Build O(P log P). Pick: a hash and a bucket of the ring, skipping points of unusable servers; with a
//! balance factor O(n); a turn takes a lock. Memory: up to 16 bytes per point, 12 per backend.
//!
//! # Membership change
//! Minimal while the ids stay the same. A changed pool restarts the turns.
//!
//! # Weights
//! 1 to 256: points in proportion.
//!
//! # Ineligible backends
//! Their points are ignored: the nearest of the other points decides. Servers at their caps or already tried keep their
//! points, and the search goes upward from the nearest. Backups have no points; if no other server is usable, the first
//! backup gets all requests.
//!
//! # Departures from the program
//! HAProxy queues a request for a full server; here the search goes upward, as with `hash-preserve-affinity maxconn`.
//! Of two servers with an equal point, the first in the list always comes first, where HAProxy puts a server behind
//! that was down for a while. Servers without an address use their ids, as when HAProxy cannot resolve a name;
//! addresses are IPv4 or IPv6.
//!
//! As in HAProxy, the start of each server's slots is computed once at the start: when another server fails, the sum of
//! the weights shrinks and the starts stay as they were.
//!
//! # References
//! HAProxy 2.6 to 3.4, configuration manual, `hash-type`, `hash-balance-factor`, `hash-key`.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::HaproxyHashConsistent;
//! use evenkeel_algorithms::dialect::haproxy_hash_consistent::{HashKey, Options};
//! use evenkeel_algorithms::{LoadBalancer, Pool};
//!
//! let options = Options { hash_key: HashKey::AddrPort, ..Options::default() };
//! let servers = ["127.0.0.1:9001", "127.0.0.1:9002", "127.0.0.1:9003"];
//! let balancer = LoadBalancer::new(HaproxyHashConsistent::new(options), Pool::new(servers)?)?;
//! let owner = balancer.route(Some(b"alice"))?.backend().clone();
//! balancer.update(["127.0.0.1:9004"].into_iter().chain(servers))?;
//! let reached = balancer.route(Some(b"alice"))?.backend().clone();
//! assert!(reached == owner || reached.name() == "127.0.0.1:9004");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::sync::PoisonError;

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::card::{
    Card, Cost, Family, Feedback, OptionHelp, Order, Origin, Program, ShareVariance,
};
use crate::dialect::haproxy;
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::ring::{Ring, WholeRing};
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::{Slot, SlotSet};
use crate::step::Step;
use crate::sync::{Mutex, MutexGuard};

mod bound;
mod options;
mod points;
#[cfg(test)]
mod tests;

use bound::{Bound, sums_before};
use points::{base, points};

pub use options::{BalanceFactor, HashKey, Options};

/// The section of its options.
pub const SECTION: SectionKey<Options> = SectionKey::new("haproxy-hash-consistent");

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "HAProxy's `hash-type consistent`: a ring on which the nearest point decides",
    section: SectionType::of(SECTION),
    options: &[
        OptionHelp {
            name: "function",
            help: "the hash of keys, `sdbm`, `djb2`, `wt6`, `crc32` or `none`",
            value: |options| options.get(SECTION).function().to_string(),
        },
        OptionHelp {
            name: "avalanche",
            help: "whether the hash is mixed once more; by default only if no `function` is named",
            value: |options| options.get(SECTION).avalanche().to_string(),
        },
        OptionHelp {
            name: "hash_key",
            help: "the source of a server's points, `id`, `addr`, `addr-port`, `id32` or `guid`",
            value: |options| options.get(SECTION).hash_key.to_string(),
        },
        OptionHelp {
            name: "hash_balance_factor",
            help: "maximum load of a server in percent of the mean, 101 to 65535",
            value: |options| {
                let factor = options.get(SECTION).hash_balance_factor;
                factor.map_or_else(|| "none".to_owned(), |factor| factor.to_string())
            },
        },
        OptionHelp {
            name: "legacy_3_0_id",
            help: "whether ids are mixed twice, as in 3.0.0",
            value: |options| options.get(SECTION).legacy_3_0_id.to_string(),
        },
    ],
    origin: Origin::Program(Program::Haproxy),
    feedback: Feedback::None,
    shares: ShareVariance::AsArcs,
    build: Cost::of("P log P").with(" for P points"),
    pick: Cost::CONSTANT.or(Order::Linear, "under a balance factor"),
    memory: "up to 16 bytes per point",
    weights: "1 to 256; points in proportion",
    disruption: "minimal while ids stay the same",
    source: "HAProxy 2.6 to 3.4",
    ..Card::new(SECTION.algorithm(), Family::Ring, &|_, options| {
        Box::new(HaproxyHashConsistent::new(options.get(SECTION)))
    })
};

/// Returns the id of each server: its own, or one by its position.
///
/// # Errors
/// [`BuildError`] if HAProxy would reject such ids.
pub fn ids(pool: &Pool) -> Result<Box<[u32]>, BuildError> {
    haproxy::ids(CARD.name, pool)
}

/// HAProxy's ring; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct HaproxyHashConsistent {
    options: Options,
}

impl HaproxyHashConsistent {
    /// Returns the algorithm with its options.
    #[must_use]
    pub const fn new(options: Options) -> Self {
        Self { options }
    }

    fn bases(&self, pool: &Pool) -> Result<Box<[u32]>, BuildError> {
        let ids = ids(pool)?;
        if self.options.hash_key == HashKey::Guid {
            haproxy::check_distinct(pool, "guid", |backend| backend.attributes().guid.as_deref())?;
        }
        let servers = pool.backends().zip(&ids);
        Ok(servers
            .map(|(backend, &id)| base(&self.options, backend, id))
            .collect())
    }
}

impl Algorithm for HaproxyHashConsistent {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        haproxy::check_weights(CARD.name, pool)?;
        let bases = self.bases(pool)?;
        let weights = pool.slots().filter(|&slot| !pool.backend(slot).is_backup());
        let total: u64 = weights
            .map(|slot| haproxy::effective_weight(pool, slot))
            .sum();
        Ring::check_size(total as usize)?;
        Ok(Box::new(Built {
            options: self.options,
            ring: WholeRing::new(total as usize, || points(pool, &bases)),
            bases,
            before: sums_before(pool),
            next: Mutex::default(),
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            key: Key::Optional,
            in_flight: self.options.hash_balance_factor.is_some(),
            ..Profile::TURNS
        }
    }
}

/// The ring of a pool.
#[derive(Debug)]
pub struct Built {
    options: Options,
    /// The base of each server's points.
    bases: Box<[u32]>,
    /// The sum of the weights before each server, as they were at the start.
    before: Box<[u64]>,
    ring: WholeRing,
    /// The point at which the next turn begins.
    next: Mutex<usize>,
}

impl Built {
    fn hash(&self, key: &[u8]) -> u32 {
        let (function, avalanche) = (self.options.function(), self.options.avalanche());
        function.hash(key, avalanche)
    }

    /// Returns the position of the usable point nearest to a hash.
    fn nearest(&self, hash: u32, pool: &Pool) -> Option<usize> {
        let (at, len) = (self.ring.search(hash), self.ring.len());
        let all = pool.is_unrestricted();
        let usable = |&(_, (_, slot)): &(usize, (u32, Slot))| all || pool.is_active(slot);
        let point = |position| Some((position, self.ring.get(position)?));
        let after = (at..len).chain(0..at).filter_map(point).find(usable)?;
        let mut before = (0..at).rev().chain((at..len).rev()).filter_map(point);
        let before = before.find(usable)?;
        let ((previous, (low, _)), (next, (high, _))) = (before, after);
        let nearer = hash.wrapping_sub(low) <= high.wrapping_sub(hash);
        Some(if nearer { previous } else { next })
    }

    /// Returns the first server with room from the nearest point upward; calls `full` for each server that is skipped.
    fn roomy(&self, hash: u32, pick: &Pick<'_>, full: &mut dyn FnMut(Slot)) -> Option<Slot> {
        let pool = pick.pool();
        let mut upward = self.ring.walk_from(self.nearest(hash, pool)?);
        let Some(factor) = self.options.hash_balance_factor else {
            return upward.find(|&slot| pick.allows(slot));
        };
        let bound = Bound::new(factor, pool);
        upward.find(|&slot| {
            let has_room = bound.leaves_room(pool, slot, self.before[slot.index()]);
            if !has_room {
                full(slot);
            }
            has_room && pick.allows(slot)
        })
    }

    fn by_hash(&self, hash: u32, pick: &Pick<'_>) -> Option<Slot> {
        let roomy = self.roomy(hash, pick, &mut |_| ());
        // After the second round HAProxy takes the lowest point.
        roomy.or_else(|| self.ring.walk_from(0).find(|&slot| pick.allows(slot)))
    }

    /// Returns the server of the next point.
    fn turn(&self, pick: &Pick<'_>) -> Option<Slot> {
        let (mut next, len) = (self.next(), self.ring.len());
        let mut upward = (*next..len).chain(0..*next);
        let (position, slot) = upward.find_map(|position| {
            let slot = self.ring.slot(position)?;
            pick.allows(slot).then_some((position, slot))
        })?;
        if !pick.is_question() {
            *next = (position + 1) % len;
        }
        Some(slot)
    }

    fn next(&self) -> MutexGuard<'_, usize> {
        // A number is never left half written.
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tell(&self, hash: u32, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) {
        steps(Step::Hash {
            hash: hash.into(),
            bits: u32::BITS,
        });
        let nearest = self.nearest(hash, pick.pool());
        if let Some((point, owner)) = nearest.and_then(|position| self.ring.get(position)) {
            let point = point.into();
            steps(Step::Point { point, owner });
        }
        let mut seen = SlotSet::new();
        let roomy = self.roomy(hash, pick, &mut |slot| {
            if pick.pool().is_active(slot) && seen.insert(slot) {
                steps(Step::Full(slot));
            }
        });
        if roomy.is_none() {
            steps(Step::Fallback("the lowest point"));
        }
    }
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        haproxy::active_or_backup(pick, || match pick.key() {
            Some(key) => self.by_hash(self.hash(key), pick),
            None => self.turn(pick),
        })
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
        fingerprint.number(self.options.function() as u64);
        fingerprint.number(self.options.avalanche().into());
        for &base in &self.bases {
            fingerprint.number(base.into());
        }
        if let Some(factor) = self.options.hash_balance_factor {
            fingerprint.number(factor.get().into());
            // Servers that were out of service at the start are distinguished from those that failed since.
            self.before.iter().for_each(|&sum| fingerprint.number(sum));
        }
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        haproxy::trace_active(pick, steps, |steps| match pick.key() {
            Some(key) => self.tell(self.hash(key), pick, steps),
            None => steps(Step::Fallback("turns around the ring")),
        });
        self.pick(pick)
    }

    fn memory(&self) -> usize {
        self.ring.memory() + size_of_val(&*self.bases) + size_of_val(&*self.before)
    }
}
