//! The memcached and Redis clients as data: which engine, and how its knobs stand.
//!
//! | Family | Dialects |
//! |---|---|
//! | ketama rings, MD5 points | `libketama`, `libmemcached-ketama`, `libmemcached-ketama-weighted`, `twemproxy-ketama`, `spymemcached-ketama`, `xmemcached-ketama`, `npm-hashring`, `npm-memcached`, `uhashring`, `uhashring-ketama`, `hash-ring`, `predis-ketama`, `phpredis-consistent`, `serialx-hashring` |
//! | other rings | `pecl-consistent`, `cache-memcached-fast`, `dalli`, `groupcache`, `jedis-sharded`, `redis-rb-4`, `redis-rb-5`, `predis-hashring` |
//! | modulos | `libmemcached-modula`, `twemproxy-modula`, `spymemcached-modulo`, `crc15-modulo`, `gomemcache`, `memjs`, `phpredis-array` |
//! | best scores | `pymemcache-rendezvous`, `go-redis-ring` |
//!
//! Weights count where the library's rule names them. A backend's name is `host:port`; labels leave out
//! a port where the library does. Backends that may not be reached are walked past: on a ring to the
//! next point, in a list to the next place. The libraries themselves fail, rehash or eject the server,
//! as they are configured.
//!
//! ```
//! use evenkeel_algorithms::{Algorithm, LoadBalancer, Options, Pool, Seed};
//!
//! let strategy = Algorithm::named("libmemcached-ketama-weighted")?.strategy(Seed::DEFAULT, &Options::default());
//! let balancer = LoadBalancer::new(strategy, Pool::new(["10.0.0.1:11211", "10.0.0.2:11211"])?)?;
//! println!("{}", balancer.route(Some(b"session:42"))?.backend().name());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::option::{whole_number_option, word_option};
use crate::strategy::{Algorithm, OptionHelp};

use super::hash::Char as Sign;
use super::key::{HashKind, Tag};
use super::modulo::{ListModulo, ListPlace, ModuloSpec, Repeat};
use super::point_ring::{Count, KeyPlace, Label, PointRing, Points, RingSpec, Rounding, Search, Text};
use super::scores::{BestScore, Score};
use super::wide_ring::Ties;

/// memcached's port, which some labels leave out.
const MEMCACHED: u32 = 11_211;

/// libketama's ring: what the others vary.
const KETAMA: RingSpec = RingSpec {
    label: Label::Name,
    points: Points::Md5Quarters(4),
    count: Count::Average(40, Rounding::SingleShare),
    search: Search::AtOrAfter,
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
        repeat,
        place: ListPlace::Remainder,
    }
}

/// A client's row in the list of algorithms.
const fn ring(name: &'static str, summary: &'static str, weights: &'static str) -> Algorithm {
    Algorithm {
        name,
        aliases: &[],
        summary,
        options: &[],
        build: "O(P log P) for P points",
        pick: "O(1)",
        memory: "12 to 16 bytes a point",
        weights,
        disruption: "near minimal",
        source: "recorded from the real library",
        new: |_, _| unreachable!(),
    }
}
