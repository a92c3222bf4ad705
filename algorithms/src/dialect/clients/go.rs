//! Clients in Go.

use crate::card::Card;
use crate::dialect::clients::help::option;
use crate::dialect::clients::rows::{each, equal, modulo, remainder, ring, scores};
use crate::dialect::key::HashKind;
use crate::dialect::modulo::{ListModulo, Repeat};
use crate::dialect::point_ring::{Count, PointRing, RingSpec, Search, Text};
use crate::dialect::scores::{BestScore, Score};
use crate::dialect::wide_ring::Ties;
use crate::option::whole_number_option;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;

/// `go-redis-ring`.
pub static GO_REDIS_RING: Card = Card {
    make: &|_, options| Box::new(BestScore::new(&GO_REDIS_RING, options, Score::GoRedis)),
    ..scores(
        "go-redis-ring",
        "go-redis' Ring: rendezvous hashing by xxHash over the shards' names (`attributes.shard`)",
        "go-redis",
    )
};

/// `gomemcache`.
pub static GOMEMCACHE: Card = Card {
    make: &|_, options| {
        let spec = remainder(HashKind::Crc32, Repeat::Once);
        Box::new(ListModulo::new(&GOMEMCACHE, options, spec))
    },
    ..modulo(
        "gomemcache",
        "gomemcache: CRC-32 modulo the number of servers",
        "gomemcache",
    )
};

/// The section of the options of `groupcache`.
pub const GROUPCACHE_SECTION: SectionKey<GroupcacheOptions> = SectionKey::new("groupcache");

/// `groupcache`.
pub static GROUPCACHE: Card = Card {
    section: SectionType::of(GROUPCACHE_SECTION),
    options: &[option!(GROUPCACHE_SECTION: replicas, "points per peer, 1 to 65536")],
    make: &|_, options| {
        let count = Count::Fixed(options.get(GROUPCACHE_SECTION).replicas.get().into());
        let spec = RingSpec {
            ties: Ties::Last,
            ..each(Text::Before, HashKind::Crc32, count, HashKind::Crc32)
        };
        Box::new(PointRing::new(&GROUPCACHE, options, spec))
    },
    ..equal(
        GROUPCACHE_SECTION.algorithm(),
        "the ring of Go's groupcache: CRC points",
        "groupcache",
    )
};

/// `serialx-hashring`.
pub static SERIALX_HASHRING: Card = Card {
    make: &|_, options| {
        let hash = HashKind::Md5Halves;
        let spec = RingSpec {
            search: Search::After,
            ..each(Text::Dash, hash, Count::PerWeight(1), hash)
        };
        Box::new(PointRing::new(&SERIALX_HASHRING, options, spec))
    },
    disruption: "minimal",
    ..ring(
        "serialx-hashring",
        "the ring of Go's serialx/hashring: as many points as the weight, by default one",
        "serialx/hashring",
    )
};

/// The options of groupcache's ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct GroupcacheOptions {
    /// Points per peer.
    pub replicas: Replicas,
}

whole_number_option!(
    /// Points a peer.
    Replicas, "replicas": 1 to 65_536,
    /// groupcache's number, 50.
    default 50
);
