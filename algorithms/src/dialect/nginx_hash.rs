//! **nginx `hash`** (not consistent) and **`ip_hash`**: a hash modulo the sum of the weights.
//!
//! # How it works
//! A key gives an endless series of numbers. Each number, modulo the sum of all weights, selects a peer among the
//! weights laid end to end; the first peer that may be picked gets the request. If 21 numbers in a row find none, the
//! peers take smooth weighted turns.
//!
//! - `hash`: the numbers are the sums of the upper 15 bits of the CRC-32 of the key, of `1` and the key, of `2` and the
//!   key, and so on. Requests without a key or with an empty one, and pools with a single peer, take turns.
//! - `ip_hash`: the key is a client's address as text. Starting from 89, each byte turns `h` into `(113 h + byte) mod
//!   6271`; the bytes are the first three of IPv4, all 16 of IPv6, and three zeros for anything else. For the next
//!   number, the same bytes are applied again. Whole /24 networks share a peer, and there are at most 6,271 numbers.
//!
//! # Cost
//! n backends. Build O(n). Pick: a hash and O(log n); O(n) behind a lock for turns. Memory: 16 bytes per backend.
//!
//! # Membership change
//! Nearly all keys move.
//!
//! # Weights
//! In proportion; with `ip_hash` as precisely as 6,271 numbers allow.
//!
//! # Ineligible backends
//! They count in the sum, so that keys of other backends do not move.
//!
//! # Departures from the program
//! nginx rejects a backup together with these methods; here it stands by, as with other algorithms. Failed attempts do
//! not lower a weight for a while.
//!
//! # References
//! nginx 1.22 to 1.31, ngx_http_upstream_hash_module and ngx_http_upstream_ip_hash_module.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::nginx_hash;
//! use evenkeel_algorithms::{LoadBalancer, Options, Pool, Seed};
//!
//! let ip_hash = nginx_hash::IP_HASH.algorithm(Seed::DEFAULT, &Options::default());
//! let balancer = LoadBalancer::new(ip_hash, Pool::new(["a:80", "b:80", "c:80"])?)?;
//! let peer = |address: &str| balancer.route(Some(address.as_bytes())).map(|to| to.slot());
//! assert_eq!(peer("192.0.2.1")?, peer("192.0.2.200")?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::net::IpAddr;

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, Order, Origin, Program, ShareVariance};
use crate::dialect::hash::crc15;
use crate::dialect::side_by_side::SideBySide;
use crate::dialect::smooth::{self, SmoothTurns};
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::slot::Slot;
use crate::step::Step;

/// The card of `nginx-hash`.
pub static HASH: Card = Card {
    summary: "nginx's `hash`: a 15-bit CRC modulo the sum of the weights",
    origin: Origin::Program(Program::Nginx),
    feedback: Feedback::None,
    shares: ShareVariance::AsRandom,
    build: Cost::LINEAR,
    pick: Cost::LOGARITHMIC.or(Order::Linear, "for turns"),
    memory: "16 bytes per backend",
    weights: "in proportion",
    disruption: "nearly all keys",
    source: "nginx 1.22 to 1.31",
    ..Card::new("nginx-hash", Family::Modulo, &|_, _| {
        Box::new(NginxHash {
            numbers: Numbers::Crc,
        })
    })
};

/// The card of `nginx-ip-hash`.
pub static IP_HASH: Card = Card {
    name: "nginx-ip-hash",
    summary: "nginx's `ip_hash`: a hash of the client's network modulo the sum of the weights",
    make: &|_, _| {
        Box::new(NginxHash {
            numbers: Numbers::Address,
        })
    },
    ..HASH
};

/// The number of attempts before the peers take turns.
const TRIES: usize = 21;

/// nginx's hash; see the [module](self).
#[derive(Clone, Copy, Debug)]
pub struct NginxHash {
    numbers: Numbers,
}

impl Algorithm for NginxHash {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let weights = pool.slots().map(|slot| pool.weight(slot).get().into());
        Ok(Box::new(Built {
            numbers: self.numbers,
            peers: SideBySide::new(weights),
            turns: SmoothTurns::new(pool),
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            key: Key::Optional,
            ..Profile::TURNS
        }
    }
}

/// The peers of a pool.
#[derive(Debug)]
pub struct Built {
    numbers: Numbers,
    peers: SideBySide,
    turns: SmoothTurns,
}

/// How a key becomes numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Numbers {
    Crc,
    Address,
}

impl Built {
    /// Returns the numbers that are tried for a key; none for a request that takes a turn at once.
    fn tried<'a>(&self, pick: &Pick<'a>) -> impl Iterator<Item = u64> + use<'a> {
        let key = pick.key().filter(|_| pick.pool().len() > 1);
        let (crc, address) = match self.numbers {
            Numbers::Crc => (key.filter(|key| !key.is_empty()).map(sums_of_crcs), None),
            Numbers::Address => (None, key.map(address_hashes)),
        };
        let numbers = crc.into_iter().flatten();
        numbers.chain(address.into_iter().flatten()).take(TRIES)
    }

    /// Returns the peer that a number selects among the weights laid end to end.
    fn peer(&self, number: u64) -> Option<Slot> {
        let place = number.checked_rem(self.peers.total())?;
        Some(Slot::new(self.peers.at(place)))
    }

    fn owner(&self, pick: &Pick<'_>) -> Option<Slot> {
        let mut peers = self.tried(pick).filter_map(|number| self.peer(number));
        peers.find(|&slot| pick.allows(slot))
    }
}

/// Returns the sums of the CRCs of a key, prefixed with the numbers from 1 on.
fn sums_of_crcs(key: &[u8]) -> impl Iterator<Item = u64> {
    let mut sum = 0;
    (0u8..).map(move |attempt| {
        sum += u64::from(match attempt {
            0 => crc15(key),
            _ => crc15_after(attempt, key),
        });
        sum
    })
}

/// Returns the CRC of a key prefixed with a number.
fn crc15_after(number: u8, key: &[u8]) -> u32 {
    let mut crc = crc32fast::Hasher::new();
    if number > 9 {
        crc.update(&[b'0' + number / 10]);
    }
    crc.update(&[b'0' + number % 10]);
    crc.update(key);
    crc.finalize() >> 16 & 0x7FFF
}

/// Returns the hashes of an address, each computed from the previous one.
fn address_hashes(text: &[u8]) -> impl Iterator<Item = u64> + use<> {
    let text = std::str::from_utf8(text).ok();
    let (bytes, len) = match text.and_then(|text| text.parse().ok()) {
        Some(IpAddr::V4(address)) => {
            let [a, b, c, _] = address.octets();
            (first_bytes([a, b, c]), 3)
        }
        Some(IpAddr::V6(address)) => (address.octets(), 16),
        None => (first_bytes([0; 3]), 3),
    };
    let again = move |hash: &u64| {
        let step = |hash, &byte: &u8| (hash * 113 + u64::from(byte)) % 6_271;
        Some(bytes[..len].iter().fold(*hash, step))
    };
    std::iter::successors(Some(89), again).skip(1)
}

fn first_bytes([a, b, c]: [u8; 3]) -> [u8; 16] {
    let mut bytes = [0; 16];
    bytes[..3].copy_from_slice(&[a, b, c]);
    bytes
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.owner(pick).or_else(|| self.turns.turn(pick))
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(match self.numbers {
            Numbers::Crc => HASH.name,
            Numbers::Address => IP_HASH.name,
        });
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        for number in self.tried(pick) {
            let Some(peer) = self.peer(number) else {
                break;
            };
            let (hash, bits) = (number.into(), 20);
            steps(Step::Hash { hash, bits });
            steps(self.peers.entry(number % self.peers.total(), peer));
            if pick.allows(peer) {
                break;
            }
        }
        if self.owner(pick).is_none() {
            steps(Step::Fallback(smooth::FALLBACK));
        }
        self.pick(pick)
    }

    fn memory(&self) -> usize {
        self.peers.memory() + self.turns.memory()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_numbered_in_decimals() {
        assert_eq!(crc15_after(7, b"k"), crc15(b"7k"));
        assert_eq!(crc15_after(20, b"k"), crc15(b"20k"));
    }

    #[test]
    fn only_the_network_of_an_address_counts_and_other_texts_are_zeros() {
        let first = |text: &str| address_hashes(text.as_bytes()).next();
        assert_eq!(first("10.1.2.3"), first("10.1.2.4"));
        assert_ne!(first("10.1.2.3"), first("10.1.3.3"));
        assert_ne!(first("::1"), first("::2"));
        assert_eq!(first("unix:"), first("0.0.0.0"));
    }
}
