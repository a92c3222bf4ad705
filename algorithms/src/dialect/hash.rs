//! The hash functions of other programs: the well-known ones from well-kept crates, the odd ones here.

use md5::{Digest, Md5};
use sha1::Sha1;
use xxhash_rust::xxh64::xxh64;

use crate::option::word_option;

word_option!(
    /// How a byte is widened in a sum. C does not define whether a `char` is signed: where a program widens one, x86
    /// and ARM differ above ASCII.
    Char:
    /// As on x86.
    Signed "signed",
    /// As on ARM under Linux.
    Unsigned "unsigned",
);

impl Char {
    const fn widen(self, byte: u8) -> u32 {
        match self {
            Self::Signed => byte as i8 as u32,
            Self::Unsigned => byte as u32,
        }
    }
}

/// Returns the four numbers of an MD5 digest, little-endian.
pub(super) fn md5_quarters(text: &[u8]) -> [u32; 4] {
    let digest = Md5::digest(text);
    std::array::from_fn(|quarter| le32(&digest[4 * quarter..]))
}

/// Returns the first of [`md5_quarters`]: libketama's hash of keys.
pub(super) fn md5_le(text: &[u8]) -> u32 {
    md5_quarters(text)[0]
}

/// Returns the first four bytes of an MD5 digest, big-endian.
pub(super) fn md5_be(text: &[u8]) -> u32 {
    md5_le(text).swap_bytes()
}

/// Returns a whole MD5 digest as a big-endian number.
pub(super) fn md5_whole(text: &[u8]) -> u128 {
    u128::from_be_bytes(Md5::digest(text).into())
}

/// Returns the first four bytes of a SHA-1 digest, big-endian.
pub(super) fn sha1_be(text: &[u8]) -> u32 {
    le32(&Sha1::digest(text)).swap_bytes()
}

/// Returns zlib's CRC-32, shortened to the 15 bits that the first memcached clients used.
pub(super) fn crc15(text: &[u8]) -> u32 {
    crc32fast::hash(text) >> 16 & 0x7FFF
}

/// Returns the CRC-16/XMODEM, computed bit by bit because keys are short.
pub(super) fn crc16(text: &[u8]) -> u16 {
    text.iter().fold(0, |crc, &byte| {
        (0..8).fold(crc ^ u16::from(byte) << 8, |crc, _| {
            crc << 1 ^ if crc >> 15 == 1 { 0x1021 } else { 0 }
        })
    })
}

/// Jenkins' hash of one byte at a time.
pub(super) fn one_at_a_time(text: &[u8], char: Char) -> u32 {
    let hash = text.iter().fold(0u32, |hash, &byte| {
        let hash = hash.wrapping_add(char.widen(byte));
        let hash = hash.wrapping_add(hash << 10);
        hash ^ hash >> 6
    });
    let hash = hash.wrapping_add(hash << 3);
    let hash = hash ^ hash >> 11;
    hash.wrapping_add(hash << 15)
}

const FNV_32: u32 = 0x811C_9DC5;
const FNV_32_PRIME: u32 = 0x0100_0193;
const FNV_64: u64 = 0xCBF2_9CE4_8422_2325;
const FNV_64_PRIME: u64 = 0x0000_0100_0000_01B3;

/// FNV-1, 32 bits.
pub(super) fn fnv1_32(text: &[u8], char: Char) -> u32 {
    let step = |hash: u32, &byte: &u8| hash.wrapping_mul(FNV_32_PRIME) ^ char.widen(byte);
    text.iter().fold(FNV_32, step)
}

/// FNV-1a, 32 bits.
pub(super) fn fnv1a_32(text: &[u8], char: Char) -> u32 {
    let step = |hash: u32, &byte: &u8| (hash ^ char.widen(byte)).wrapping_mul(FNV_32_PRIME);
    text.iter().fold(FNV_32, step)
}

/// FNV-1, 64 bits, cut to the lower half.
pub(super) fn fnv1_64_low(text: &[u8], char: Char) -> u32 {
    let widen = |byte| i64::from(char.widen(byte) as i32) as u64;
    let step = |hash: u64, &byte: &u8| hash.wrapping_mul(FNV_64_PRIME) ^ widen(byte);
    text.iter().fold(FNV_64, step) as u32
}

/// Returns what libmemcached calls 64-bit FNV-1a: its constants are cut to 32 bits from the start.
pub(super) fn fnv1a_64_cut(text: &[u8], char: Char) -> u32 {
    let step = |hash: u32, &byte: &u8| (hash ^ char.widen(byte)).wrapping_mul(FNV_64_PRIME as u32);
    text.iter().fold(FNV_64 as u32, step)
}

/// FNV-1a, 64 bits.
pub(super) fn fnv1a_64(text: &[u8]) -> u64 {
    let step = |hash: u64, &byte: &u8| (hash ^ u64::from(byte)).wrapping_mul(FNV_64_PRIME);
    text.iter().fold(FNV_64, step)
}

/// Returns the seed that libmemcached derives from a text's length for both its murmur hashes.
pub(super) fn length_seed(text: &[u8]) -> u32 {
    0xDEAD_BEEF_u32.wrapping_mul(text.len() as u32)
}

/// MurmurHash2, 32 bits, [seeded](length_seed) with a multiple of the length.
pub(super) fn murmur2(text: &[u8]) -> u32 {
    const M: u32 = 0x5BD1_E995;
    let mut hash = length_seed(text) ^ text.len() as u32;
    let words = text.chunks_exact(4);
    let tail = words.remainder();
    for word in words {
        let word = le32(word).wrapping_mul(M);
        let word = (word ^ word >> 24).wrapping_mul(M);
        hash = hash.wrapping_mul(M) ^ word;
    }
    if !tail.is_empty() {
        hash = (hash ^ le_tail(tail) as u32).wrapping_mul(M);
    }
    hash = (hash ^ hash >> 13).wrapping_mul(M);
    hash ^ hash >> 15
}

/// MurmurHash2 of 64 bits for 64-bit machines (MurmurHash64A).
pub(super) fn murmur64a(text: &[u8], seed: u64) -> u64 {
    const M: u64 = 0xC6A4_A793_5BD1_E995;
    let mut hash = seed ^ (text.len() as u64).wrapping_mul(M);
    let words = text.chunks_exact(8);
    let tail = words.remainder();
    for word in words {
        let word = le64(word).wrapping_mul(M);
        hash = (hash ^ (word ^ word >> 47).wrapping_mul(M)).wrapping_mul(M);
    }
    if !tail.is_empty() {
        hash = (hash ^ le_tail(tail)).wrapping_mul(M);
    }
    hash = (hash ^ hash >> 47).wrapping_mul(M);
    hash ^ hash >> 47
}

/// MurmurHash3, 32 bits, of bytes that need not be contiguous.
pub(super) fn murmur3_32(text: impl IntoIterator<Item = u8>, seed: u32) -> u32 {
    let scramble = |word: u32| {
        let word = word.wrapping_mul(0xCC9E_2D51).rotate_left(15);
        word.wrapping_mul(0x1B87_3593)
    };
    let (mut hash, mut word, mut len) = (seed, 0, 0u32);
    for byte in text {
        word |= u32::from(byte) << (8 * (len % 4));
        len += 1;
        if len % 4 == 0 {
            hash = (hash ^ scramble(word)).rotate_left(13);
            hash = hash.wrapping_mul(5).wrapping_add(0xE654_6B64);
            word = 0;
        }
    }
    hash ^= scramble(word) ^ len;
    hash = (hash ^ hash >> 16).wrapping_mul(0x85EB_CA6B);
    hash = (hash ^ hash >> 13).wrapping_mul(0xC2B2_AE35);
    hash ^ hash >> 16
}

/// MurmurHash3 of 128 bits for 64-bit machines, as two words.
pub(super) fn murmur3_128(text: &[u8], seed: u32) -> (u64, u64) {
    const C1: u64 = 0x87C3_7B91_1142_53D5;
    const C2: u64 = 0x4CF5_AD43_2745_937F;
    let first = |word: u64| word.wrapping_mul(C1).rotate_left(31).wrapping_mul(C2);
    let second = |word: u64| word.wrapping_mul(C2).rotate_left(33).wrapping_mul(C1);
    let (mut a, mut b) = (u64::from(seed), u64::from(seed));
    let blocks = text.chunks_exact(16);
    let tail = blocks.remainder();
    for block in blocks {
        a = (a ^ first(le64(block))).rotate_left(27).wrapping_add(b);
        a = a.wrapping_mul(5).wrapping_add(0x52DC_E729);
        b = (b ^ second(le64(&block[8..])))
            .rotate_left(31)
            .wrapping_add(a);
        b = b.wrapping_mul(5).wrapping_add(0x3849_5AB5);
    }
    let (low, high) = tail.split_at(tail.len().min(8));
    b ^= second(le_tail(high));
    a ^= first(le_tail(low));
    a ^= text.len() as u64;
    b ^= text.len() as u64;
    a = a.wrapping_add(b);
    b = b.wrapping_add(a);
    let finish = |word: u64| {
        let word = (word ^ word >> 33).wrapping_mul(0xFF51_AFD7_ED55_8CCD);
        let word = (word ^ word >> 33).wrapping_mul(0xC4CE_B9FE_1A85_EC53);
        word ^ word >> 33
    };
    (a, b) = (finish(a), finish(b));
    a = a.wrapping_add(b);
    (a, b.wrapping_add(a))
}

/// Jenkins' lookup3 (`hashlittle`).
pub(super) fn lookup3(text: &[u8], init: u32) -> u32 {
    let start = 0xDEAD_BEEF_u32
        .wrapping_add(text.len() as u32)
        .wrapping_add(init);
    let [mut a, mut b, mut c] = [start; 3];
    if text.is_empty() {
        return c;
    }
    // The last block, full or not, is finished instead of mixed.
    let whole = (text.len() - 1) / 12 * 12;
    let add = |a: &mut u32, b: &mut u32, c: &mut u32, block: &[u8]| {
        let mut padded = [0; 12];
        padded[..block.len()].copy_from_slice(block);
        *a = a.wrapping_add(le32(&padded));
        *b = b.wrapping_add(le32(&padded[4..]));
        *c = c.wrapping_add(le32(&padded[8..]));
    };
    let turn = |x: &mut u32, y: u32, by: u32| *x = (*x ^ y).wrapping_sub(y.rotate_left(by));
    for block in text[..whole].chunks_exact(12) {
        add(&mut a, &mut b, &mut c, block);
        for (x, y, z, by) in [
            (0, 2, 1, 4),
            (1, 0, 2, 6),
            (2, 1, 0, 8),
            (0, 2, 1, 16),
            (1, 0, 2, 19),
            (2, 1, 0, 4),
        ] {
            let mut words = [a, b, c];
            words[x] = words[x].wrapping_sub(words[y]) ^ words[y].rotate_left(by);
            words[y] = words[y].wrapping_add(words[z]);
            [a, b, c] = words;
        }
    }
    add(&mut a, &mut b, &mut c, &text[whole..]);
    turn(&mut c, b, 14);
    turn(&mut a, c, 11);
    turn(&mut b, a, 25);
    turn(&mut c, b, 16);
    turn(&mut a, c, 4);
    turn(&mut b, a, 14);
    turn(&mut c, b, 24);
    c
}

/// Hsieh's SuperFastHash as in twemproxy: it starts from 0 instead of the length, and only the third byte of a tail is
/// signed.
pub(super) fn super_fast_hash(text: &[u8], char: Char) -> u32 {
    let half = |bytes: &[u8]| u32::from(u16::from_le_bytes([bytes[0], bytes[1]]));
    let words = text.chunks_exact(4);
    let tail = words.remainder();
    let mut hash = words.fold(0u32, |hash, word| {
        let hash = hash.wrapping_add(half(word));
        let hash = hash << 16 ^ (half(&word[2..]) << 11 ^ hash);
        hash.wrapping_add(hash >> 11)
    });
    match *tail {
        [_, _, third] => {
            hash = hash.wrapping_add(half(tail));
            hash ^= hash << 16;
            hash ^= char.widen(third) << 18;
            hash = hash.wrapping_add(hash >> 11);
        }
        [_, _] => {
            hash = hash.wrapping_add(half(tail));
            hash ^= hash << 11;
            hash = hash.wrapping_add(hash >> 17);
        }
        [byte] => {
            hash = hash.wrapping_add(byte.into());
            hash ^= hash << 10;
            hash = hash.wrapping_add(hash >> 1);
        }
        _ => {}
    }
    hash ^= hash << 3;
    hash = hash.wrapping_add(hash >> 5);
    hash ^= hash << 4;
    hash = hash.wrapping_add(hash >> 17);
    hash ^= hash << 25;
    hash.wrapping_add(hash >> 6)
}

/// Java's `String.hashCode`, over UTF-16 units. A key that is not UTF-8 is read as in Java, with replacement
/// characters.
pub(super) fn java_string(text: &[u8]) -> u32 {
    let text = String::from_utf8_lossy(text);
    let step = |hash: u32, unit: u16| hash.wrapping_mul(31).wrapping_add(unit.into());
    text.encode_utf16().fold(0, step)
}

/// Returns the hash of the sdbm database.
pub(super) fn sdbm(text: &[u8]) -> u32 {
    let step = |hash: u32, &byte: &u8| hash.wrapping_mul(65_599).wrapping_add(byte.into());
    text.iter().fold(0, step)
}

/// Bernstein's hash by multiples of 33, from 5381.
pub(super) fn djb2(text: &[u8]) -> u32 {
    let step = |hash: u32, &byte: &u8| hash.wrapping_mul(33).wrapping_add(byte.into());
    text.iter().fold(5_381, step)
}

/// HAProxy's wt6: two words that are swapped and rotated by their own bits.
pub(super) fn wt6(text: &[u8]) -> u32 {
    let start = (0xA53C_965A_u32, 0x5CA6_953A_u32, 6, 18);
    let (a, b, ..) = text.iter().fold(start, |(a, b, s, t), &byte| {
        let a = !(a ^ u32::from(byte));
        let b = !b.wrapping_add(byte.into());
        let (a, b) = (b.rotate_left(s), a.rotate_left(t));
        let turns = (a >> 16 ^ b) & 0xFFFF;
        (a, b, turns & 31, turns >> 11)
    });
    a ^ b
}

/// HAProxy's avalanche, a bijection of 32-bit numbers.
pub(super) const fn full_hash(a: u32) -> u32 {
    let a = a.wrapping_add(0x7ED5_5D16).wrapping_add(a << 12);
    let a = a ^ 0xC761_C23C ^ a >> 19;
    let a = a.wrapping_add(0x1656_67B1).wrapping_add(a << 5);
    let a = a.wrapping_add(0xD3A2_646C) ^ a << 9;
    let a = a.wrapping_add(0xFD70_46C5).wrapping_add(a << 3);
    let a = a ^ 0xB55A_4F09 ^ a >> 16;
    a.wrapping_mul(3_221_225_473)
}

/// xxHash, 64 bits, without a seed.
pub(super) fn xxhash64(text: &[u8]) -> u64 {
    xxh64(text, 0)
}

fn le32(bytes: &[u8]) -> u32 {
    u32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]])
}

fn le64(bytes: &[u8]) -> u64 {
    u64::from(le32(bytes)) | u64::from(le32(&bytes[4..])) << 32
}

/// Returns fewer than eight bytes as a little-endian number.
fn le_tail(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, &byte| number << 8 | u64::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Published answers for short texts.
    #[test]
    fn hashes_are_the_published_ones() {
        assert_eq!(crc16(b"123456789"), 0x31C3);
        assert_eq!(one_at_a_time(b"a", Char::Signed), 0xCA2E_9442);
        assert_eq!(fnv1a_32(b"a", Char::Signed), 0xE40C_292C);
        assert_eq!(fnv1a_64(b"a"), 0xAF63_DC4C_8601_EC8C);
        assert_eq!(murmur3_32(*b"", 1), 0x514E_28B7);
        assert_eq!(murmur3_32(*b"test", 0), 0xBA6B_D213);
        assert_eq!(
            murmur3_128(b"hello", 0),
            (0xCBD8_A7B3_41BD_9B02, 0x5B1E_906A_48AE_1D19)
        );
        assert_eq!(lookup3(b"Four score and seven years ago", 0), 0x1777_0551);
        assert_eq!(lookup3(b"Four score and seven years ago", 1), 0xCD62_8161);
        assert_eq!(java_string(b"hello"), 99_162_322);
        assert_eq!(md5_whole(b""), 0xD41D_8CD9_8F00_B204_E980_0998_ECF8_427E);
        assert_eq!(sha1_be(b"abc"), 0xA999_3E36);
        assert_eq!(crc32fast::hash(b"c1"), 0x5ED7_2AA1);
        assert_eq!(sdbm(b"c1"), 0x0063_188E);
        assert_eq!(djb2(b"c1"), 0x0059_7739);
        assert_eq!(wt6(b"c1"), 0xD3B8_A1F9);
        let hashes = [0, 1, 4_096].map(full_hash);
        assert_eq!(hashes, [0xAB4E_D927, 0x3486_81B6, 0x49C2_008B]);
    }

    /// libmemcached's hashes in the order of its numbers for them, except Hsieh's, which is not compiled in.
    fn libmemcached(key: &[u8]) -> [u32; 10] {
        [
            one_at_a_time(key, Char::Signed),
            md5_le(key),
            crc15(key),
            fnv1_64_low(key, Char::Signed),
            fnv1a_64_cut(key, Char::Signed),
            fnv1_32(key, Char::Signed),
            fnv1a_32(key, Char::Signed),
            murmur2(key),
            lookup3(key, 13),
            murmur3_32(key.iter().copied(), length_seed(key)),
        ]
    }

    /// Recorded from libmemcached 1.1.4 on x86-64, where `char` is signed.
    #[test]
    fn hashes_equal_libmemcacheds() {
        #[rustfmt::skip]
        let recorded = [
            ("c1", [0x3AE9_063E, 0x79E9_F7A9, 0x0000_5ED7, 0xB4EB_3445, 0xB54A_6859, 0x6E77_2A05, 0x8829_DFD9, 0x90D5_1453, 0x137B_F622, 0x682B_3361]),
            ("c2", [0x4AAC_A5C5, 0x5E2B_B69A, 0x0000_47DE, 0xB4EB_3446, 0xB54A_6340, 0x6E77_2A06, 0x8529_DB20, 0x3C33_4513, 0x1ABF_0DC1, 0xB7A1_615E]),
            ("a", [0xCA2E_9442, 0xB975_C10C, 0x0000_68B7, 0x8601_B7BE, 0x8601_EC8C, 0x050C_5D7E, 0xE40C_292C, 0x4B41_757C, 0xE0A3_8690, 0x8872_DBC8]),
            ("10.41.153.62", [0x4DCF_D061, 0xA20F_801F, 0x0000_1FFE, 0xDB30_9318, 0xC8E5_D836, 0x68BA_0138, 0x011A_D8F6, 0xA8E7_EDF7, 0xC918_8329, 0xE4E8_DA98]),
            ("101.76.116.61", [0x4E0F_FEF8, 0x6A8B_971A, 0x0000_0384, 0x2787_775B, 0xF19A_6CFF, 0x47A2_273B, 0x3B14_DBDF, 0xC05F_0887, 0x2DCB_BB51, 0x2757_DB5E]),
            ("109.10.205.150", [0x2C50_7028, 0xFC72_B353, 0x0000_4B66, 0xB3E0_F671, 0x44EB_71A9, 0xCBA8_6611, 0x81BC_ACC9, 0x2FC9_D812, 0x8FC3_8D7F, 0x1E9F_2DC8]),
            ("112.125.156.167", [0x3AFB_78D0, 0xE9EA_C1E2, 0x0000_2FEC, 0xA234_A80B, 0xD6D7_2DE3, 0x5C1D_654B, 0xD4DB_03E3, 0x64BC_CB6E, 0x5011_652A, 0xD121_C73D]),
            ("8687b18d-8ce1-4c8b-aedd-3a249018775a", [0x5D62_73B0, 0xF617_FECB, 0x0000_01A8, 0x3256_41F9, 0x33C3_FE39, 0x1DDF_8759, 0x6FB7_0299, 0x665B_EC70, 0x8857_49D6, 0x6583_FA43]),
            ("ع", [0xA70B_FC3D, 0x35A8_DFB4, 0x0000_3A85, 0xB4EB_9C5C, 0xB489_B9BA, 0x2B76_C0FC, 0x4AC0_933A, 0x07D8_C0F4, 0x1EC8_2F20, 0xDC78_84F5]),
            ("大", [0xB77B_94AA, 0x0CE3_18AB, 0x0000_52B1, 0x9439_79F9, 0x0F11_5FF1, 0xB38D_6DB9, 0x71A0_75B1, 0xDDF5_9002, 0xA046_FAB2, 0xEE20_FBCE]),
            ("🎉", [0x6E06_ED26, 0xE542_405B, 0x0000_6009, 0x5977_FDF1, 0x74A3_0F29, 0x66A7_1291, 0x1CCA_A509, 0x9107_E524, 0x4A6C_A940, 0xCDB0_4DDB]),
            ("k_ÎàÜÿÎàñÜéßé", [0xA5FF_7CC5, 0xB98F_069F, 0x0000_4D23, 0x5F08_254F, 0x2CE8_88F7, 0xAE87_F02F, 0x835A_6CD7, 0xCE9F_49F7, 0x0A72_9E7E, 0x686A_C519]),
            ("k_ÉøéÉÎñÿÀè", [0x24BC_7B5E, 0x1A94_1E58, 0x0000_4ABA, 0xD33E_7F6F, 0xBB6D_EA3F, 0xAD03_870F, 0x55CB_659F, 0x9720_0B96, 0x9FC9_1208, 0xAEA7_6B7D]),
        ];
        for (key, expected) in recorded {
            assert_eq!(libmemcached(key.as_bytes()), expected, "{key}");
        }
    }
}
