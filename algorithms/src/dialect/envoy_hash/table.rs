//! The table, filled in fractional proportion to the weights.

use crate::dialect::envoy_hash::hosts::{Hosts, Identity};
use crate::dialect::hash::xxhash64;
use crate::dialect::maglev_fill::fill;
use crate::error::BuildError;
use crate::pool::Pool;
use crate::slot::Slot;
use crate::strategy::maglev::{Permutation, TableSize};

/// Envoy's largest table.
const MAX_TABLE_SIZE: u32 = 5_000_011;

/// Returns the table of some hosts.
pub(super) fn table(
    hosts: &Hosts,
    identity: Identity,
    pool: &Pool,
    size: TableSize,
) -> Result<Box<[Slot]>, BuildError> {
    if size.get() > MAX_TABLE_SIZE {
        return Err(BuildError::Unfit {
            option: "table_size",
            value: size.get().to_string(),
            expected: "a prime up to 5000011",
        });
    }
    let identity = |slot| identity.of(pool.backend(slot));
    let mut hosts = hosts.members().to_vec();
    hosts.sort_by_key(|&(slot, _)| identity(slot));
    let permutation = |&(slot, _): &(Slot, f64)| {
        let text = identity(slot).as_bytes();
        let hashes = (xxhash64(text), xxhash_rust::xxh64::xxh64(text, 1));
        Permutation::new(slot, hashes, size.get())
    };
    let parts: Vec<_> = hosts.iter().map(|&(_, part)| part).collect();
    let permutations = hosts.iter().map(permutation).collect();
    Ok(fill(size.get(), permutations, turns(&parts)))
}

/// Returns the endless order in which hosts take entries of the table: in round t, the hosts that have had at most t
/// times their fraction.
fn turns(parts: &[f64]) -> impl Iterator<Item = usize> {
    let largest = parts.iter().copied().fold(0., f64::max);
    let mut targets = vec![0.; parts.len()];
    let rounds = (1u64..).take_while(|_| !parts.is_empty());
    rounds.flat_map(move |round| {
        let due = (0..parts.len()).filter(|&host| {
            let due = round as f64 * parts[host] >= targets[host];
            if due {
                targets[host] += largest;
            }
            due
        });
        due.collect::<Vec<_>>()
    })
}
