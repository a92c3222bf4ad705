//! **nginx `hash … consistent`**: a ring of chained CRC points, with smooth turns as fallback.
//!
//! # How it works
//! Each peer has 160 points per unit of weight: the CRC-32 of its host, a zero byte, its port and the previous point,
//! starting from 0. Of equal points, the one of the first peer in the configuration is kept. A key goes to the first
//! point at or after its own CRC-32. If the peer of that point may not be picked, the next point is tried, up to 21
//! points; after that, and also for a missing or empty key and for a single peer, the peers take smooth weighted turns.
//!
//! # Cost
//! P points in all. Build O(P log P). Pick: one CRC and a bucket of the ring; a turn costs O(n) behind a lock. Memory:
//! up to 16 bytes per point, 8 per backend.
//!
//! # Membership change
//! Minimal on the ring. A reload restarts the turns.
//!
//! # Weights
//! Points in proportion; turns in exact proportion.
//!
//! # Ineligible backends
//! They keep their points and are skipped. If most of them are out of service, some keys fail at 21 points and take
//! turns: they are no longer sticky.
//!
//! # Departures from the program
//! A name may occur only once in a pool, so a server that is listed twice, or a name with two addresses, cannot be
//! described. nginx rejects a backup together with a hash; here it stands by, as with other algorithms. Failed attempts
//! do not lower a weight for a while; health decides only eligibility.
//!
//! # References
//! nginx 1.22 to 1.31, ngx_http_upstream_hash_module and ngx_http_upstream_round_robin.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::NginxHashConsistent;
//! use evenkeel_algorithms::{LoadBalancer, Pool};
//!
//! let pool = Pool::new(["127.0.0.1:9001", "127.0.0.1:9002", "127.0.0.1:9003"])?;
//! let balancer = LoadBalancer::new(NginxHashConsistent, pool)?;
//! assert_eq!(balancer.route(Some(b"alice"))?.backend(), balancer.route(Some(b"alice"))?.backend());
//! assert_ne!(balancer.route(None)?.backend(), balancer.route(None)?.backend());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, Order, Origin, Program, ShareVariance};
use crate::dialect::chain::{chained_points, chained_ring};
use crate::dialect::smooth::{self, SmoothTurns};
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::ring::Ring;
use crate::slot::Slot;
use crate::step::Step;

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "nginx's `hash … consistent`: a ring of CRC points, with smooth turns as fallback",
    origin: Origin::Program(Program::Nginx),
    feedback: Feedback::None,
    shares: ShareVariance::AsArcs,
    build: Cost::of("P log P").with(" for P points"),
    pick: Cost::CONSTANT.or(Order::Linear, "for turns"),
    memory: "up to 16 bytes per point",
    weights: "points in proportion",
    disruption: "minimal on the ring",
    source: "nginx 1.22 to 1.31",
    ..Card::new("nginx-hash-consistent", Family::Ring, &|_, _| {
        Box::new(NginxHashConsistent)
    })
};

/// nginx's points per unit of weight.
const POINTS_PER_WEIGHT: usize = 160;

/// The number of points that are tried before the peers take turns.
const TRIES: usize = 21;

/// nginx's consistent hash; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct NginxHashConsistent;

impl Algorithm for NginxHashConsistent {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let number = |slot| pool.weight(slot).get() as usize * POINTS_PER_WEIGHT;
        let chain = |slot| peer_points(pool.backend(slot).name());
        Ok(Box::new(Built {
            ring: chained_ring(pool.slots(), number, chain)?,
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

/// The ring of a pool.
#[derive(Debug)]
pub struct Built {
    ring: Ring,
    turns: SmoothTurns,
}

impl Built {
    /// Returns the key's point, or `None` for a request that takes a turn at once.
    fn key_point(pick: &Pick<'_>) -> Option<u32> {
        let key = pick.key().filter(|key| !key.is_empty())?;
        (pick.pool().len() > 1).then(|| crc32fast::hash(key))
    }

    /// Returns the backends of the points that are tried.
    fn tried(&self, point: Option<u32>) -> impl Iterator<Item = Slot> {
        let tried = point.map(|point| self.ring.walk(point).take(TRIES));
        tried.into_iter().flatten()
    }

    fn owner(&self, point: Option<u32>, pick: &Pick<'_>) -> Option<Slot> {
        let owner = self.tried(point).find(|&slot| pick.allows(slot));
        owner.or_else(|| self.turns.turn(pick))
    }
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.owner(Self::key_point(pick), pick)
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
    }

    fn table(&self) -> Option<Vec<Slot>> {
        Some(self.ring.owners())
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let point = Self::key_point(pick);
        if let Some(point) = point {
            self.ring.tell(point, steps);
        }
        if !self.tried(point).any(|slot| pick.allows(slot)) {
            steps(Step::Fallback(smooth::FALLBACK));
        }
        self.owner(point, pick)
    }

    fn memory(&self) -> usize {
        self.ring.memory() + self.turns.memory()
    }
}

/// Returns the endless chain of a peer's points.
pub(super) fn peer_points(server: &str) -> impl Iterator<Item = u32> + use<> {
    let (host, port) = host_and_port(server);
    chained_points(host, port)
}

/// Returns the host and port of a `server` argument as nginx hashes them. A default port is not added.
pub(super) fn host_and_port(server: &str) -> (&str, &str) {
    const UNIX: &str = "unix:";
    if let Some((scheme, path)) = server.split_at_checked(UNIX.len())
        && scheme.eq_ignore_ascii_case(UNIX)
    {
        return (path, "");
    }
    match server.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => (host, port),
        _ => (server, ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LoadBalancer;

    #[test]
    fn points_equal_the_worked_example() {
        let points: Vec<_> = peer_points("127.0.0.1:9001").take(3).collect();
        assert_eq!(points, [0x7053_3e04, 0x1057_1e62, 0x1f89_5401]);
    }

    #[test]
    fn the_text_of_a_server_is_split_as_nginx_does() {
        for (server, parts) in [
            ("127.0.0.1:80", ("127.0.0.1", "80")),
            ("127.0.0.1", ("127.0.0.1", "")),
            ("[::1]:80", ("[::1]", "80")),
            ("[::1]", ("[::1]", "")),
            ("name:", ("name", "")),
            ("name:http", ("name:http", "")),
            ("UNIX:/run/a:80", ("/run/a:80", "")),
        ] {
            assert_eq!(host_and_port(server), parts, "{server}");
        }
    }

    #[test]
    fn a_single_peer_takes_every_turn() {
        let pool = Pool::new(["a:1"]).unwrap();
        let balancer = LoadBalancer::new(NginxHashConsistent, pool).unwrap();
        let fallback = Step::Fallback(smooth::FALLBACK);
        let traced = balancer.trace(Some(b"k"), &[], &mut |step| assert_eq!(step, fallback));
        assert!(traced.is_ok());
        balancer.set_healthy("a:1", false).unwrap();
        assert!(balancer.route(Some(b"k")).is_err());
    }
}
