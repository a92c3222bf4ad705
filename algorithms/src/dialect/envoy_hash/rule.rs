//! The options in common terms of all three algorithms.

use crate::dialect::envoy_hash::hosts::{Bound, Hosts, Identity};
use crate::dialect::envoy_hash::options::{
    GRPC_SECTION, HashBalanceFactor, HashFunction, HealthyPanicThreshold, MAGLEV_SECTION,
    RING_SECTION,
};
use crate::options::Options;
use crate::pool::Pool;
use crate::strategy::maglev::TableSize;

/// The options in common terms of all three algorithms.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub(super) shape: Shape,
    pub(super) identity: Identity,
    pub(super) bound: Option<Bound>,
    /// `None` if unhealthy hosts stay in.
    pub(super) panic_threshold: Option<u32>,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Shape {
    Ring {
        least: u32,
        most: u32,
        point: HashFunction,
    },
    Table {
        size: TableSize,
    },
}

impl Rule {
    fn of_envoy(
        shape: Shape,
        by_hostname: bool,
        factor: Option<HashBalanceFactor>,
        threshold: HealthyPanicThreshold,
    ) -> Self {
        Self {
            shape,
            identity: if by_hostname {
                Identity::Hostname
            } else {
                Identity::HashKey
            },
            bound: factor.map(|factor| Bound(factor.get())),
            panic_threshold: Some(threshold.get()),
        }
    }

    pub(super) fn ring(options: &Options) -> Self {
        let own = options.get(RING_SECTION);
        let shape = Shape::Ring {
            least: own.minimum_ring_size.get(),
            most: own.maximum_ring_size.get(),
            point: own.hash_function,
        };
        let (factor, threshold) = (own.hash_balance_factor, own.healthy_panic_threshold);
        Self::of_envoy(shape, own.use_hostname_for_hashing, factor, threshold)
    }

    pub(super) fn maglev(options: &Options) -> Self {
        let own = options.get(MAGLEV_SECTION);
        let size = own.table_size;
        let (factor, threshold) = (own.hash_balance_factor, own.healthy_panic_threshold);
        Self::of_envoy(
            Shape::Table { size },
            own.use_hostname_for_hashing,
            factor,
            threshold,
        )
    }

    pub(super) fn grpc(options: &Options) -> Self {
        let own = options.get(GRPC_SECTION);
        let cap = own.ring_size_cap.get();
        Self {
            shape: Shape::Ring {
                least: own.min_ring_size.get().min(cap),
                most: own.max_ring_size.get().min(cap),
                point: HashFunction::XxHash,
            },
            identity: Identity::Name,
            bound: None,
            panic_threshold: None,
        }
    }

    pub(super) fn hosts(self, pool: &Pool) -> Hosts {
        match self.panic_threshold {
            Some(threshold) => Hosts::healthy(pool, threshold),
            None => Hosts::all(pool),
        }
    }
}
