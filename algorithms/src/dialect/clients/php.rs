//! Clients in PHP.

use crate::card::Card;
use crate::dialect::clients::help::{char_sign, option};
use crate::dialect::clients::rows::{KETAMA, each, equal, modulo, remainder, ring};
use crate::dialect::hash::Char;
use crate::dialect::key::{HashKind, Tag};
use crate::dialect::modulo::{ListModulo, ListPlace, ModuloSpec, Repeat};
use crate::dialect::point_ring::{Count, KeyPlace, PointRing, RingSpec, Rounding, Search, Text};
use crate::dialect::wide_ring::Ties;
use crate::option::word_option;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;

/// The section of the options of `pecl-consistent`.
pub const PECL_CONSISTENT_SECTION: SectionKey<PeclOptions> = SectionKey::new("pecl-consistent");

/// `pecl-consistent`.
pub static PECL_CONSISTENT: Card = Card {
    section: SectionType::of(PECL_CONSISTENT_SECTION),
    options: &[
        option!(PECL_CONSISTENT_SECTION: hash,
            "the hash of points and keys, `crc32` or `fnv`"
        ),
        char_sign!(PECL_CONSISTENT_SECTION),
    ],
    make: &|_, options| {
        let hash = options.get(PECL_CONSISTENT_SECTION).hash();
        let spec = RingSpec {
            key: KeyPlace::Arc(hash),
            ..each(Text::Dash, hash, Count::PerWeight(160), hash)
        };
        Box::new(PointRing::new(&PECL_CONSISTENT, options, spec))
    },
    ..ring(
        PECL_CONSISTENT_SECTION.algorithm(),
        "the default of PHP's PECL memcache: a ring cut into 1,024 arcs",
        "PECL memcache",
    )
};

/// `phpredis-array`.
pub static PHPREDIS_ARRAY: Card = Card {
    make: &|_, options| {
        let spec = ModuloSpec {
            tag: Tag::Php,
            place: ListPlace::Scaled,
            ..remainder(HashKind::Crc32, Repeat::Once)
        };
        Box::new(ListModulo::new(&PHPREDIS_ARRAY, options, spec))
    },
    ..modulo(
        "phpredis-array",
        "the RedisArray of phpredis: a CRC-32 scaled to the number of servers",
        "phpredis",
    )
};

/// `phpredis-consistent`.
pub static PHPREDIS_CONSISTENT: Card = Card {
    make: &|_, options| {
        let spec = RingSpec {
            count: Count::Fixed(40),
            tag: Tag::Php,
            key: KeyPlace::Hash(HashKind::Crc32Inverted),
            ..KETAMA
        };
        Box::new(PointRing::new(&PHPREDIS_CONSISTENT, options, spec))
    },
    ..equal(
        "phpredis-consistent",
        "the RedisArray of phpredis with `consistent`: libketama's points, inverted CRC keys",
        "phpredis",
    )
};

/// `predis-hashring`.
pub static PREDIS_HASHRING: Card = Card {
    make: &|_, options| {
        let count = Count::Average(128, Rounding::Nearest);
        let spec = RingSpec {
            search: Search::AtOrBefore,
            ties: Ties::Last,
            ..each(Text::Colon, HashKind::Crc32, count, HashKind::Crc32)
        };
        Box::new(PointRing::new(&PREDIS_HASHRING, options, spec))
    },
    ..ring(
        "predis-hashring",
        "the default ring of PHP's Predis: CRC points, the preceding point",
        "Predis",
    )
};

/// `predis-ketama`.
pub static PREDIS_KETAMA: Card = Card {
    make: &|_, options| {
        let spec = RingSpec {
            count: Count::Average(40, Rounding::NumberFirst),
            ties: Ties::Last,
            ..KETAMA
        };
        Box::new(PointRing::new(&PREDIS_KETAMA, options, spec))
    },
    ..ring("predis-ketama", "the KetamaRing of PHP's Predis", "Predis")
};

/// The options of PECL memcache's ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct PeclOptions {
    /// The hash of points and keys.
    pub hash: PeclHash,
    /// Whether bytes above ASCII are signed in the hash.
    pub char: Char,
}

word_option!(
    /// A hash that PECL memcache supports.
    PeclHash:
    /// CRC-32.
    Crc32 "crc32",
    /// FNV-1a.
    Fnv "fnv",
);

impl PeclOptions {
    const fn hash(&self) -> HashKind {
        match self.hash {
            PeclHash::Crc32 => HashKind::Crc32,
            PeclHash::Fnv => HashKind::Fnv1aOf32(self.char),
        }
    }
}
