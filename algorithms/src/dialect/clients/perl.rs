//! Clients in Perl, and clients that hash as the first of them did.

use crate::card::Card;
use crate::dialect::clients::help::option;
use crate::dialect::clients::rows::{KETAMA, modulo, remainder, ring};
use crate::dialect::key::HashKind;
use crate::dialect::modulo::{ListModulo, Repeat};
use crate::dialect::point_ring::{Count, KeyPlace, PointRing, Points, RingSpec};
use crate::option::whole_number_option;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;

/// The section of the options of `cache-memcached-fast`.
pub const CACHE_MEMCACHED_FAST_SECTION: SectionKey<FastOptions> =
    SectionKey::new("cache-memcached-fast");

/// `cache-memcached-fast`.
pub static CACHE_MEMCACHED_FAST: Card = Card {
    section: SectionType::of(CACHE_MEMCACHED_FAST_SECTION),
    options: &[option!(CACHE_MEMCACHED_FAST_SECTION: ketama_points,
        "points per unit of weight, 1 to 65536"
    )],
    make: &|_, options| {
        let points = options
            .get(CACHE_MEMCACHED_FAST_SECTION)
            .ketama_points
            .get()
            .into();
        let spec = RingSpec {
            points: Points::Chain,
            count: Count::PerWeight(points),
            key: KeyPlace::Hash(HashKind::Crc32),
            ..KETAMA
        };
        Box::new(PointRing::new(&CACHE_MEMCACHED_FAST, options, spec))
    },
    disruption: "minimal",
    ..ring(
        CACHE_MEMCACHED_FAST_SECTION.algorithm(),
        "the ring of Perl's Cache::Memcached::Fast with `ketama_points`: nginx's chained CRC points",
        "Cache::Memcached::Fast",
    )
};

/// The section of the options of `crc15-modulo`.
pub const CRC15_MODULO_SECTION: SectionKey<Crc15Options> = SectionKey::new("crc15-modulo");

/// `crc15-modulo`.
pub static CRC15_MODULO: Card = Card {
    section: SectionType::of(CRC15_MODULO_SECTION),
    options: &[option!(CRC15_MODULO_SECTION: zero_becomes_one,
        "whether the hash 0 becomes 1, as in PECL memcache"
    )],
    weights: "entries in proportion",
    make: &|_, options| {
        let key = match options.get(CRC15_MODULO_SECTION).zero_becomes_one {
            true => HashKind::Crc15NotZero,
            false => HashKind::Crc15,
        };
        let spec = remainder(key, Repeat::ByWeight);
        Box::new(ListModulo::new(&CRC15_MODULO, options, spec))
    },
    ..modulo(
        CRC15_MODULO_SECTION.algorithm(),
        "the first memcached clients' 15-bit CRC modulo the number of servers: python-memcached, Cache::Memcached, PECL `standard`",
        "python-memcached 1.62, Cache::Memcached, PECL memcache",
    )
};

/// The options of the clients that cut a CRC-32 to 15 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Crc15Options {
    /// Whether the hash 0 becomes 1, as in PECL memcache.
    pub zero_becomes_one: bool,
}

/// The options of Perl's Cache::Memcached::Fast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct FastOptions {
    /// Points per unit of weight.
    pub ketama_points: KetamaPoints,
}

whole_number_option!(
    /// Points per unit of weight.
    KetamaPoints, "ketama_points": 1 to 65_536,
    /// The number in its documentation, 150; with 160 it agrees with nginx.
    default 150
);
