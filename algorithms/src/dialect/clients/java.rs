//! Clients in Java.

use crate::card::Card;
use crate::dialect::clients::help::option;
use crate::dialect::clients::rows::{KETAMA, WEIGHTED, each, equal, modulo, remainder, ring};
use crate::dialect::key::HashKind;
use crate::dialect::label::Label;
use crate::dialect::modulo::{ListModulo, Repeat};
use crate::dialect::point_ring::{Count, PointRing, RingSpec, Text};
use crate::dialect::wide_ring::Ties;
use crate::option::word_option;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;

/// The section of the options of `jedis-sharded`.
pub const JEDIS_SHARDED_SECTION: SectionKey<JedisOptions> = SectionKey::new("jedis-sharded");

/// `jedis-sharded`.
pub static JEDIS_SHARDED: Card = Card {
    section: SectionType::of(JEDIS_SHARDED_SECTION),
    options: &[option!(JEDIS_SHARDED_SECTION: hash,
        "the hash of points and keys, `murmur` or `md5`"
    )],
    disruption: "minimal at the end of the list",
    make: &|_, options| {
        let hash = options.get(JEDIS_SHARDED_SECTION).hash();
        let spec = RingSpec {
            label: Label::Shard,
            ties: Ties::Last,
            ..each(Text::Node, hash, Count::PerWeight(160), hash)
        };
        Box::new(PointRing::new(&JEDIS_SHARDED, options, spec))
    },
    ..ring(
        JEDIS_SHARDED_SECTION.algorithm(),
        "the shards of Jedis up to 4: points depend on the position in the list",
        "Jedis 2 to 4",
    )
};

/// The section of the options of `spymemcached-ketama`.
pub const SPYMEMCACHED_KETAMA_SECTION: SectionKey<SpymemcachedOptions> =
    SectionKey::new("spymemcached-ketama");

/// `spymemcached-ketama`.
pub static SPYMEMCACHED_KETAMA: Card = Card {
    section: SectionType::of(SPYMEMCACHED_KETAMA_SECTION),
    options: &[option!(SPYMEMCACHED_KETAMA_SECTION: format,
        "how servers are written, `spymemcached` or, without the port 11211, `libmemcached`"
    )],
    make: &|_, options| {
        let label = match options.get(SPYMEMCACHED_KETAMA_SECTION).format {
            SpymemcachedFormat::Spymemcached => Label::Name,
            SpymemcachedFormat::Libmemcached => WEIGHTED.label,
        };
        let spec = RingSpec {
            label,
            count: Count::Fixed(40),
            ties: Ties::Last,
            ..KETAMA
        };
        Box::new(PointRing::new(&SPYMEMCACHED_KETAMA, options, spec))
    },
    ..equal(
        SPYMEMCACHED_KETAMA_SECTION.algorithm(),
        "the ketama ring of Java's spymemcached",
        "spymemcached",
    )
};

/// `spymemcached-modulo`.
pub static SPYMEMCACHED_MODULO: Card = Card {
    make: &|_, options| {
        let spec = remainder(HashKind::JavaString, Repeat::Once);
        Box::new(ListModulo::new(&SPYMEMCACHED_MODULO, options, spec))
    },
    ..modulo(
        "spymemcached-modulo",
        "spymemcached's default: Java's string hash modulo the number of servers",
        "spymemcached",
    )
};

/// The section of the options of `xmemcached-ketama`.
pub const XMEMCACHED_KETAMA_SECTION: SectionKey<XmemcachedOptions> =
    SectionKey::new("xmemcached-ketama");

/// `xmemcached-ketama`.
pub static XMEMCACHED_KETAMA: Card = Card {
    section: SectionType::of(XMEMCACHED_KETAMA_SECTION),
    options: &[option!(XMEMCACHED_KETAMA_SECTION: label,
        "how servers are written, `slash`, `gwhalin` or, without the port 11211, `cwNginxUpstreamConsistent`"
    )],
    make: &|_, options| {
        let label = match options.get(XMEMCACHED_KETAMA_SECTION).label {
            XmemcachedLabel::Slash => Label::Slash,
            XmemcachedLabel::Gwhalin => Label::Name,
            XmemcachedLabel::Nginx => WEIGHTED.label,
        };
        let spec = RingSpec {
            label,
            count: Count::PerWeight(40),
            ..KETAMA
        };
        Box::new(PointRing::new(&XMEMCACHED_KETAMA, options, spec))
    },
    disruption: "minimal",
    ..ring(
        XMEMCACHED_KETAMA_SECTION.algorithm(),
        "the ketama ring of Java's XMemcached",
        "XMemcached",
    )
};

/// The options of spymemcached's ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct SpymemcachedOptions {
    /// How the servers are written.
    pub format: SpymemcachedFormat,
}

word_option!(
    /// How spymemcached writes a server: its `KetamaNodeKeyFormatter.Format`.
    SpymemcachedFormat:
    /// Address and port.
    Spymemcached "spymemcached",
    /// Without the port 11211.
    Libmemcached "libmemcached",
);

/// The options of XMemcached's ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct XmemcachedOptions {
    /// How the servers are written.
    pub label: XmemcachedLabel,
}

word_option!(
    /// How XMemcached writes a server.
    XmemcachedLabel:
    /// As Java displays an address: with a slash in front.
    Slash "slash",
    /// Address and port.
    Gwhalin "gwhalin",
    /// Without the port 11211.
    Nginx "cwNginxUpstreamConsistent",
);

/// The options of Jedis' shards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct JedisOptions {
    /// The hash of points and keys.
    pub hash: JedisHash,
}

word_option!(
    /// A hash that Jedis knows.
    JedisHash:
    /// MurmurHash2 of 64 bits.
    Murmur "murmur",
    /// The start of the MD5 digest.
    Md5 "md5",
);

impl JedisOptions {
    const fn hash(&self) -> HashKind {
        const SEED: u64 = 0x1234_ABCD;
        match self.hash {
            JedisHash::Murmur => HashKind::Murmur64a(SEED),
            JedisHash::Md5 => HashKind::Md5,
        }
    }
}
