//! **HAProxy `hash-type consistent`**: a ring of which the nearest point decides, in either direction.
//!
//! # How it works
//! A server has 16 points a unit of weight: its base plus 0, 1, 2 and so on, each mixed. The base is its
//! id times 4096, or what `hash_key` says. The id is `attributes.id`, or else the lowest free number
//! from a counter on, so that to take a server out of the middle of a list renumbers all behind it. A
//! key goes to the point nearest to its hash, from a tie to the one before.
//!
//! With a `hash_balance_factor` f, of S requests in flight, the one to be placed included, the slots
//! ⌈S · f / 100⌉ are dealt out by weight, at least one to each server. From the nearest point it goes
//! upward to the first server with fewer in flight than it has slots; if there is none, to the lowest
//! point.
//!
//! Without a key the points are gone through in turn, from the lowest upward.
//!
//! # Cost
//! P points. Build O(P log P). Pick: a hash and a bucket of the ring, past points of the unusable; under
//! a balance factor O(n); a turn is taken behind a lock. Memory: up to 16 bytes a point, 12 a backend.
//!
//! # Membership change
//! Minimal as long as the ids stay. A changed pool starts the turns again.
//!
//! # Weights
//! 1 to 256: points in proportion.
//!
//! # Ineligible backends
//! It is as if their points were not there: the nearest of the others decides. Servers that are at their
//! caps or were tried keep theirs, and it goes upward from the nearest. Backups have no points; if no
//! other server is usable, the first of them gets everything.
//!
//! # Departures from the program
//! HAProxy queues what comes to a full server; here it goes upward, as with `hash-preserve-affinity
//! maxconn`. Of two servers with an equal point the first listed always stands first, where HAProxy puts
//! one that was down for a while behind. Servers without an address are known by their ids, as where
//! HAProxy cannot resolve one; addresses are IPv4 or IPv6.
//!
//! As in HAProxy, where a server's slots begin is worked out at the start: when another one fails, the
//! sum of the weights shrinks, and the places of the rest stay as they were.
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

use std::net::{IpAddr, SocketAddr};
use std::sync::PoisonError;

use xxhash_rust::xxh32::xxh32;

use crate::algorithm::Algorithm;
use crate::backend::Backend;
use crate::balancer::Balancer;
use crate::card::{
    Card, Cost, Family, Feedback, OptionHelp, Order, Origin, Program, ShareVariance,
};
use crate::dialect::haproxy;
use crate::dialect::haproxy_key::HaproxyFunction;
use crate::dialect::hash::full_hash;
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::option::{whole_number_option, word_option};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::ring::{Ring, WholeRing};
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::{Slot, SlotSet};
use crate::step::Step;
use crate::sync::{Mutex, MutexGuard};

/// Where its options stand.
pub const SECTION: SectionKey<Options> = SectionKey::new("haproxy-hash-consistent");

/// What is to be known of the algorithm before choosing it.
pub const CARD: Card = Card {
    name: SECTION.algorithm(),
    aliases: &[],
    summary: "HAProxy's `hash-type consistent`: a ring of which the nearest point decides",
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
            help: "what a server's points are made of, `id`, `addr`, `addr-port`, `id32` or `guid`",
            value: |options| options.get(SECTION).hash_key.to_string(),
        },
        OptionHelp {
            name: "hash_balance_factor",
            help: "how much of the mean load a server takes at most, in percent, 101 to 65535",
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
    family: Family::Ring,
    origin: Origin::Program(Program::Haproxy),
    feedback: Feedback::None,
    shares: ShareVariance::AsArcs,
    build: Cost::of("P log P").with(" for P points"),
    pick: Cost::CONSTANT.or(Order::Linear, "under a balance factor"),
    memory: "up to 16 bytes a point",
    weights: "1 to 256; points in proportion",
    disruption: "minimal if ids stay",
    source: "HAProxy 2.6 to 3.4",
    new: |_, options| Box::new(HaproxyHashConsistent::new(options.get(SECTION))),
};

/// The id that each server has: its own, or the one that its place gives it.
///
/// # Errors
/// [`BuildError`] if HAProxy would take no such ids.
pub fn ids(pool: &Pool) -> Result<Box<[u32]>, BuildError> {
    haproxy::ids(CARD.name, pool)
}

/// The options of HAProxy's ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Options {
    /// The hash of keys; by default that of sdbm.
    pub function: Option<HaproxyFunction>,
    /// Whether the hash is mixed once more. By default only if no function is named.
    pub avalanche: Option<bool>,
    /// What a server's points are made of.
    pub hash_key: HashKey,
    /// How much of the mean load a server takes; without one, any.
    pub hash_balance_factor: Option<BalanceFactor>,
    /// Whether ids are mixed twice, as 3.0.0 does.
    pub legacy_3_0_id: bool,
}

impl Options {
    fn function(&self) -> HaproxyFunction {
        self.function.unwrap_or_default()
    }

    fn avalanche(&self) -> bool {
        self.avalanche.unwrap_or(self.function.is_none())
    }
}

/// Whether the hash is mixed depends on what is left out, so that both are written as they are in effect.
#[cfg(feature = "serde")]
impl serde::Serialize for Options {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct;

        let mut fields = serializer.serialize_struct("Options", 5)?;
        fields.serialize_field("function", &self.function())?;
        fields.serialize_field("avalanche", &self.avalanche())?;
        fields.serialize_field("hash_key", &self.hash_key)?;
        fields.serialize_field("hash_balance_factor", &self.hash_balance_factor)?;
        fields.serialize_field("legacy_3_0_id", &self.legacy_3_0_id)?;
        fields.end()
    }
}

word_option!(
    /// What a server's points are made of: its `hash-key`.
    HashKey:
    /// Its id.
    Id "id",
    /// Its address.
    Addr "addr",
    /// Its address and port.
    AddrPort "addr-port",
    /// Its id, mixed.
    Id32 "id32",
    /// Its `attributes.guid`; of a server without one its id.
    Guid "guid",
);

whole_number_option!(
    /// How much of the mean load a server takes at most, in percent.
    BalanceFactor, "hash_balance_factor": 101 to 65_535
);

/// HAProxy's ring; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct HaproxyHashConsistent {
    options: Options,
}

impl HaproxyHashConsistent {
    /// The algorithm with its options.
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
            .map(|(backend, &id)| self.base(backend, id))
            .collect())
    }

    fn base(&self, backend: &Backend, id: u32) -> u32 {
        let base = match self.options.hash_key {
            HashKey::Id => None,
            HashKey::Addr => address_base(backend.name(), |_| 0),
            HashKey::AddrPort => address_base(backend.name(), |port| full_hash(port.into())),
            HashKey::Id32 => Some(full_hash(id.swap_bytes())),
            HashKey::Guid => {
                let guid = backend.attributes().guid.as_deref();
                guid.map(|guid| xxh32(guid.as_bytes(), 0))
            }
        };
        base.unwrap_or(if self.options.legacy_3_0_id {
            full_hash(id)
        } else {
            id.wrapping_mul(4_096)
        })
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
    /// What each server's points are made of.
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

    /// The position of the usable point nearest to a hash.
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

    /// The first server with room from the nearest point upward; tells which were passed over for want of it.
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
        // After the second time around HAProxy takes what stands lowest.
        roomy.or_else(|| self.ring.walk_from(0).find(|&slot| pick.allows(slot)))
    }

    /// The server of the next point.
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

/// An IPv6 address without the brackets around it.
fn bare(name: &str) -> &str {
    let inside = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'));
    inside.unwrap_or(name)
}

/// What the points of a server with an address are made of.
fn address_base(name: &str, seed: impl Fn(u16) -> u32) -> Option<u32> {
    let (address, port) = match name.parse::<SocketAddr>() {
        Ok(socket) => (socket.ip(), socket.port()),
        Err(_) => (bare(name).parse().ok()?, 0),
    };
    let seed = seed(port);
    Some(match address {
        IpAddr::V4(address) => full_hash(seed.wrapping_add(u32::from_le_bytes(address.octets()))),
        IpAddr::V6(address) => xxh32(&address.octets(), seed),
    })
}

/// The slots for the requests of a moment, to be dealt out by weight.
struct Bound {
    slots: u128,
    /// The sum of the weights of those that are usable.
    weights: u128,
}

impl Bound {
    fn new(factor: BalanceFactor, pool: &Pool) -> Self {
        let in_flight = |slot| u128::from(pool.in_flight(slot));
        let requests = pool.slots().map(in_flight).sum::<u128>() + 1;
        let usable = pool.slots().filter(|&slot| pool.is_active(slot));
        let weights = usable.map(|slot| haproxy::effective_weight(pool, slot));
        Self {
            slots: (requests * u128::from(factor.get())).div_ceil(100),
            weights: weights.sum::<u64>().max(1).into(),
        }
    }

    /// Whether a server has fewer requests in flight than slots.
    fn leaves_room(&self, pool: &Pool, slot: Slot, before: u64) -> bool {
        let weight = haproxy::effective_weight(pool, slot);
        let (each, rest) = (self.slots / self.weights, self.slots % self.weights);
        let dealt = |weights: u64| u128::from(weights) * rest / self.weights;
        let slots = u128::from(weight) * each + dealt(before + weight) - dealt(before);
        u128::from(pool.in_flight(slot)) < slots.max(1)
    }
}

/// The sums of the weights before each server. What is out of service by the config does not count.
fn sums_before(pool: &Pool) -> Box<[u64]> {
    let mut sum = 0;
    let sums = pool.slots().map(|slot| {
        let (backend, before) = (pool.backend(slot), sum);
        if !(backend.is_down() || backend.is_draining() || backend.is_backup()) {
            sum += haproxy::effective_weight(pool, slot);
        }
        before
    });
    sums.collect()
}

/// The points of every server but the backups.
fn points<'a>(pool: &'a Pool, bases: &'a [u32]) -> impl Iterator<Item = (u32, Slot)> + 'a {
    let servers = pool.slots().filter(|&slot| !pool.backend(slot).is_backup());
    servers.flat_map(|slot| {
        let base = bases[slot.index()];
        let count = haproxy::effective_weight(pool, slot) as u32;
        (0..count).map(move |number| (full_hash(base.wrapping_add(number)), slot))
    })
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
            // What was out of service at the start is told apart from what failed since.
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::haproxy::tests::with_ids;
    use super::*;
    use crate::{Attributes, LoadBalancer, Weight, algorithm};
    use proptest::collection;
    use proptest::prelude::{any, prop_assert_eq, proptest};

    fn balancer(options: Options, pool: Pool) -> LoadBalancer {
        LoadBalancer::new(HaproxyHashConsistent::new(options), pool).unwrap()
    }

    fn reached(balancer: &LoadBalancer, key: &str) -> usize {
        balancer.route(Some(key.as_bytes())).unwrap().slot().index()
    }

    fn keys() -> impl Iterator<Item = String> {
        (0..2_000).map(|number| format!("key-{number}"))
    }

    #[test]
    fn bases_are_those_of_the_worked_examples() {
        let guid = Attributes {
            guid: Some("srv-0-".into()),
            ..Attributes::default()
        };
        for (hash_key, server, base) in [
            (HashKey::Id, "127.0.0.1:9001".into(), 4_096),
            (HashKey::Addr, "127.0.0.1:9001".into(), 0x0F7A_29C5),
            (HashKey::AddrPort, "127.0.0.1:9001".into(), 0x1CEE_BFA4),
            (HashKey::Addr, "[::1]:9003".into(), 0x7F2F_367E),
            (HashKey::AddrPort, "[::1]:9003".into(), 0xFB66_51CF),
            (HashKey::Addr, "no-address:80".into(), 4_096),
            (HashKey::Id32, "127.0.0.1:9001".into(), 0xEC04_B54D),
            (
                HashKey::Guid,
                Backend::new("a").with_attributes(guid),
                0xA16E_F8E1,
            ),
            (HashKey::Guid, "a".into(), 4_096),
        ] {
            let options = Options {
                hash_key,
                ..Options::default()
            };
            let ring = HaproxyHashConsistent::new(options);
            assert_eq!(ring.base(&server, 1), base, "{hash_key} of {server:?}");
        }
    }

    #[test]
    fn only_the_low_20_bits_of_an_id_count() {
        let ring = HaproxyHashConsistent::default();
        assert_eq!(
            ring.base(&"a".into(), 5),
            ring.base(&"a".into(), 5 + (1 << 20))
        );
    }

    #[test]
    fn a_named_function_is_not_mixed_unless_it_is_said() {
        let named = Options {
            function: Some(HaproxyFunction::Sdbm),
            ..Options::default()
        };
        let mixed = Options {
            avalanche: Some(true),
            ..named
        };
        let hash = |options| {
            let algorithm = HaproxyHashConsistent::new(options);
            algorithm::built::<Built>(&algorithm, &Pool::empty()).hash(b"c1")
        };
        assert_eq!(hash(named), 0x0063_188E);
        assert_eq!(hash(mixed), full_hash(0x0063_188E));
        assert_eq!(hash(Options::default()), hash(mixed));
    }

    #[test]
    fn ids_mixed_twice_move_most_keys() {
        let legacy = Options {
            legacy_3_0_id: true,
            ..Options::default()
        };
        let [now, then] =
            [Options::default(), legacy].map(|options| balancer(options, with_ids(&[None; 5])));
        let moved = keys().filter(|key| reached(&now, key) != reached(&then, key));
        assert!((1_500..1_700).contains(&moved.count()));
    }

    /// They have the same points: those before a point are the last server's, those after it the first's.
    #[test]
    fn of_servers_at_one_address_only_the_first_and_the_last_get_anything() {
        let options = Options {
            hash_key: HashKey::Addr,
            ..Options::default()
        };
        let balancer = balancer(options, with_ids(&[None; 5]));
        let reached: BTreeSet<_> = keys().map(|key| reached(&balancer, &key)).collect();
        assert_eq!(reached, BTreeSet::from([0, 4]));
    }

    #[test]
    fn a_guid_of_two_servers_is_refused() {
        let server = |name: &str| {
            let guid = Some("g".into());
            Backend::new(name).with_attributes(Attributes {
                guid,
                ..Attributes::default()
            })
        };
        let pool = Pool::new(["a", "b"].map(server)).unwrap();
        let ring = |hash_key| {
            let options = Options {
                hash_key,
                ..Options::default()
            };
            HaproxyHashConsistent::new(options)
                .build(&pool, None)
                .map(drop)
        };
        let error = ring(HashKey::Guid).unwrap_err().to_string();
        let expected = "backend `b`: guid g is that of `a` already; expected distinct ones";
        assert_eq!(error, expected);
        assert_eq!(ring(HashKey::Id), Ok(()));
    }

    const BOUNDED: Options = Options {
        function: None,
        avalanche: None,
        hash_key: HashKey::Id,
        hash_balance_factor: Some(BalanceFactor(125)),
        legacy_3_0_id: false,
    };

    /// Of three requests in flight the second server has two. Five slots are dealt to the two servers
    /// that are left, and whose the third is depends on where theirs begin.
    #[test]
    fn where_slots_begin_is_worked_out_at_the_start() {
        let went = |down: bool| {
            let first = Backend::new("a").with_down(down);
            let balancer = balancer(BOUNDED, Pool::new([first, "b".into(), "c".into()]).unwrap());
            balancer.set_healthy("a", false).unwrap();
            let key = keys().find(|key| reached(&balancer, key) == 1).unwrap();
            let _held = ["b", "b", "c"].map(|name| balancer.hold(name).unwrap());
            (reached(&balancer, &key), balancer.fingerprint())
        };
        let [(failed, print), (disabled, other)] = [false, true].map(went);
        assert_eq!((failed, disabled), (1, 2));
        assert_ne!(print, other);
    }

    #[test]
    fn who_is_full_is_told_and_taken_if_nobody_else_is_left() {
        let balancer = balancer(BOUNDED, Pool::new(["a", "b"]).unwrap());
        let _held = [(); 9].map(|()| balancer.hold("a").unwrap());
        let key = keys().find(|key| {
            let mut full = false;
            let mut step = |step: Step<'_>| full |= step == Step::Full(Slot(0));
            let went = balancer
                .trace(Some(key.as_bytes()), &[], &mut step)
                .unwrap();
            assert_eq!(went.slot(), Slot(1));
            full
        });
        let last = balancer.retry(Some(key.unwrap().as_bytes()), &["b"]);
        assert_eq!(last.unwrap().slot(), Slot(0));
    }

    /// The nearest of the points of the usable servers, by a scan.
    fn nearest(points: &[(u32, Slot)], hash: u32) -> Slot {
        let next = points.partition_point(|&(point, _)| point < hash);
        let (high, after) = points[next % points.len()];
        let (low, before) = points[(next + points.len() - 1) % points.len()];
        if hash.wrapping_sub(low) <= high.wrapping_sub(hash) {
            before
        } else {
            after
        }
    }

    proptest! {
        #[test]
        fn it_is_as_if_the_points_of_the_unusable_were_not_there(
            servers in collection::vec((1..4u64, any::<bool>()), 1..9),
            hashes in collection::vec(any::<u32>(), 50),
        ) {
            let named = |(place, &(weight, _)): (usize, &(u64, bool))| {
                Backend::new(place.to_string()).with_weight(Weight::new(weight).unwrap())
            };
            let options = Options {
                function: Some(HaproxyFunction::None),
                ..Options::default()
            };
            let pool = Pool::new(servers.iter().enumerate().map(named)).unwrap();
            let bases = HaproxyHashConsistent::default().bases(&pool).unwrap();
            let usable = |slot: Slot| servers[slot.index()].1;
            let mut expected: Vec<_> = points(&pool, &bases).filter(|&(_, slot)| usable(slot)).collect();
            expected.sort_by_key(|&(point, _)| point);
            let balancer = balancer(options, pool);
            for (place, &(_, usable)) in servers.iter().enumerate() {
                balancer.set_healthy(&place.to_string(), usable).unwrap();
            }
            for hash in hashes {
                let reached = balancer.route(Some(hash.to_string().as_bytes()));
                let expected = (!expected.is_empty()).then(|| nearest(&expected, hash));
                prop_assert_eq!(reached.ok().map(|ticket| ticket.slot()), expected);
            }
        }
    }
}
