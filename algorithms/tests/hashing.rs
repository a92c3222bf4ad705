//! Why the hash of keys is keyed: an attack on a hash that is not.

use super::common::{backends, name};
use evenkeel_algorithms::strategy::CARDS;
use evenkeel_algorithms::{Card, HashFunction, Hashing, Key, LoadBalancer, Options, Pool, Seed};

/// Returns 10,000 distinct keys with the same XXH3, constructed without a search.
///
/// XXH3 multiplies the two words of each 16 bytes of a key, each combined with a public constant and the seed. A first
/// word that cancels its constant makes the product zero, whatever the second is.
fn crafted(seed: Seed) -> impl Iterator<Item = [u8; 32]> {
    const FIRST_OF_SECRET: u64 =
        u64::from_le_bytes([0xb8, 0xfe, 0x6c, 0x39, 0x23, 0xa4, 0x4b, 0xbe]);
    (0..10_000u64).map(move |number| {
        let mut key = [b'k'; 32];
        key[..8].copy_from_slice(&FIRST_OF_SECRET.wrapping_add(seed.0).to_le_bytes());
        key[8..16].copy_from_slice(&number.to_le_bytes());
        key
    })
}

fn balancer(card: &Card, hashing: Hashing) -> LoadBalancer {
    let algorithm = card.algorithm(hashing, &Options::default());
    LoadBalancer::new(algorithm, Pool::new(backends(&[1; 10])).unwrap()).unwrap()
}

fn by_key(card: &&&'static Card) -> bool {
    let algorithm = card.algorithm(Seed::DEFAULT, &Options::default());
    algorithm.profile().key == Key::Required
}

/// Returns how many of the crafted keys reach the backend of the first.
fn on_one_backend(card: &Card, hashing: Hashing) -> usize {
    let balancer = balancer(card, hashing);
    let mut owners = crafted(Seed::DEFAULT).map(|key| name(balancer.route(Some(&key))));
    let first = owners.next().unwrap();
    1 + owners.filter(|owner| *owner == first).count()
}

#[test]
fn crafted_keys_reach_one_backend_only_with_the_unkeyed_hash() {
    for card in CARDS.iter().filter(by_key) {
        let unkeyed = Hashing {
            function: HashFunction::Xxh3,
            ..Hashing::default()
        };
        assert_eq!(on_one_backend(card, unkeyed), 10_000, "{card}");
        let secret = Hashing::from(Seed(0x6B7A_91D3_0C55_E2F8));
        let share = on_one_backend(card, secret);
        // A tenth, within the variation of a ring's shares.
        assert!((700..1_300).contains(&share), "{card}: {share}");
    }
}

#[test]
fn the_hashes_equal_the_published_ones() {
    let hash = |function, seed| {
        let hashing = Hashing { seed, function };
        hashing.key(b"")
    };
    // XXH3_64bits of the empty text, from its specification; SipHash-1-3 of it with the key zero, from the test vectors
    // of CPython, which uses this hash.
    assert_eq!(hash(HashFunction::Xxh3, Seed(0)), 0x2D06_8005_38D3_94C2);
    assert_eq!(hash(HashFunction::Sip13, Seed(0)), 0xD1FB_A762_150C_532C);
}
