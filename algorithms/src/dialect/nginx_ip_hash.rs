//! **nginx `ip_hash`**: a remainder of the client's network, tried anew, with smooth turns where it
//! fails.
//!
//! # How it works
//! The key is the client's address, as text. The first three bytes of one of IPv4, all 16 of one of
//! IPv6, are hashed to a number below 6,271; its remainder by the sum of the weights finds a peer, as
//! they stand side by side in the order of the configuration. If that peer may not be reached, the
//! bytes are hashed on from that number, 21 times in all; then, as without a key and for a single
//! peer, the peers take smooth weighted turns.
//!
//! # Cost
//! n backends. Build O(n). Pick: 3 or 16 remainders a try and O(log n) for its place; a turn costs
//! O(n) behind a lock. Memory: 16 bytes a backend.
//!
//! # Membership change
//! The sum changes, and nearly every key moves. A reload starts the turns anew.
//!
//! # Weights
//! In proportion, as long as their sum is far below 6,271. Clients of one /24 share a peer.
//!
//! # Ineligible backends
//! They keep their places; their keys are hashed on, over all. Some fail 21 times and take turns.
//!
//! # Departures from the program
//! As for [`hash … consistent`](super::nginx_hash_consistent): no server twice, backups stand by, and
//! failed attempts lower no weight. A key that is no address is hashed as nginx hashes a client of
//! another family, a Unix socket: all of them share a peer.
//!
//! # References
//! nginx 1.22 to 1.31, ngx_http_upstream_ip_hash_module and ngx_http_upstream_round_robin.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::NginxIpHash;
//! use evenkeel_algorithms::{LoadBalancer, Pool};
//!
//! let balancer = LoadBalancer::new(NginxIpHash::default(), Pool::new(["a:80", "b:80", "c:80"])?)?;
//! let neighbours = [b"192.0.2.1", b"192.0.2.9"].map(|client| balancer.route(Some(client)));
//! let [one, other] = neighbours.map(|ticket| ticket.map(|ticket| ticket.slot()));
//! assert_eq!(one?, other?);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::iter;
use std::net::IpAddr;

use super::nginx_tries::{Method, Tries};
use crate::balancer::Step;
use crate::strategy::Algorithm;

pub(super) const ALGORITHM: Algorithm = Algorithm {
    name: "nginx-ip-hash",
    aliases: &[],
    summary: "nginx's `ip_hash`: a remainder of the client's network, with smooth turns where it fails",
    options: &[],
    build: "O(n)",
    pick: "O(log n); O(n) for turns",
    memory: "16 bytes a backend",
    weights: "in proportion",
    disruption: "nearly every key",
    source: "nginx 1.22 to 1.31",
    new: |_, _| NginxIpHash::default().into(),
};

/// nginx's hash of clients; see the [module](self).
pub type NginxIpHash = Tries<Address>;

/// Hashes of addresses.
#[derive(Debug)]
pub struct Address;

impl Method for Address {
    const NAME: &'static str = ALGORITHM.name;

    /// Those of a number below 6,271.
    const BITS: u32 = 13;

    fn numbers(key: &[u8]) -> impl Iterator<Item = u32> {
        let network = Network::of(key);
        let next = move |&number: &u32| Some(network.hash(number));
        iter::successors(Some(network.hash(89)), next)
    }

    fn tell(key: &[u8], steps: &mut dyn FnMut(Step<'_>)) {
        steps(Step::Bytes(Network::of(key).bytes()));
    }
}

/// What is hashed of an address.
#[derive(Clone, Copy)]
enum Network {
    V4([u8; 3]),
    V6([u8; 16]),
}

impl Network {
    fn of(key: &[u8]) -> Self {
        let address = str::from_utf8(key).map(str::parse);
        match address {
            Ok(Ok(IpAddr::V4(address))) => {
                let [a, b, c, _] = address.octets();
                Self::V4([a, b, c])
            }
            Ok(Ok(IpAddr::V6(address))) => Self::V6(address.octets()),
            _ => Self::V4([0; 3]),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Self::V4(bytes) => bytes,
            Self::V6(bytes) => bytes,
        }
    }

    fn hash(self, start: u32) -> u32 {
        let step = |hash, &byte: &u8| (hash * 113 + u32::from(byte)) % 6_271;
        self.bytes().iter().fold(start, step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_cut_out_of_addresses() {
        let network = |key: &str| Network::of(key.as_bytes()).bytes().to_vec();
        assert_eq!(network("192.0.2.7"), [192, 0, 2]);
        let [mut loopback, mut mapped] = [[0; 16]; 2];
        loopback[15] = 1;
        mapped[10..].copy_from_slice(&[255, 255, 192, 0, 2, 7]);
        assert_eq!(network("::1"), loopback);
        assert_eq!(network("::ffff:192.0.2.7"), mapped);
        for other in ["unix:", "192.0.2.7:80", "[::1]", "192.0.2"] {
            assert_eq!(network(other), [0; 3], "{other}");
        }
        assert_eq!(Network::of(b"\xff").bytes(), [0; 3]);
    }

    /// By hand: 89 · 113 + 10 = 10,067 leaves 3,796; · 113 leaves 2,520; · 113 + 1 leaves 2,566.
    #[test]
    fn a_try_goes_on_from_the_number_before() {
        let numbers: Vec<_> = Address::numbers(b"10.0.1.200").take(2).collect();
        let network = Network::V4([10, 0, 1]);
        assert_eq!(numbers, [2_566, network.hash(2_566)]);
        assert_ne!(numbers[0], numbers[1]);
    }
}
