//! **Redis Cluster**: 16,384 hash slots, dealt out in ranges.
//!
//! # How it works
//! A key's slot is the CRC-16 of its tag, cut to 14 bits. The masters hold the ranges that `redis-cli --cluster create`
//! assigns: a cursor advances by 16,384 / n, and each range ends just before the next cursor, rounded to the nearest
//! slot.
//!
//! # Cost
//! Build O(n). Pick: one CRC and a read. Memory: 32 or 64 KiB.
//!
//! # Membership change
//! Here the ranges are assigned again, as for a new cluster. A real cluster keeps its slots until an operator moves
//! them.
//!
//! # Weights
//! Weights are ignored.
//!
//! # Ineligible backends
//! The next backend in the list that may be picked takes the request. A real cluster promotes a replica, which is
//! another backend with the same slots.
//!
//! # Departures from the program
//! Moved slots cannot be described.
//!
//! # References
//! Redis cluster specification; redis-cli 7, `--cluster create`.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::redis_cluster;
//! use evenkeel_algorithms::{LoadBalancer, Options, Pool, Seed};
//!
//! let cluster = redis_cluster::CARD.algorithm(Seed::DEFAULT, &Options::default());
//! let balancer = LoadBalancer::new(cluster, Pool::new(["r1:6379", "r2:6379", "r3:6379"])?)?;
//! let master = |key: &str| balancer.route(Some(key.as_bytes())).map(|ticket| ticket.backend().clone());
//! assert_eq!(master("{user1000}.following")?, master("{user1000}.followers")?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, Origin, Program, ShareVariance};
use crate::dialect::hash::crc16;
use crate::dialect::key::Tag;
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::slot::Slot;
use crate::step::Step;

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "Redis Cluster's 16,384 hash slots, dealt out in ranges",
    origin: Origin::Program(Program::RedisCluster),
    feedback: Feedback::None,
    shares: ShareVariance::NearlyEven,
    build: Cost::LINEAR,
    pick: Cost::CONSTANT,
    memory: "64 KiB",
    weights: "none",
    disruption: "ranges shift",
    source: "Redis Cluster specification",
    ..Card::new("redis-cluster", Family::Modulo, &|_, _| {
        Box::new(RedisCluster)
    })
};

/// The hash slots of a cluster.
const HASH_SLOTS: usize = 16_384;

/// Redis Cluster; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct RedisCluster;

impl Algorithm for RedisCluster {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let masters = if pool.is_empty() {
            Box::default()
        } else {
            dealt(pool.len())
        };
        Ok(Box::new(Built { masters }))
    }

    fn profile(&self) -> Profile {
        Profile {
            key: Key::Required,
            weighted: false,
            ..Profile::TURNS
        }
    }
}

/// The masters of a pool.
#[derive(Debug)]
pub struct Built {
    /// The master of each hash slot.
    masters: Box<[Slot]>,
}

/// Returns the masters of all hash slots.
fn dealt(count: usize) -> Box<[Slot]> {
    let step = HASH_SLOTS as f32 / count as f32;
    let (mut masters, mut cursor) = (Vec::with_capacity(HASH_SLOTS), 0f32);
    for number in 0..count {
        let last = (cursor + step - 1.).round() as usize;
        let last = if number + 1 == count {
            HASH_SLOTS - 1
        } else {
            last
        };
        masters.resize(
            (last + 1).clamp(masters.len(), HASH_SLOTS),
            Slot::new(number),
        );
        cursor += step;
    }
    masters.into()
}

fn hash_slot(tag: &[u8]) -> usize {
    usize::from(crc16(tag)) % HASH_SLOTS
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let hash_slot = hash_slot(Tag::REDIS.of(pick.key()?));
        let master = self.masters.get(hash_slot)?.index();
        let len = pick.pool().len();
        let mut listed = (0..len).map(|by| Slot::new((master + by) % len));
        listed.find(|&slot| pick.allows(slot))
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
    }

    fn table(&self) -> Option<Vec<Slot>> {
        Some(self.masters.to_vec())
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let key = pick.key()?;
        Tag::REDIS.tell(key, steps);
        let tag = Tag::REDIS.of(key);
        let (hash, bits) = (crc16(tag).into(), u16::BITS);
        steps(Step::Hash { hash, bits });
        let index = hash_slot(tag);
        let owner = self.masters.get(index).copied();
        steps(Step::entry(index, HASH_SLOTS, owner));
        self.pick(pick)
    }

    fn memory(&self) -> usize {
        size_of_val(&*self.masters)
    }
}
