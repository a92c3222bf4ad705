//! Clients in Python.

use crate::card::Card;
use crate::dialect::clients::rows::{KETAMA, each, ring, scores};
use crate::dialect::key::HashKind;
use crate::dialect::point_ring::{Count, PointRing, Points, RingSpec, Rounding, Search, Text};
use crate::dialect::scores::{BestScore, Score};
use crate::dialect::wide_ring::Ties;

/// `hash-ring`.
pub static HASH_RING: Card = Card {
    make: &|_, options| {
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
        "the ring of Python's hash_ring: libketama's with three points per digest",
        "PyPI hash_ring, hashring",
    )
};

/// `pymemcache-rendezvous`.
pub static PYMEMCACHE_RENDEZVOUS: Card = Card {
    make: &|_, options| {
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

/// `uhashring`.
pub static UHASHRING: Card = Card {
    make: &|_, options| {
        let hash = HashKind::Md5Whole;
        let spec = RingSpec {
            search: Search::After,
            ties: Ties::Last,
            ..each(Text::Dash, hash, Count::PerWeight(160), hash)
        };
        Box::new(PointRing::new(&UHASHRING, options, spec))
    },
    memory: "up to 32 bytes per point",
    disruption: "minimal",
    ..ring(
        "uhashring",
        "the default ring of Python's uhashring, also of meta-memcache: whole MD5 digests",
        "uhashring",
    )
};

/// `uhashring-ketama`.
pub static UHASHRING_KETAMA: Card = Card {
    make: &|_, options| {
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
