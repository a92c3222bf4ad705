//! The options of the clients.

use crate::dialect::hash::Char;
use crate::dialect::key::{HashKind, Tag};
use crate::option::{whole_number_option, word_option};

/// The options of the dialects of libmemcached, but for the one with weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct LibmemcachedOptions {
    /// The hash of keys.
    pub hash: LibmemcachedHash,
    /// Whether bytes above ASCII enter the hash with a sign.
    pub char: Char,
}

/// The options of libmemcached's weighted ketama, which hashes by MD5 unless it is told otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct LibmemcachedWeightedOptions {
    /// The hash of keys.
    pub hash: LibmemcachedHash,
    /// Whether bytes above ASCII enter the hash with a sign.
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
    pub(super) const fn key(&self) -> HashKind {
        self.hash.kind(self.char)
    }
}

impl LibmemcachedWeightedOptions {
    pub(super) const fn key(&self) -> HashKind {
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

/// The options of the dialects of twemproxy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct TwemproxyOptions {
    /// The hash of keys.
    pub hash: TwemproxyHash,
    /// What stands around the part of a key that is hashed alone.
    pub hash_tag: Option<HashTag>,
    /// Whether bytes above ASCII enter the hash with a sign.
    pub char: Char,
}

word_option!(
    /// A hash that twemproxy knows.
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
    /// Hsieh's.
    Hsieh "hsieh",
    /// MurmurHash2.
    Murmur "murmur",
    /// Jenkins' lookup3.
    Jenkins "jenkins",
);

impl TwemproxyOptions {
    pub(super) const fn key(&self) -> HashKind {
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

    pub(super) fn tag(&self) -> Tag {
        let between = |HashTag { open, close }| Tag::Between(open, close);
        self.hash_tag.map_or(Tag::None, between)
    }
}

/// The characters before and after the part of a key that is hashed alone, such as `{}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HashTag {
    open: u8,
    close: u8,
}

impl HashTag {
    /// Reads the two characters, both of ASCII; none of any other text.
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
    /// As Java shows an address: after a slash.
    Slash "slash",
    /// Address and port.
    Gwhalin "gwhalin",
    /// Without the port 11211.
    Nginx "cwNginxUpstreamConsistent",
);

/// The options of npm's hashring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct HashringOptions {
    /// The port that is left out of the servers' texts.
    pub default_port: Option<Port>,
    /// What it imitates.
    pub compatibility: HashringCompatibility,
}

whole_number_option!(
    /// A port.
    Port, "default_port": 1 to 65_535
);

word_option!(
    /// What npm's hashring imitates.
    HashringCompatibility:
    /// libketama: four points of each digest.
    None "none",
    /// Python's hash_ring: three points of each digest.
    HashRing "hash_ring",
);

/// The options of the clients that cut a CRC-32 to 15 bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Crc15Options {
    /// Whether the hash 0 is made 1, as PECL memcache does.
    pub zero_becomes_one: bool,
}

/// The options of PECL memcache's ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct PeclOptions {
    /// The hash of points and keys.
    pub hash: PeclHash,
    /// Whether bytes above ASCII enter the hash with a sign.
    pub char: Char,
}

word_option!(
    /// A hash that PECL memcache knows.
    PeclHash:
    /// CRC-32.
    Crc32 "crc32",
    /// FNV-1a.
    Fnv "fnv",
);

impl PeclOptions {
    pub(super) const fn hash(&self) -> HashKind {
        match self.hash {
            PeclHash::Crc32 => HashKind::Crc32,
            PeclHash::Fnv => HashKind::Fnv1aOf32(self.char),
        }
    }
}

/// The options of Perl's Cache::Memcached::Fast.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct FastOptions {
    /// Points a unit of weight.
    pub ketama_points: KetamaPoints,
}

whole_number_option!(
    /// Points a unit of weight.
    KetamaPoints, "ketama_points": 1 to 65_536,
    /// The number in its documentation, 150; with 160 it agrees with nginx.
    default 150
);

/// The options of groupcache's ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct GroupcacheOptions {
    /// Points a peer.
    pub replicas: Replicas,
}

whole_number_option!(
    /// Points a peer.
    Replicas, "replicas": 1 to 65_536,
    /// groupcache's number, 50.
    default 50
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
    pub(super) const fn hash(&self) -> HashKind {
        const SEED: u64 = 0x1234_ABCD;
        match self.hash {
            JedisHash::Murmur => HashKind::Murmur64a(SEED),
            JedisHash::Md5 => HashKind::Md5,
        }
    }
}

/// The options of redis-rb's ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct RedisRbOptions {
    /// The number of the database, which is a part of the servers' texts.
    pub db: Database,
}

whole_number_option!(
    /// The number of a database.
    Database, "db": 0 to 65_535,
    /// The first.
    default 0
);
