//! Where the options of the clients stand.

use crate::dialect::clients::options::{
    Crc15Options, FastOptions, GroupcacheOptions, HashringOptions, JedisOptions,
    LibmemcachedOptions, LibmemcachedWeightedOptions, PeclOptions, RedisRbOptions,
    SpymemcachedOptions, TwemproxyOptions, XmemcachedOptions,
};
use crate::section_key::SectionKey;

/// Those of `cache-memcached-fast`.
pub const CACHE_MEMCACHED_FAST: SectionKey<FastOptions> = SectionKey::new("cache-memcached-fast");

/// Those of `crc15-modulo`.
pub const CRC15_MODULO: SectionKey<Crc15Options> = SectionKey::new("crc15-modulo");

/// Those of `groupcache`.
pub const GROUPCACHE: SectionKey<GroupcacheOptions> = SectionKey::new("groupcache");

/// Those of `jedis-sharded`.
pub const JEDIS_SHARDED: SectionKey<JedisOptions> = SectionKey::new("jedis-sharded");

/// Those of `libmemcached-ketama`.
pub const LIBMEMCACHED_KETAMA: SectionKey<LibmemcachedOptions> =
    SectionKey::new("libmemcached-ketama");

/// Those of `libmemcached-ketama-weighted`.
pub const LIBMEMCACHED_KETAMA_WEIGHTED: SectionKey<LibmemcachedWeightedOptions> =
    SectionKey::new("libmemcached-ketama-weighted");

/// Those of `libmemcached-modula`.
pub const LIBMEMCACHED_MODULA: SectionKey<LibmemcachedOptions> =
    SectionKey::new("libmemcached-modula");

/// Those of `npm-hashring`.
pub const NPM_HASHRING: SectionKey<HashringOptions> = SectionKey::new("npm-hashring");

/// Those of `pecl-consistent`.
pub const PECL_CONSISTENT: SectionKey<PeclOptions> = SectionKey::new("pecl-consistent");

/// Those of `redis-rb-4`.
pub const REDIS_RB_4: SectionKey<RedisRbOptions> = SectionKey::new("redis-rb-4");

/// Those of `redis-rb-5`.
pub const REDIS_RB_5: SectionKey<RedisRbOptions> = SectionKey::new("redis-rb-5");

/// Those of `spymemcached-ketama`.
pub const SPYMEMCACHED_KETAMA: SectionKey<SpymemcachedOptions> =
    SectionKey::new("spymemcached-ketama");

/// Those of `twemproxy-ketama`.
pub const TWEMPROXY_KETAMA: SectionKey<TwemproxyOptions> = SectionKey::new("twemproxy-ketama");

/// Those of `twemproxy-modula`.
pub const TWEMPROXY_MODULA: SectionKey<TwemproxyOptions> = SectionKey::new("twemproxy-modula");

/// Those of `xmemcached-ketama`.
pub const XMEMCACHED_KETAMA: SectionKey<XmemcachedOptions> = SectionKey::new("xmemcached-ketama");
