//! The memcached and Redis clients as data: an engine and its parameters.
//!
//! | Engine | Dialects |
//! |---|---|
//! | [`PointRing`], MD5 points | `hash-ring`, `libketama`, `libmemcached-ketama-weighted`, `npm-hashring`, `npm-memcached`, `phpredis-consistent`, `predis-ketama`, `redis-rb-5`, `serialx-hashring`, `spymemcached-ketama`, `twemproxy-ketama`, `uhashring`, `uhashring-ketama`, `xmemcached-ketama` |
//! | [`PointRing`], other points | `cache-memcached-fast`, `dalli`, `groupcache`, `jedis-sharded`, `libmemcached-ketama`, `pecl-consistent`, `predis-hashring`, `redis-rb-4` |
//! | [`ListModulo`] | `crc15-modulo`, `gomemcache`, `libmemcached-modula`, `memjs`, `phpredis-array`, `spymemcached-modulo`, `twemproxy-modula` |
//! | [`BestScore`] | `go-redis-ring`, `pymemcache-rendezvous` |
//!
//! A backend's name is the server's text in the client's configuration, `host:port`, exactly as written; labels omit a
//! port where the client does. Weights count where the client's rule counts them. A backend that may not be picked is
//! skipped: on a ring for the next point, in a list for the next place. The clients themselves fail, rehash or eject
//! the server, depending on their configuration; an ejected server is one that is not in the list.
//!
//! Texts are hashed as UTF-8.
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
//!
//! [`PointRing`]: crate::dialect::PointRing
//! [`ListModulo`]: crate::dialect::ListModulo
//! [`BestScore`]: crate::dialect::BestScore

use crate::card::Card;

mod go;
mod help;
mod java;
mod javascript;
mod libmemcached;
mod perl;
mod php;
mod python;
mod rows;
mod ruby;
mod twemproxy;

pub use go::{
    GO_REDIS_RING, GOMEMCACHE, GROUPCACHE, GROUPCACHE_SECTION, GroupcacheOptions, Replicas,
    SERIALX_HASHRING,
};
pub use java::{
    JEDIS_SHARDED, JEDIS_SHARDED_SECTION, JedisHash, JedisOptions, SPYMEMCACHED_KETAMA,
    SPYMEMCACHED_KETAMA_SECTION, SPYMEMCACHED_MODULO, SpymemcachedFormat, SpymemcachedOptions,
    XMEMCACHED_KETAMA, XMEMCACHED_KETAMA_SECTION, XmemcachedLabel, XmemcachedOptions,
};
pub use javascript::{
    HashringCompatibility, HashringOptions, MEMJS, NPM_HASHRING, NPM_HASHRING_SECTION,
    NPM_MEMCACHED, Port,
};
pub use libmemcached::{
    LIBMEMCACHED_KETAMA, LIBMEMCACHED_KETAMA_SECTION, LIBMEMCACHED_KETAMA_WEIGHTED,
    LIBMEMCACHED_KETAMA_WEIGHTED_SECTION, LIBMEMCACHED_MODULA, LIBMEMCACHED_MODULA_SECTION,
    LibmemcachedHash, LibmemcachedOptions, LibmemcachedWeightedOptions,
};
pub use perl::{
    CACHE_MEMCACHED_FAST, CACHE_MEMCACHED_FAST_SECTION, CRC15_MODULO, CRC15_MODULO_SECTION,
    Crc15Options, FastOptions, KetamaPoints,
};
pub use php::{
    PECL_CONSISTENT, PECL_CONSISTENT_SECTION, PHPREDIS_ARRAY, PHPREDIS_CONSISTENT, PREDIS_HASHRING,
    PREDIS_KETAMA, PeclHash, PeclOptions,
};
pub use python::{HASH_RING, PYMEMCACHE_RENDEZVOUS, UHASHRING, UHASHRING_KETAMA};
pub use rows::LIBKETAMA;
pub use ruby::{
    DALLI, Database, REDIS_RB_4, REDIS_RB_4_SECTION, REDIS_RB_5, REDIS_RB_5_SECTION, RedisRbOptions,
};
pub use twemproxy::{
    HashTag, TWEMPROXY_KETAMA, TWEMPROXY_KETAMA_SECTION, TWEMPROXY_MODULA,
    TWEMPROXY_MODULA_SECTION, TwemproxyHash, TwemproxyOptions,
};

/// All clients by name, in alphabetical order.
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
