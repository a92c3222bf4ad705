//! **Pingora `KetamaHashing`**: nginx's ring of chained CRC points, over socket addresses.
//!
//! # How it works
//! Each backend has 160 points per unit of weight (in version 2, as many as the option says): the CRC-32 of its IP
//! address without brackets, a zero byte, its port and the previous point, starting from 0. Of equal points, the one of
//! the lower address is kept. A key goes to the first point at or after its own CRC-32; if that backend may not be
//! picked, to the next that may.
//!
//! # Cost
//! P points in all. Build O(P log P). Pick: one CRC and a bucket of the ring. Memory: up to 16 bytes per point.
//!
//! # Membership change
//! Minimal.
//!
//! # Weights
//! Points in proportion.
//!
//! # Ineligible backends
//! They keep their points and are skipped.
//!
//! # Departures from the program
//! Pingora skips as many points as its caller allows and then gives up; here the search goes once around the ring.
//! Version 1 does not define which of two equal points is kept, because Pingora's sort is unstable. A name that is not
//! an address is split at its port as in nginx, and comes after all addresses.
//!
//! # References
//! pingora-ketama 0.9.1.
//!
//! # Example
//! ```
//! use evenkeel_algorithms::dialect::PingoraKetama;
//! use evenkeel_algorithms::{LoadBalancer, Pool};
//!
//! let pool = Pool::new(["10.0.0.1:80", "10.0.0.2:80", "[::1]:80"])?;
//! let balancer = LoadBalancer::new(PingoraKetama::default(), pool)?;
//! assert_eq!(balancer.route(Some(b"alice"))?.backend(), balancer.route(Some(b"alice"))?.backend());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::algorithm::Algorithm;
use crate::balancer::Balancer;
use crate::card::{Card, Cost, Family, Feedback, OptionHelp, Origin, Program, ShareVariance};
use crate::dialect::chain::{chained_points, chained_ring};
use crate::dialect::nginx_hash_consistent::host_and_port;
use crate::dialect::socket_order::{address, by_address};
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::option::{whole_number_option, word_option};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::ring::Ring;
use crate::section_key::SectionKey;
use crate::section_type::SectionType;
use crate::slot::Slot;
use crate::step::Step;

/// The section of its options.
pub const SECTION: SectionKey<Options> = SectionKey::new("pingora-ketama");

/// The card of the algorithm.
pub static CARD: Card = Card {
    summary: "Pingora's `KetamaHashing`: nginx's ring of CRC points, over socket addresses",
    section: SectionType::of(SECTION),
    options: &[
        OptionHelp {
            name: "version",
            help: "`v1`, or `v2` with any number of points",
            value: |options| options.get(SECTION).version.to_string(),
        },
        OptionHelp {
            name: "point_multiple",
            help: "points of each backend per unit of weight, 1 to 65536; 160 in version 1",
            value: |options| options.get(SECTION).point_multiple.to_string(),
        },
    ],
    origin: Origin::Program(Program::Pingora),
    feedback: Feedback::None,
    shares: ShareVariance::AsArcs,
    build: Cost::of("P log P").with(" for P points"),
    pick: Cost::CONSTANT,
    memory: "up to 16 bytes per point",
    weights: "points in proportion",
    disruption: "minimal",
    source: "pingora-ketama 0.9.1",
    ..Card::new(SECTION.algorithm(), Family::Ring, &|_, options| {
        Box::new(PingoraKetama::new(options.get(SECTION)))
    })
};

/// The options of [`PingoraKetama`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Deserialize, serde::Serialize))]
#[cfg_attr(feature = "serde", serde(default, deny_unknown_fields))]
pub struct Options {
    /// The version of the ring.
    pub version: Version,
    /// Points of each backend per unit of weight.
    pub point_multiple: PointMultiple,
}

word_option!(
    /// The version of the ring.
    Version:
    /// 160 points per unit of weight.
    V1 "v1",
    /// As many points as the option says.
    V2 "v2",
);

whole_number_option!(
    /// Points of each backend per unit of weight.
    PointMultiple, "point_multiple": 1 to 65536,
    /// nginx's number, the only one in version 1.
    default 160
);

/// Pingora's ring; see the [module](self).
#[derive(Clone, Copy, Debug, Default)]
pub struct PingoraKetama {
    options: Options,
}

impl PingoraKetama {
    /// Returns the algorithm with its options.
    #[must_use]
    pub const fn new(options: Options) -> Self {
        Self { options }
    }

    /// Rejects two backends with one address, as in Pingora.
    fn check_addresses(pool: &Pool, order: &[Slot]) -> Result<(), BuildError> {
        let same = order.windows(2).find(|pair| {
            let addresses = [pair[0], pair[1]].map(|slot| address(pool, slot));
            addresses[0].is_some() && addresses[0] == addresses[1]
        });
        same.map_or(Ok(()), |pair| {
            let name = |slot| pool.backend(slot).name().to_owned();
            Err(BuildError::SameToDialect {
                algorithm: CARD.name,
                names: [name(pair[0]), name(pair[1])],
            })
        })
    }
}

impl Algorithm for PingoraKetama {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let Options {
            version,
            point_multiple,
        } = self.options;
        if version == Version::V1 && point_multiple != PointMultiple::DEFAULT {
            return Err(BuildError::NeedsOption {
                algorithm: CARD.name,
                option: "point_multiple",
                needs: "version: v2",
            });
        }
        let order = by_address(pool);
        Self::check_addresses(pool, &order)?;
        let number = |slot| pool.weight(slot).get() as usize * point_multiple.get() as usize;
        let ring = chained_ring(order.iter().copied(), number, |slot| chain(pool, slot))?;
        Ok(Box::new(Built {
            options: self.options,
            ring,
        }))
    }

    fn profile(&self) -> Profile {
        Profile::MINIMAL
    }
}

/// The ring of a pool.
#[derive(Debug)]
pub struct Built {
    options: Options,
    ring: Ring,
}

/// Returns the endless chain of a backend's points.
fn chain(pool: &Pool, slot: Slot) -> impl Iterator<Item = u32> + use<> {
    match address(pool, slot) {
        Some(at) => chained_points(&at.ip().to_string(), &at.port().to_string()),
        None => {
            let (host, port) = host_and_port(pool.backend(slot).name());
            chained_points(host, port)
        }
    }
}

impl Balancer for Built {
    #[inline]
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let hash = crc32fast::hash(pick.key()?);
        let slot = self.ring.successor(hash)?;
        if pick.allows(slot) {
            return Some(slot);
        }
        self.ring.walk(hash).find(|&slot| pick.allows(slot))
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text(CARD.name);
        fingerprint.number(self.options.version as u64);
        fingerprint.number(self.options.point_multiple.get().into());
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        self.ring.tell(crc32fast::hash(pick.key()?), steps);
        self.pick(pick)
    }

    fn memory(&self) -> usize {
        self.ring.memory()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::LoadBalancer;

    fn options(version: Version, point_multiple: u64) -> Options {
        let point_multiple = PointMultiple::new(point_multiple).unwrap();
        Options {
            version,
            point_multiple,
        }
    }

    /// nginx's worked example for 127.0.0.1:9001, and the shortest text of an IPv6 address.
    #[test]
    fn points_equal_nginxs_without_brackets() {
        let pool = Pool::new(["127.0.0.1:9001", "[0:0::1]:80", "name:80"]).unwrap();
        let first = |slot| chain(&pool, Slot(slot)).next();
        assert_eq!(first(0), Some(0x7053_3E04));
        assert_eq!(first(1), Some(crc32fast::hash(b"::1\x0080\0\0\0\0")));
        assert_eq!(first(2), Some(crc32fast::hash(b"name\x0080\0\0\0\0")));
    }

    #[test]
    fn configs_that_pingora_cannot_express_are_rejected() {
        let refusal = |options, names: [&str; 2]| {
            let pool = Pool::new(names).unwrap();
            let built = LoadBalancer::new(PingoraKetama::new(options), pool);
            built.map_err(|error| error.to_string()).err()
        };
        let (v1, v2) = (options(Version::V1, 161), options(Version::V2, 161));
        let needs = "point_multiple has no effect on pingora-ketama without `version: v2`";
        assert_eq!(refusal(v1, ["a", "b"]).as_deref(), Some(needs));
        assert_eq!(refusal(v2, ["a", "b"]), None);
        let same = "backends `[0::1]:80` and `[::1]:80` are indistinguishable to pingora-ketama; \
                    give each its own identity";
        assert_eq!(
            refusal(v2, ["[::1]:80", "[0::1]:80"]).as_deref(),
            Some(same)
        );
    }
}
