//! twemproxy, a proxy that shards like a client.

use crate::card::{Card, OptionHelp, Origin, Program};
use crate::dialect::clients::help::{char_sign, option};
use crate::dialect::clients::rows::{WEIGHTED, modulo, remainder, ring};
use crate::dialect::hash::Char;
use crate::dialect::key::{HashKind, Tag};
use crate::dialect::list_order::ListOrder;
use crate::dialect::modulo::{ListModulo, ModuloSpec, Repeat};
use crate::dialect::point_ring::{KeyPlace, PointRing, RingSpec};
use crate::option::word_option;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;

/// twemproxy sorts its servers by their labels.
const OF_TWEMPROXY: ListOrder = ListOrder::ByLabel(WEIGHTED.label);

/// The options of twemproxy's dialects.
macro_rules! twemproxy_options {
    ($section:path) => {
        &[
            option!($section: hash, "the hash of keys, `fnv1a_64`, `one_at_a_time`, `md5`, `crc32`, `crc32a`, `fnv1_64`, `fnv1_32`, `fnv1a_32`, `hsieh`, `murmur` or `jenkins`"),
            OptionHelp {
                name: "hash_tag",
                help: "two characters; only the text between them in a key is hashed",
                value: |options| {
                    let tag = options.get($section).hash_tag;
                    tag.map_or_else(|| "none".to_owned(), |tag| tag.to_string())
                },
            },
            char_sign!($section),
        ]
    };
}

/// The section of the options of `twemproxy-ketama`.
pub const TWEMPROXY_KETAMA_SECTION: SectionKey<TwemproxyOptions> =
    SectionKey::new("twemproxy-ketama");

/// `twemproxy-ketama`.
pub static TWEMPROXY_KETAMA: Card = Card {
    origin: Origin::Program(Program::Twemproxy),
    section: SectionType::of(TWEMPROXY_KETAMA_SECTION),
    options: twemproxy_options!(TWEMPROXY_KETAMA_SECTION),
    make: &|_, options| {
        let own = options.get(TWEMPROXY_KETAMA_SECTION);
        let spec = RingSpec {
            tag: own.tag(),
            key: KeyPlace::Hash(own.key()),
            order: OF_TWEMPROXY,
            ..WEIGHTED
        };
        Box::new(PointRing::new(&TWEMPROXY_KETAMA, options, spec))
    },
    ..ring(
        TWEMPROXY_KETAMA_SECTION.algorithm(),
        "twemproxy's `distribution: ketama`",
        "twemproxy",
    )
};

/// The section of the options of `twemproxy-modula`.
pub const TWEMPROXY_MODULA_SECTION: SectionKey<TwemproxyOptions> =
    SectionKey::new("twemproxy-modula");

/// `twemproxy-modula`.
pub static TWEMPROXY_MODULA: Card = Card {
    origin: Origin::Program(Program::Twemproxy),
    section: SectionType::of(TWEMPROXY_MODULA_SECTION),
    options: twemproxy_options!(TWEMPROXY_MODULA_SECTION),
    weights: "entries in proportion",
    make: &|_, options| {
        let own = options.get(TWEMPROXY_MODULA_SECTION);
        let spec = ModuloSpec {
            tag: own.tag(),
            order: OF_TWEMPROXY,
            ..remainder(own.key(), Repeat::ByWeight)
        };
        Box::new(ListModulo::new(&TWEMPROXY_MODULA, options, spec))
    },
    ..modulo(
        TWEMPROXY_MODULA_SECTION.algorithm(),
        "twemproxy's `distribution: modula`: a hash modulo the sum of the weights",
        "twemproxy",
    )
};

/// The options of the dialects of twemproxy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct TwemproxyOptions {
    /// The hash of keys.
    pub hash: TwemproxyHash,
    /// The characters around the hashed part of a key.
    pub hash_tag: Option<HashTag>,
    /// Whether bytes above ASCII are signed in the hash.
    pub char: Char,
}

word_option!(
    /// A hash that twemproxy supports.
    TwemproxyHash:
    /// FNV-1a with the constants of 64 bits cut to 32.
    Fnv1aOf64 "fnv1a_64",
    /// Jenkins' one at a time.
    OneAtATime "one_at_a_time",
    /// The start of the MD5 digest.
    Md5 "md5",
    /// CRC-32, cut to 15 bits.
    Crc32 "crc32",
    /// CRC-32, whole.
    Crc32a "crc32a",
    /// FNV-1, the lower half of 64 bits.
    Fnv1Of64 "fnv1_64",
    /// FNV-1.
    Fnv1Of32 "fnv1_32",
    /// FNV-1a.
    Fnv1aOf32 "fnv1a_32",
    /// Hsieh's SuperFastHash.
    Hsieh "hsieh",
    /// MurmurHash2.
    Murmur "murmur",
    /// Jenkins' lookup3.
    Jenkins "jenkins",
);

impl TwemproxyOptions {
    const fn key(&self) -> HashKind {
        match self.hash {
            TwemproxyHash::Fnv1aOf64 => HashKind::Fnv1aOf64Cut(self.char),
            TwemproxyHash::OneAtATime => HashKind::OneAtATime(self.char),
            TwemproxyHash::Md5 => HashKind::Md5,
            TwemproxyHash::Crc32 => HashKind::Crc15,
            TwemproxyHash::Crc32a => HashKind::Crc32,
            TwemproxyHash::Fnv1Of64 => HashKind::Fnv1Of64Low(self.char),
            TwemproxyHash::Fnv1Of32 => HashKind::Fnv1Of32(self.char),
            TwemproxyHash::Fnv1aOf32 => HashKind::Fnv1aOf32(self.char),
            TwemproxyHash::Hsieh => HashKind::SuperFastHash(self.char),
            TwemproxyHash::Murmur => HashKind::Murmur2,
            TwemproxyHash::Jenkins => HashKind::Lookup3,
        }
    }

    fn tag(&self) -> Tag {
        let between = |HashTag { open, close }| Tag::Between(open, close);
        self.hash_tag.map_or(Tag::None, between)
    }
}

/// The characters before and after the hashed part of a key, such as `{}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashTag {
    open: u8,
    close: u8,
}

impl HashTag {
    /// Reads two ASCII characters; `None` for any other text.
    #[must_use]
    pub const fn new(text: &str) -> Option<Self> {
        match *text.as_bytes() {
            [open, close] if text.is_ascii() => Some(Self { open, close }),
            _ => None,
        }
    }
}

impl std::fmt::Display for HashTag {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{}", char::from(self.open), char::from(self.close))
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for HashTag {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TwoCharacters;

        impl serde::de::Visitor<'_> for TwoCharacters {
            type Value = HashTag;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("two ASCII characters, such as `\"{}\"`")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<HashTag, E> {
                let unexpected = || E::invalid_value(serde::de::Unexpected::Str(text), &self);
                HashTag::new(text).ok_or_else(unexpected)
            }
        }

        deserializer.deserialize_str(TwoCharacters)
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for HashTag {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
