//! libmemcached in C, and the libraries that use it.

use crate::card::Card;
use crate::dialect::clients::help::{char_sign, option};
use crate::dialect::clients::rows::{WEIGHTED, each, modulo, remainder, ring};
use crate::dialect::hash::Char;
use crate::dialect::key::HashKind;
use crate::dialect::modulo::{ListModulo, Repeat};
use crate::dialect::point_ring::{Count, KeyPlace, PointRing, RingSpec, Text};
use crate::option::word_option;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;

/// The hash of one of libmemcached's dialects.
macro_rules! libmemcached_hash {
    ($section:path) => {
        option!($section: hash, "the hash of keys, `one_at_a_time`, `md5`, `crc`, `fnv1_64`, `fnv1a_64`, `fnv1_32`, `fnv1a_32`, `murmur`, `jenkins` or `murmur3`")
    };
}

/// The section of the options of `libmemcached-ketama`.
pub const LIBMEMCACHED_KETAMA_SECTION: SectionKey<LibmemcachedOptions> =
    SectionKey::new("libmemcached-ketama");

/// `libmemcached-ketama`.
pub static LIBMEMCACHED_KETAMA: Card = Card {
    section: SectionType::of(LIBMEMCACHED_KETAMA_SECTION),
    options: &[
        libmemcached_hash!(LIBMEMCACHED_KETAMA_SECTION),
        char_sign!(LIBMEMCACHED_KETAMA_SECTION),
    ],
    weights: "points in proportion if weights differ",
    make: &|_, options| {
        let own = options.get(LIBMEMCACHED_KETAMA_SECTION);
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
        LIBMEMCACHED_KETAMA_SECTION.algorithm(),
        "libmemcached's `DISTRIBUTION_CONSISTENT`, pylibmc's `ketama`: a ring of one-at-a-time points",
        "libmemcached 1.1.4",
    )
};

/// The section of the options of `libmemcached-ketama-weighted`.
pub const LIBMEMCACHED_KETAMA_WEIGHTED_SECTION: SectionKey<LibmemcachedWeightedOptions> =
    SectionKey::new("libmemcached-ketama-weighted");

/// `libmemcached-ketama-weighted`.
pub static LIBMEMCACHED_KETAMA_WEIGHTED: Card = Card {
    section: SectionType::of(LIBMEMCACHED_KETAMA_WEIGHTED_SECTION),
    options: &[
        libmemcached_hash!(LIBMEMCACHED_KETAMA_WEIGHTED_SECTION),
        char_sign!(LIBMEMCACHED_KETAMA_WEIGHTED_SECTION),
    ],
    make: &|_, options| {
        let own = options.get(LIBMEMCACHED_KETAMA_WEIGHTED_SECTION);
        let spec = RingSpec {
            key: KeyPlace::Hash(own.key()),
            ..WEIGHTED
        };
        Box::new(PointRing::new(&LIBMEMCACHED_KETAMA_WEIGHTED, options, spec))
    },
    ..ring(
        LIBMEMCACHED_KETAMA_WEIGHTED_SECTION.algorithm(),
        "libmemcached's weighted ketama, pylibmc's `ketama_weighted`, PHP's `OPT_LIBKETAMA_COMPATIBLE`",
        "libmemcached 1.1.4",
    )
};

/// The section of the options of `libmemcached-modula`.
pub const LIBMEMCACHED_MODULA_SECTION: SectionKey<LibmemcachedOptions> =
    SectionKey::new("libmemcached-modula");

/// `libmemcached-modula`.
pub static LIBMEMCACHED_MODULA: Card = Card {
    section: SectionType::of(LIBMEMCACHED_MODULA_SECTION),
    options: &[
        libmemcached_hash!(LIBMEMCACHED_MODULA_SECTION),
        char_sign!(LIBMEMCACHED_MODULA_SECTION),
    ],
    make: &|_, options| {
        let own = options.get(LIBMEMCACHED_MODULA_SECTION);
        let spec = remainder(own.key(), Repeat::Once);
        Box::new(ListModulo::new(&LIBMEMCACHED_MODULA, options, spec))
    },
    ..modulo(
        LIBMEMCACHED_MODULA_SECTION.algorithm(),
        "libmemcached's default, also in pylibmc and PHP: a hash modulo the number of servers",
        "libmemcached 1.1.4",
    )
};

/// The options of the dialects of libmemcached, except the weighted one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct LibmemcachedOptions {
    /// The hash of keys.
    pub hash: LibmemcachedHash,
    /// Whether bytes above ASCII are signed in the hash.
    pub char: Char,
}

/// The options of libmemcached's weighted ketama, which hashes by MD5 by default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct LibmemcachedWeightedOptions {
    /// The hash of keys.
    pub hash: LibmemcachedHash,
    /// Whether bytes above ASCII are signed in the hash.
    pub char: Char,
}

impl Default for LibmemcachedWeightedOptions {
    fn default() -> Self {
        Self {
            hash: LibmemcachedHash::Md5,
            char: Char::default(),
        }
    }
}

word_option!(
    /// A hash that libmemcached knows.
    LibmemcachedHash:
    /// Jenkins' one at a time.
    OneAtATime "one_at_a_time",
    /// The start of the MD5 digest.
    Md5 "md5",
    /// CRC-32, cut to 15 bits.
    Crc "crc",
    /// FNV-1, the lower half of 64 bits.
    Fnv1Of64 "fnv1_64",
    /// FNV-1a with the constants of 64 bits cut to 32.
    Fnv1aOf64 "fnv1a_64",
    /// FNV-1.
    Fnv1Of32 "fnv1_32",
    /// FNV-1a.
    Fnv1aOf32 "fnv1a_32",
    /// MurmurHash2.
    Murmur "murmur",
    /// Jenkins' lookup3.
    Jenkins "jenkins",
    /// MurmurHash3.
    Murmur3 "murmur3",
);

impl LibmemcachedOptions {
    const fn key(&self) -> HashKind {
        self.hash.kind(self.char)
    }
}

impl LibmemcachedWeightedOptions {
    const fn key(&self) -> HashKind {
        self.hash.kind(self.char)
    }
}

impl LibmemcachedHash {
    const fn kind(self, char: Char) -> HashKind {
        match self {
            Self::OneAtATime => HashKind::OneAtATime(char),
            Self::Md5 => HashKind::Md5,
            Self::Crc => HashKind::Crc15,
            Self::Fnv1Of64 => HashKind::Fnv1Of64Low(char),
            Self::Fnv1aOf64 => HashKind::Fnv1aOf64Cut(char),
            Self::Fnv1Of32 => HashKind::Fnv1Of32(char),
            Self::Fnv1aOf32 => HashKind::Fnv1aOf32(char),
            Self::Murmur => HashKind::Murmur2,
            Self::Jenkins => HashKind::Lookup3,
            Self::Murmur3 => HashKind::Murmur3,
        }
    }
}
