//! Clients in Ruby.

use crate::card::Card;
use crate::dialect::clients::help::option;
use crate::dialect::clients::rows::{each, equal, ring};
use crate::dialect::key::{HashKind, Tag};
use crate::dialect::label::Label;
use crate::dialect::point_ring::{Count, PointRing, RingSpec, Rounding, Search, Text};
use crate::dialect::wide_ring::Ties;
use crate::option::whole_number_option;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;

/// `dalli`.
pub static DALLI: Card = Card {
    make: &|_, options| {
        let count = Count::Average(160, Rounding::QuotientLast);
        let spec = RingSpec {
            search: Search::AtOrBefore,
            ..each(Text::Colon, HashKind::Sha1, count, HashKind::Crc32)
        };
        Box::new(PointRing::new(&DALLI, options, spec))
    },
    ..ring(
        "dalli",
        "the ring of Ruby's Dalli: SHA-1 points, CRC keys, the preceding point",
        "Dalli",
    )
};

/// redis-rb's ring with points of this hash.
const fn redis_rb(label: Label, point: HashKind) -> RingSpec {
    RingSpec {
        label,
        search: Search::AtOrBefore,
        ties: Ties::Last,
        tag: Tag::Ruby,
        ..each(Text::Colon, point, Count::Fixed(160), HashKind::Crc32)
    }
}

/// The section of the options of `redis-rb-4`.
pub const REDIS_RB_4_SECTION: SectionKey<RedisRbOptions> = SectionKey::new("redis-rb-4");

/// `redis-rb-4`.
pub static REDIS_RB_4: Card = Card {
    section: SectionType::of(REDIS_RB_4_SECTION),
    options: &[option!(REDIS_RB_4_SECTION: db,
        "the number of the database, 0 to 65535"
    )],
    make: &|_, options| {
        let db = options.get(REDIS_RB_4_SECTION).db.get();
        let spec = redis_rb(Label::RedisUrl { db }, HashKind::Crc32);
        Box::new(PointRing::new(&REDIS_RB_4, options, spec))
    },
    ..equal(
        REDIS_RB_4_SECTION.algorithm(),
        "the distributed mode of Ruby's redis up to 4: CRC points, the preceding point",
        "redis-rb 4",
    )
};

/// The section of the options of `redis-rb-5`.
pub const REDIS_RB_5_SECTION: SectionKey<RedisRbOptions> = SectionKey::new("redis-rb-5");

/// `redis-rb-5`.
pub static REDIS_RB_5: Card = Card {
    section: SectionType::of(REDIS_RB_5_SECTION),
    options: &[option!(REDIS_RB_5_SECTION: db,
        "the number of the database, 0 to 65535"
    )],
    make: &|_, options| {
        let db = options.get(REDIS_RB_5_SECTION).db.get();
        let spec = redis_rb(Label::RedisUrlShort { db }, HashKind::Md5BigEndian);
        Box::new(PointRing::new(&REDIS_RB_5, options, spec))
    },
    ..equal(
        REDIS_RB_5_SECTION.algorithm(),
        "the distributed mode of Ruby's redis from 5 on: MD5 points, CRC keys, the preceding point",
        "redis-rb 5",
    )
};

/// The options of redis-rb's ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct RedisRbOptions {
    /// The number of the database, which is part of the servers' texts.
    pub db: Database,
}

whole_number_option!(
    /// The number of a database.
    Database, "db": 0 to 65_535,
    /// The first database.
    default 0
);
