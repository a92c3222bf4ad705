//! From a key to the number that selects its backend.

use crate::dialect::hash::{self, Char};
use crate::step::Step;

/// A hash function that some program uses for keys or for the labels of points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HashKind {
    Crc15,
    /// Crc15, with 0 replaced by 1.
    Crc15NotZero,
    Crc32,
    Crc32Inverted,
    Fnv1Of32(Char),
    Fnv1aOf32(Char),
    Fnv1Of64Low(Char),
    Fnv1aOf64Cut(Char),
    JavaString,
    /// The absolute value of the hash.
    JavaStringAbsolute,
    Lookup3,
    /// The first quarter of the digest, little-endian.
    Md5,
    Md5BigEndian,
    /// The whole digest, big-endian.
    Md5Whole,
    /// The two halves of the digest, each little-endian.
    Md5Halves,
    Murmur2,
    /// MurmurHash64A with this seed.
    Murmur64a(u64),
    Murmur3,
    OneAtATime(Char),
    /// The start of the digest, big-endian.
    Sha1,
    SuperFastHash(Char),
}

impl HashKind {
    /// Returns a hash of up to 32 bits, or the lower half of one of 64.
    pub(super) fn number(self, text: &[u8]) -> u32 {
        match self {
            Self::Crc15 => hash::crc15(text),
            Self::Crc15NotZero => hash::crc15(text).max(1),
            Self::Crc32 => crc32fast::hash(text),
            Self::Crc32Inverted => !crc32fast::hash(text),
            Self::Fnv1Of32(char) => hash::fnv1_32(text, char),
            Self::Fnv1aOf32(char) => hash::fnv1a_32(text, char),
            Self::Fnv1Of64Low(char) => hash::fnv1_64_low(text, char),
            Self::Fnv1aOf64Cut(char) => hash::fnv1a_64_cut(text, char),
            Self::JavaString => hash::java_string(text),
            Self::JavaStringAbsolute => (hash::java_string(text) as i32).unsigned_abs(),
            Self::Lookup3 => hash::lookup3(text, 13),
            Self::Md5 => hash::md5_le(text),
            Self::Md5BigEndian => hash::md5_be(text),
            Self::Md5Whole => hash::md5_whole(text) as u32,
            Self::Md5Halves => hash::md5_le(text),
            Self::Murmur2 => hash::murmur2(text),
            Self::Murmur64a(seed) => hash::murmur64a(text, seed) as u32,
            Self::Murmur3 => hash::murmur3_32(text.iter().copied(), hash::length_seed(text)),
            Self::OneAtATime(char) => hash::one_at_a_time(text, char),
            Self::Sha1 => hash::sha1_be(text),
            Self::SuperFastHash(char) => hash::super_fast_hash(text, char),
        }
    }

    /// Returns how many bits its points have on a ring.
    pub(super) const fn bits(self) -> u32 {
        match self {
            Self::Md5Whole | Self::Md5Halves => 128,
            Self::Murmur64a(_) => 64,
            _ => 32,
        }
    }

    /// Returns whether bytes above ASCII are signed in it.
    pub(super) const fn widens_signed(self) -> bool {
        matches!(
            self,
            Self::Fnv1Of32(Char::Signed)
                | Self::Fnv1aOf32(Char::Signed)
                | Self::Fnv1Of64Low(Char::Signed)
                | Self::Fnv1aOf64Cut(Char::Signed)
                | Self::OneAtATime(Char::Signed)
                | Self::SuperFastHash(Char::Signed)
        )
    }

    /// Returns the place on a circle of 2^128.
    pub(super) fn place(self, text: &[u8]) -> u128 {
        match self {
            Self::Md5Whole => hash::md5_whole(text),
            Self::Md5Halves => {
                let whole = hash::md5_whole(text);
                let half = |bits: u64| u128::from(bits.swap_bytes());
                half((whole >> 64) as u64) << 64 | half(whole as u64)
            }
            Self::Murmur64a(seed) => u128::from(hash::murmur64a(text, seed)) << 64,
            _ => u128::from(self.number(text)) << 96,
        }
    }
}

/// The part of a key that is hashed, so that keys with one tag stay together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    /// The whole key.
    None,
    /// From the first opening character to the next closing one, unless that is empty.
    Between(u8, u8),
    /// From the first `{` to the next `}`, even if that is empty.
    Php,
    /// From a `{` at the start of the key up to the first `}` that leaves something.
    Ruby,
}

impl Tag {
    /// The rule of Redis.
    pub(super) const REDIS: Self = Self::Between(b'{', b'}');

    /// Returns the part of a key that is hashed.
    pub(super) fn of(self, key: &[u8]) -> &[u8] {
        let part = match self {
            Self::None => None,
            Self::Between(open, close) => between(key, open, close).filter(|part| !part.is_empty()),
            Self::Php => between(key, b'{', b'}'),
            Self::Ruby => at_the_start(key),
        };
        part.unwrap_or(key)
    }

    /// Reports the hashed part of a key, if it is not the whole key.
    pub(super) fn tell(self, key: &[u8], steps: &mut dyn FnMut(Step<'_>)) {
        let part = self.of(key);
        if part.len() < key.len() {
            steps(Step::Bytes(part));
        }
    }
}

fn between(key: &[u8], open: u8, close: u8) -> Option<&[u8]> {
    let (_, inside) = key.split_at_checked(position(key, open)? + 1)?;
    Some(&inside[..position(inside, close)?])
}

fn at_the_start(key: &[u8]) -> Option<&[u8]> {
    let inside = key.strip_prefix(b"{")?;
    let end = position(inside.get(1..)?, b'}')? + 1;
    // In a regular expression of Ruby, a dot matches any character except a line end.
    Some(&inside[..end]).filter(|part| !part.contains(&b'\n'))
}

fn position(text: &[u8], byte: u8) -> Option<usize> {
    text.iter().position(|&other| other == byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_cut_out_as_each_program_does() {
        let cases: [(&str, [&str; 3]); 7] = [
            ("{user}:1", ["user", "user", "user"]),
            ("a{user}:1", ["user", "user", "a{user}:1"]),
            ("{}user", ["{}user", "", "{}user"]),
            ("{}a}b", ["{}a}b", "", "}a"]),
            ("a{b", ["a{b", "a{b", "a{b"]),
            ("a}b{c}d", ["c", "c", "a}b{c}d"]),
            ("{a{b}c}", ["a{b", "a{b", "a{b"]),
        ];
        for (key, expected) in cases {
            let parts = [Tag::REDIS, Tag::Php, Tag::Ruby].map(|tag| tag.of(key.as_bytes()));
            assert_eq!(parts, expected.map(str::as_bytes), "{key}");
            assert_eq!(Tag::None.of(key.as_bytes()), key.as_bytes());
        }
    }
}
