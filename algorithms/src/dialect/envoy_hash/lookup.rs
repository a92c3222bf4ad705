//! Where a key's hash is looked up.

use crate::dialect::envoy_hash::hosts::Hosts;
use crate::dialect::envoy_hash::ring::ring;
use crate::dialect::envoy_hash::rule::{Rule, Shape};
use crate::dialect::envoy_hash::table::table;
use crate::dialect::wide_ring::WideRing;
use crate::error::BuildError;
use crate::pool::Pool;
use crate::slot::Slot;

/// Where a key's hash is looked up.
#[derive(Debug)]
pub(super) enum Lookup {
    Ring(WideRing),
    Table(Box<[Slot]>),
}

impl Lookup {
    pub(super) fn new(rule: Rule, hosts: &Hosts, pool: &Pool) -> Result<Self, BuildError> {
        match rule.shape {
            Shape::Ring { least, most, point } => {
                ring(hosts, rule.identity, pool, (least, most), point).map(Self::Ring)
            }
            Shape::Table { size } => table(hosts, rule.identity, pool, size).map(Self::Table),
        }
    }
}
