//! The memcached and Redis clients as data: which engine, and how its knobs stand.
//!
//! | Engine | Dialects |
//! |---|---|
//! | [`PointRing`], MD5 points | `hash-ring`, `libketama`, `libmemcached-ketama-weighted`, `npm-hashring`, `npm-memcached`, `phpredis-consistent`, `predis-ketama`, `redis-rb-5`, `serialx-hashring`, `spymemcached-ketama`, `twemproxy-ketama`, `uhashring`, `uhashring-ketama`, `xmemcached-ketama` |
//! | [`PointRing`], other points | `cache-memcached-fast`, `dalli`, `groupcache`, `jedis-sharded`, `libmemcached-ketama`, `pecl-consistent`, `predis-hashring`, `redis-rb-4` |
//! | [`ListModulo`] | `crc15-modulo`, `gomemcache`, `libmemcached-modula`, `memjs`, `phpredis-array`, `spymemcached-modulo`, `twemproxy-modula` |
//! | [`BestScore`] | `go-redis-ring`, `pymemcache-rendezvous` |
//!
//! A backend's name is the server's text in the client's configuration, `host:port`, as it stands there;
//! labels leave out a port where the client does. Weights count where the client's rule counts them.
//! Backends that may not be reached are walked past: on a ring to the next point, in a list to the next
//! place. The clients themselves fail, rehash or eject the server, as they are configured; an ejected
//! server is one that is not in the list.
//!
//! The texts that are hashed enter as UTF-8.
//!
//! ```
//! use evenkeel_algorithms::{LoadBalancer, Options, Pool, Registry, Seed};
//!
//! let card = Registry::builtin().named("libmemcached-ketama-weighted")?;
//! let algorithm = card.algorithm(Seed::DEFAULT, &Options::default());
//! let balancer = LoadBalancer::new(algorithm, Pool::new(["10.0.0.1:11211", "10.0.0.2:11211"])?)?;
//! println!("{}", balancer.route(Some(b"session:42"))?.backend().name());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::card::{Card, Cost, Family, Feedback, OptionHelp, Origin, Program, ShareVariance};
use crate::dialect::key::{HashKind, Tag};
use crate::dialect::label::Label;
use crate::dialect::list_order::ListOrder;
use crate::dialect::modulo::{ListModulo, ListPlace, ModuloSpec, Repeat};
use crate::dialect::point_ring::{
    Count, KeyPlace, PointRing, Points, RingSpec, Rounding, Search, Text,
};
use crate::dialect::scores::{BestScore, Score};
use crate::dialect::wide_ring::Ties;
use crate::section_type::SectionType;

mod options;
pub mod section;

pub use options::{
    Crc15Options, Database, FastOptions, GroupcacheOptions, HashTag, HashringCompatibility,
    HashringOptions, JedisHash, JedisOptions, KetamaPoints, LibmemcachedHash, LibmemcachedOptions,
    LibmemcachedWeightedOptions, PeclHash, PeclOptions, Port, RedisRbOptions, Replicas,
    SpymemcachedFormat, SpymemcachedOptions, TwemproxyHash, TwemproxyOptions, XmemcachedLabel,
    XmemcachedOptions,
};

/// memcached's port, which some labels leave out.
const MEMCACHED: u32 = 11_211;

/// libketama's ring: what the others vary.
const KETAMA: RingSpec = RingSpec {
    label: Label::Name,
    points: Points::Md5Quarters(4),
    count: Count::Average(40, Rounding::SingleShare),
    search: Search::AtOrAfter,
    order: ListOrder::AsListed,
    ties: Ties::First,
    tag: Tag::None,
    key: KeyPlace::Hash(HashKind::Md5),
};

/// libmemcached's ring with weights.
const WEIGHTED: RingSpec = RingSpec {
    label: Label::WithoutPort(MEMCACHED),
    count: Count::Average(40, Rounding::Singles),
    ..KETAMA
};

/// twemproxy sorts its servers by what they are called to it.
const OF_TWEMPROXY: ListOrder = ListOrder::ByLabel(WEIGHTED.label);

/// A ring of points that are hashed one by one.
const fn each(text: Text, point: HashKind, count: Count, key: HashKind) -> RingSpec {
    RingSpec {
        points: Points::Each(text, point),
        count,
        key: KeyPlace::Hash(key),
        ..KETAMA
    }
}

/// The remainder of a hash.
const fn remainder(key: HashKind, repeat: Repeat) -> ModuloSpec {
    ModuloSpec {
        tag: Tag::None,
        key,
        order: ListOrder::AsListed,
        repeat,
        place: ListPlace::Remainder,
    }
}

/// What the rows of rings have in common.
const fn ring(name: &'static str, summary: &'static str, source: &'static str) -> Card {
    Card {
        name,
        aliases: &[],
        summary,
        section: SectionType::NONE,
        options: &[],
        family: Family::Ring,
        origin: Origin::Client,
        feedback: Feedback::None,
        shares: ShareVariance::AsArcs,
        build: Cost::of("P log P").with(" for P points"),
        pick: Cost::CONSTANT,
        memory: "up to 16 bytes a point",
        weights: "points in proportion",
        disruption: "near minimal",
        source,
        new: |_, options| Box::new(PointRing::new(&LIBKETAMA, options, KETAMA)),
    }
}

/// What the rows of rings have in common whose points do not depend on weights.
const fn equal(name: &'static str, summary: &'static str, source: &'static str) -> Card {
    Card {
        weights: "none",
        disruption: "minimal",
        ..ring(name, summary, source)
    }
}

/// What the rows of modulos have in common.
const fn modulo(name: &'static str, summary: &'static str, source: &'static str) -> Card {
    Card {
        family: Family::Modulo,
        shares: ShareVariance::AsRandom,
        build: Cost::LINEAR,
        memory: "4 bytes an entry",
        disruption: "nearly all keys",
        ..equal(name, summary, source)
    }
}

/// What the rows of scores have in common.
const fn scores(name: &'static str, summary: &'static str, source: &'static str) -> Card {
    Card {
        family: Family::Scores,
        shares: ShareVariance::AsRandom,
        build: Cost::LINEAR,
        pick: Cost::LINEAR,
        memory: "8 to 24 bytes a backend",
        ..equal(name, summary, source)
    }
}

/// An option that shows itself.
macro_rules! option {
    ($section:path: $name:ident, $help:literal) => {
        OptionHelp {
            name: stringify!($name),
            help: $help,
            value: |options| options.get($section).$name.to_string(),
        }
    };
}

/// The hash of one of libmemcached's dialects.
macro_rules! libmemcached_hash {
    ($section:path) => {
        option!($section: hash, "the hash of keys, `one_at_a_time`, `md5`, `crc`, `fnv1_64`, `fnv1a_64`, `fnv1_32`, `fnv1a_32`, `murmur`, `jenkins` or `murmur3`")
    };
}

/// Whether C's `char` has a sign.
macro_rules! char_sign {
    ($section:path) => {
        option!(
            $section: char,
            "how bytes above ASCII enter sums, `signed` as on x86 or `unsigned` as on ARM"
        )
    };
}

/// Those of twemproxy.
macro_rules! twemproxy_options {
    ($section:path) => {
        &[
            option!($section: hash, "the hash of keys, `fnv1a_64`, `one_at_a_time`, `md5`, `crc32`, `crc32a`, `fnv1_64`, `fnv1_32`, `fnv1a_32`, `hsieh`, `murmur` or `jenkins`"),
            OptionHelp {
                name: "hash_tag",
                help: "two characters; what stands between them in a key is hashed alone",
                value: |options| {
                    let tag = options.get($section).hash_tag;
                    tag.map_or_else(|| "none".to_owned(), |tag| tag.to_string())
                },
            },
            char_sign!($section),
        ]
    };
}

/// Every client that a name can choose, in alphabetical order.
pub const CLIENTS: &[&Card] = &[
    &CACHE_MEMCACHED_FAST,
    &CRC15_MODULO,
    &DALLI,
    &GO_REDIS_RING,
    &GOMEMCACHE,
    &GROUPCACHE,
    &HASH_RING,
    &JEDIS_SHARDED,
    &LIBKETAMA,
    &LIBMEMCACHED_KETAMA,
    &LIBMEMCACHED_KETAMA_WEIGHTED,
    &LIBMEMCACHED_MODULA,
    &MEMJS,
    &NPM_HASHRING,
    &NPM_MEMCACHED,
    &PECL_CONSISTENT,
    &PHPREDIS_ARRAY,
    &PHPREDIS_CONSISTENT,
    &PREDIS_HASHRING,
    &PREDIS_KETAMA,
    &PYMEMCACHE_RENDEZVOUS,
    &REDIS_RB_4,
    &REDIS_RB_5,
    &SERIALX_HASHRING,
    &SPYMEMCACHED_KETAMA,
    &SPYMEMCACHED_MODULO,
    &TWEMPROXY_KETAMA,
    &TWEMPROXY_MODULA,
    &UHASHRING,
    &UHASHRING_KETAMA,
    &XMEMCACHED_KETAMA,
];

/// `cache-memcached-fast`.
pub const CACHE_MEMCACHED_FAST: Card = Card {
    section: SectionType::of(section::CACHE_MEMCACHED_FAST),
    options: &[option!(section::CACHE_MEMCACHED_FAST: ketama_points,
        "points a unit of weight, 1 to 65536"
    )],
    new: |_, options| {
        let points = options
            .get(section::CACHE_MEMCACHED_FAST)
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
        section::CACHE_MEMCACHED_FAST.algorithm(),
        "the ring of Perl's Cache::Memcached::Fast with `ketama_points`: nginx's chained CRC points",
        "Cache::Memcached::Fast",
    )
};

/// `crc15-modulo`.
pub const CRC15_MODULO: Card = Card {
    section: SectionType::of(section::CRC15_MODULO),
    options: &[option!(section::CRC15_MODULO: zero_becomes_one,
        "whether the hash 0 is made 1, as PECL memcache does"
    )],
    weights: "entries in proportion",
    new: |_, options| {
        let key = match options.get(section::CRC15_MODULO).zero_becomes_one {
            true => HashKind::Crc15NotZero,
            false => HashKind::Crc15,
        };
        let spec = remainder(key, Repeat::ByWeight);
        Box::new(ListModulo::new(&CRC15_MODULO, options, spec))
    },
    ..modulo(
        section::CRC15_MODULO.algorithm(),
        "the first memcached clients' CRC of 15 bits by the number of servers: python-memcached, Cache::Memcached, PECL `standard`",
        "python-memcached 1.62, Cache::Memcached, PECL memcache",
    )
};

/// `dalli`.
pub const DALLI: Card = Card {
    new: |_, options| {
        let count = Count::Average(160, Rounding::QuotientLast);
        let spec = RingSpec {
            search: Search::AtOrBefore,
            ..each(Text::Colon, HashKind::Sha1, count, HashKind::Crc32)
        };
        Box::new(PointRing::new(&DALLI, options, spec))
    },
    ..ring(
        "dalli",
        "the ring of Ruby's Dalli: SHA-1 points, CRC keys, the point before",
        "Dalli",
    )
};

/// `go-redis-ring`.
pub const GO_REDIS_RING: Card = Card {
    new: |_, options| Box::new(BestScore::new(&GO_REDIS_RING, options, Score::GoRedis)),
    ..scores(
        "go-redis-ring",
        "go-redis' Ring: rendezvous hashing by xxHash over the shards' names (`attributes.shard`)",
        "go-redis",
    )
};

/// `gomemcache`.
pub const GOMEMCACHE: Card = Card {
    new: |_, options| {
        let spec = remainder(HashKind::Crc32, Repeat::Once);
        Box::new(ListModulo::new(&GOMEMCACHE, options, spec))
    },
    ..modulo(
        "gomemcache",
        "gomemcache's CRC-32 by the number of servers",
        "gomemcache",
    )
};

/// `groupcache`.
pub const GROUPCACHE: Card = Card {
    section: SectionType::of(section::GROUPCACHE),
    options: &[option!(section::GROUPCACHE: replicas, "points a peer, 1 to 65536")],
    new: |_, options| {
        let count = Count::Fixed(options.get(section::GROUPCACHE).replicas.get().into());
        let spec = RingSpec {
            ties: Ties::Last,
            ..each(Text::Before, HashKind::Crc32, count, HashKind::Crc32)
        };
        Box::new(PointRing::new(&GROUPCACHE, options, spec))
    },
    ..equal(
        section::GROUPCACHE.algorithm(),
        "the ring of Go's groupcache: CRC points",
        "groupcache",
    )
};

/// `hash-ring`.
pub const HASH_RING: Card = Card {
    new: |_, options| {
        let spec = RingSpec {
            points: Points::Md5Quarters(3),
            count: Count::Average(40, Rounding::Integers),
            search: Search::After,
            ..KETAMA
        };
        Box::new(PointRing::new(&HASH_RING, options, spec))
    },
    ..ring(
        "hash-ring",
        "the ring of Python's hash_ring: libketama's with three points of each digest",
        "PyPI hash_ring, hashring",
    )
};

/// `jedis-sharded`.
pub const JEDIS_SHARDED: Card = Card {
    section: SectionType::of(section::JEDIS_SHARDED),
    options: &[option!(section::JEDIS_SHARDED: hash,
        "the hash of points and keys, `murmur` or `md5`"
    )],
    disruption: "minimal at the end of the list",
    new: |_, options| {
        let hash = options.get(section::JEDIS_SHARDED).hash();
        let spec = RingSpec {
            label: Label::Shard,
            ties: Ties::Last,
            ..each(Text::Node, hash, Count::PerWeight(160), hash)
        };
        Box::new(PointRing::new(&JEDIS_SHARDED, options, spec))
    },
    ..ring(
        section::JEDIS_SHARDED.algorithm(),
        "the shards of Jedis up to 4: points by the place in the list",
        "Jedis 2 to 4",
    )
};

/// `libketama`.
pub const LIBKETAMA: Card = ring(
    "libketama",
    "Last.fm's libketama in C: the ring that the others are named after",
    "R. Jones, libketama, 2007",
);

/// `libmemcached-ketama`.
pub const LIBMEMCACHED_KETAMA: Card = Card {
    section: SectionType::of(section::LIBMEMCACHED_KETAMA),
    options: &[
        libmemcached_hash!(section::LIBMEMCACHED_KETAMA),
        char_sign!(section::LIBMEMCACHED_KETAMA),
    ],
    weights: "points in proportion, from a second weight on",
    new: |_, options| {
        let own = options.get(section::LIBMEMCACHED_KETAMA);
        let hash = own.key();
        let spec = RingSpec {
            label: WEIGHTED.label,
            ..each(Text::Dash, hash, Count::Fixed(100), hash)
        };
        let weighted = RingSpec {
            key: spec.key,
            ..WEIGHTED
        };
        let ring = PointRing::new(&LIBMEMCACHED_KETAMA, options, spec);
        Box::new(ring.or_weighted(weighted))
    },
    ..ring(
        section::LIBMEMCACHED_KETAMA.algorithm(),
        "libmemcached's `DISTRIBUTION_CONSISTENT`, pylibmc's `ketama`: a ring of one-at-a-time points",
        "libmemcached 1.1.4",
    )
};

/// `libmemcached-ketama-weighted`.
pub const LIBMEMCACHED_KETAMA_WEIGHTED: Card = Card {
    section: SectionType::of(section::LIBMEMCACHED_KETAMA_WEIGHTED),
    options: &[
        libmemcached_hash!(section::LIBMEMCACHED_KETAMA_WEIGHTED),
        char_sign!(section::LIBMEMCACHED_KETAMA_WEIGHTED),
    ],
    new: |_, options| {
        let own = options.get(section::LIBMEMCACHED_KETAMA_WEIGHTED);
        let spec = RingSpec {
            key: KeyPlace::Hash(own.key()),
            ..WEIGHTED
        };
        Box::new(PointRing::new(&LIBMEMCACHED_KETAMA_WEIGHTED, options, spec))
    },
    ..ring(
        section::LIBMEMCACHED_KETAMA_WEIGHTED.algorithm(),
        "libmemcached's weighted ketama, pylibmc's `ketama_weighted`, PHP's `OPT_LIBKETAMA_COMPATIBLE`",
        "libmemcached 1.1.4",
    )
};

/// `libmemcached-modula`.
pub const LIBMEMCACHED_MODULA: Card = Card {
    section: SectionType::of(section::LIBMEMCACHED_MODULA),
    options: &[
        libmemcached_hash!(section::LIBMEMCACHED_MODULA),
        char_sign!(section::LIBMEMCACHED_MODULA),
    ],
    new: |_, options| {
        let own = options.get(section::LIBMEMCACHED_MODULA);
        let spec = remainder(own.key(), Repeat::Once);
        Box::new(ListModulo::new(&LIBMEMCACHED_MODULA, options, spec))
    },
    ..modulo(
        section::LIBMEMCACHED_MODULA.algorithm(),
        "libmemcached's default, also of pylibmc and PHP: a hash by the number of servers",
        "libmemcached 1.1.4",
    )
};

/// `memjs`.
pub const MEMJS: Card = Card {
    new: |_, options| {
        let spec = remainder(HashKind::JavaStringAbsolute, Repeat::Once);
        Box::new(ListModulo::new(&MEMJS, options, spec))
    },
    ..modulo(
        "memjs",
        "memjs' hash of the text by the number of servers",
        "memjs",
    )
};

/// `npm-hashring`.
pub const NPM_HASHRING: Card = Card {
    section: SectionType::of(section::NPM_HASHRING),
    options: &[
        OptionHelp {
            name: "default_port",
            help: "a port that is left out of the servers' texts, 1 to 65535",
            value: |options| {
                let port = options.get(section::NPM_HASHRING).default_port;
                port.map_or_else(|| "none".to_owned(), |port| port.to_string())
            },
        },
        option!(section::NPM_HASHRING: compatibility,
            "`none`, or `hash_ring` for three points of each digest"
        ),
    ],
    new: |_, options| {
        let own = options.get(section::NPM_HASHRING);
        let quarters = match own.compatibility {
            HashringCompatibility::None => 4,
            HashringCompatibility::HashRing => 3,
        };
        let without = |port: Port| Label::WithoutPort(port.get());
        let spec = RingSpec {
            label: own.default_port.map_or(Label::Name, without),
            points: Points::Md5Quarters(quarters),
            count: Count::Average(40, Rounding::AverageFirst),
            ..KETAMA
        };
        Box::new(PointRing::new(&NPM_HASHRING, options, spec))
    },
    ..ring(
        section::NPM_HASHRING.algorithm(),
        "the ring of npm's hashring",
        "npm hashring",
    )
};

/// `npm-memcached`.
pub const NPM_MEMCACHED: Card = Card {
    new: |_, options| {
        let spec = RingSpec {
            label: WEIGHTED.label,
            count: Count::Average(40, Rounding::AverageFirst),
            ..KETAMA
        };
        Box::new(PointRing::new(&NPM_MEMCACHED, options, spec))
    },
    ..ring(
        "npm-memcached",
        "the ring of npm's memcached",
        "npm memcached",
    )
};

/// `pecl-consistent`.
pub const PECL_CONSISTENT: Card = Card {
    section: SectionType::of(section::PECL_CONSISTENT),
    options: &[
        option!(section::PECL_CONSISTENT: hash,
            "the hash of points and keys, `crc32` or `fnv`"
        ),
        char_sign!(section::PECL_CONSISTENT),
    ],
    new: |_, options| {
        let hash = options.get(section::PECL_CONSISTENT).hash();
        let spec = RingSpec {
            key: KeyPlace::Arc(hash),
            ..each(Text::Dash, hash, Count::PerWeight(160), hash)
        };
        Box::new(PointRing::new(&PECL_CONSISTENT, options, spec))
    },
    ..ring(
        section::PECL_CONSISTENT.algorithm(),
        "the default of PHP's PECL memcache: a ring cut into 1,024 arcs",
        "PECL memcache",
    )
};

/// `phpredis-array`.
pub const PHPREDIS_ARRAY: Card = Card {
    new: |_, options| {
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
pub const PHPREDIS_CONSISTENT: Card = Card {
    new: |_, options| {
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
pub const PREDIS_HASHRING: Card = Card {
    new: |_, options| {
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
        "the default ring of PHP's Predis: CRC points, the point before",
        "Predis",
    )
};

/// `predis-ketama`.
pub const PREDIS_KETAMA: Card = Card {
    new: |_, options| {
        let spec = RingSpec {
            count: Count::Average(40, Rounding::NumberFirst),
            ties: Ties::Last,
            ..KETAMA
        };
        Box::new(PointRing::new(&PREDIS_KETAMA, options, spec))
    },
    ..ring("predis-ketama", "the KetamaRing of PHP's Predis", "Predis")
};

/// `pymemcache-rendezvous`.
pub const PYMEMCACHE_RENDEZVOUS: Card = Card {
    new: |_, options| {
        Box::new(BestScore::new(
            &PYMEMCACHE_RENDEZVOUS,
            options,
            Score::Pymemcache,
        ))
    },
    ..scores(
        "pymemcache-rendezvous",
        "pymemcache's rendezvous hashing by MurmurHash3",
        "pymemcache",
    )
};

/// redis-rb's ring of points hashed so.
const fn redis_rb(label: Label, point: HashKind) -> RingSpec {
    RingSpec {
        label,
        search: Search::AtOrBefore,
        ties: Ties::Last,
        tag: Tag::Ruby,
        ..each(Text::Colon, point, Count::Fixed(160), HashKind::Crc32)
    }
}

/// `redis-rb-4`.
pub const REDIS_RB_4: Card = Card {
    section: SectionType::of(section::REDIS_RB_4),
    options: &[option!(section::REDIS_RB_4: db,
        "the number of the database, 0 to 65535"
    )],
    new: |_, options| {
        let db = options.get(section::REDIS_RB_4).db.get();
        let spec = redis_rb(Label::RedisUrl { db }, HashKind::Crc32);
        Box::new(PointRing::new(&REDIS_RB_4, options, spec))
    },
    ..equal(
        section::REDIS_RB_4.algorithm(),
        "the distributed mode of Ruby's redis up to 4: CRC points, the point before",
        "redis-rb 4",
    )
};

/// `redis-rb-5`.
pub const REDIS_RB_5: Card = Card {
    section: SectionType::of(section::REDIS_RB_5),
    options: &[option!(section::REDIS_RB_5: db,
        "the number of the database, 0 to 65535"
    )],
    new: |_, options| {
        let db = options.get(section::REDIS_RB_5).db.get();
        let spec = redis_rb(Label::RedisUrlShort { db }, HashKind::Md5BigEndian);
        Box::new(PointRing::new(&REDIS_RB_5, options, spec))
    },
    ..equal(
        section::REDIS_RB_5.algorithm(),
        "the distributed mode of Ruby's redis from 5 on: MD5 points, CRC keys, the point before",
        "redis-rb 5",
    )
};

/// `serialx-hashring`.
pub const SERIALX_HASHRING: Card = Card {
    new: |_, options| {
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

/// `spymemcached-ketama`.
pub const SPYMEMCACHED_KETAMA: Card = Card {
    section: SectionType::of(section::SPYMEMCACHED_KETAMA),
    options: &[option!(section::SPYMEMCACHED_KETAMA: format,
        "how servers are written, `spymemcached` or, without the port 11211, `libmemcached`"
    )],
    new: |_, options| {
        let label = match options.get(section::SPYMEMCACHED_KETAMA).format {
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
        section::SPYMEMCACHED_KETAMA.algorithm(),
        "the ketama ring of Java's spymemcached",
        "spymemcached",
    )
};

/// `spymemcached-modulo`.
pub const SPYMEMCACHED_MODULO: Card = Card {
    new: |_, options| {
        let spec = remainder(HashKind::JavaString, Repeat::Once);
        Box::new(ListModulo::new(&SPYMEMCACHED_MODULO, options, spec))
    },
    ..modulo(
        "spymemcached-modulo",
        "spymemcached's default: Java's hash of the text by the number of servers",
        "spymemcached",
    )
};

/// `twemproxy-ketama`.
pub const TWEMPROXY_KETAMA: Card = Card {
    origin: Origin::Program(Program::Twemproxy),
    section: SectionType::of(section::TWEMPROXY_KETAMA),
    options: twemproxy_options!(section::TWEMPROXY_KETAMA),
    new: |_, options| {
        let own = options.get(section::TWEMPROXY_KETAMA);
        let spec = RingSpec {
            tag: own.tag(),
            key: KeyPlace::Hash(own.key()),
            order: OF_TWEMPROXY,
            ..WEIGHTED
        };
        Box::new(PointRing::new(&TWEMPROXY_KETAMA, options, spec))
    },
    ..ring(
        section::TWEMPROXY_KETAMA.algorithm(),
        "twemproxy's `distribution: ketama`",
        "twemproxy",
    )
};

/// `twemproxy-modula`.
pub const TWEMPROXY_MODULA: Card = Card {
    origin: Origin::Program(Program::Twemproxy),
    section: SectionType::of(section::TWEMPROXY_MODULA),
    options: twemproxy_options!(section::TWEMPROXY_MODULA),
    weights: "entries in proportion",
    new: |_, options| {
        let own = options.get(section::TWEMPROXY_MODULA);
        let spec = ModuloSpec {
            tag: own.tag(),
            order: OF_TWEMPROXY,
            ..remainder(own.key(), Repeat::ByWeight)
        };
        Box::new(ListModulo::new(&TWEMPROXY_MODULA, options, spec))
    },
    ..modulo(
        section::TWEMPROXY_MODULA.algorithm(),
        "twemproxy's `distribution: modula`: a hash by the sum of the weights",
        "twemproxy",
    )
};

/// `uhashring`.
pub const UHASHRING: Card = Card {
    new: |_, options| {
        let hash = HashKind::Md5Whole;
        let spec = RingSpec {
            search: Search::After,
            ties: Ties::Last,
            ..each(Text::Dash, hash, Count::PerWeight(160), hash)
        };
        Box::new(PointRing::new(&UHASHRING, options, spec))
    },
    memory: "up to 32 bytes a point",
    disruption: "minimal",
    ..ring(
        "uhashring",
        "the default ring of Python's uhashring, also of meta-memcache: whole MD5 digests",
        "uhashring",
    )
};

/// `uhashring-ketama`.
pub const UHASHRING_KETAMA: Card = Card {
    new: |_, options| {
        let spec = RingSpec {
            count: Count::Average(40, Rounding::Integers),
            search: Search::After,
            ties: Ties::Last,
            ..KETAMA
        };
        Box::new(PointRing::new(&UHASHRING_KETAMA, options, spec))
    },
    ..ring(
        "uhashring-ketama",
        "the ketama ring of Python's uhashring",
        "uhashring",
    )
};

/// `xmemcached-ketama`.
pub const XMEMCACHED_KETAMA: Card = Card {
    section: SectionType::of(section::XMEMCACHED_KETAMA),
    options: &[option!(section::XMEMCACHED_KETAMA: label,
        "how servers are written, `slash`, `gwhalin` or, without the port 11211, `cwNginxUpstreamConsistent`"
    )],
    new: |_, options| {
        let label = match options.get(section::XMEMCACHED_KETAMA).label {
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
        section::XMEMCACHED_KETAMA.algorithm(),
        "the ketama ring of Java's XMemcached",
        "XMemcached",
    )
};
