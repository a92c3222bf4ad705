//! The common parts of HAProxy's balancing algorithms: weights, ids, and which servers are active or backup.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use crate::attributes::Number;
use crate::backend::Backend;
use crate::error::BuildError;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::slot::Slot;
use crate::step::Step;

/// The largest weight that HAProxy accepts.
const MAX_WEIGHT: u32 = 256;

/// The largest id that HAProxy accepts.
const MAX_ID: u32 = i32::MAX as u32;

/// The largest [effective weight](effective_weight).
pub(super) const HEAVIEST: u64 = 16 * MAX_WEIGHT as u64;

/// Returns the weight in sixteenths, as HAProxy counts.
pub(super) fn effective_weight(pool: &Pool, slot: Slot) -> u64 {
    16 * u64::from(pool.weight(slot).get())
}

/// Rejects weights that HAProxy does not accept.
pub(super) fn check_weights(algorithm: &'static str, pool: &Pool) -> Result<(), BuildError> {
    let heavy = |backend: &&Backend| backend.weight().get() > MAX_WEIGHT;
    match pool.backends().find(heavy) {
        None => Ok(()),
        Some(heavy) => Err(BuildError::WeightAboveDialect {
            algorithm,
            name: heavy.name().to_owned(),
            weight: heavy.weight().get(),
            most: MAX_WEIGHT,
        }),
    }
}

/// Returns the id of every server: its own, or else the lowest free one from a counter on. The counter follows the last
/// assigned id, and also advances by one at a server with its own id.
pub(super) fn ids(algorithm: &'static str, pool: &Pool) -> Result<Box<[u32]>, BuildError> {
    check_distinct(pool, "id", own_id)?;
    let taken: BTreeSet<_> = pool.backends().filter_map(own_id).collect();
    let mut counter = 1;
    let id = |backend| match own_id(backend) {
        Some(id) => {
            counter += 1;
            checked_id(algorithm, backend, id)
        }
        None => {
            while taken.contains(&u64::from(counter)) {
                counter += 1;
            }
            counter += 1;
            Ok(counter - 1)
        }
    };
    pool.backends().map(id).collect()
}

fn own_id(backend: &Backend) -> Option<u64> {
    backend.attributes().id.map(|Number(id)| id)
}

fn checked_id(algorithm: &'static str, backend: &Backend, id: u64) -> Result<u32, BuildError> {
    match u32::try_from(id) {
        Ok(id @ 1..=MAX_ID) => Ok(id),
        _ => Err(BuildError::AttributeOutOfRange {
            algorithm,
            name: backend.name().to_owned(),
            attribute: "id",
            value: id,
            min: 1,
            max: MAX_ID.into(),
        }),
    }
}

/// Rejects a value that two backends share.
pub(super) fn check_distinct<'a, T: Ord + Display>(
    pool: &'a Pool,
    attribute: &'static str,
    value: impl Fn(&'a Backend) -> Option<T>,
) -> Result<(), BuildError> {
    let mut known = BTreeMap::new();
    for backend in pool.backends() {
        let Some(value) = value(backend) else {
            continue;
        };
        let shown = value.to_string();
        if let Some(other) = known.insert(value, backend) {
            return Err(BuildError::DuplicateAttribute {
                name: backend.name().to_owned(),
                attribute,
                value: shown,
                other: other.name().to_owned(),
            });
        }
    }
    Ok(())
}

/// Picks among the active servers or, if only backups are usable, the first of those.
pub(super) fn active_or_backup(
    pick: &Pick<'_>,
    active: impl FnOnce() -> Option<Slot>,
) -> Option<Slot> {
    let server = if on_backups(pick.pool()) {
        None
    } else {
        active()
    };
    // The structure for the active servers may lag behind their health.
    server.or_else(|| pick.pool().slots().find(|&slot| pick.allows(slot)))
}

/// Reports the steps among the active servers, or that a backup serves.
pub(super) fn trace_active(
    pick: &Pick<'_>,
    steps: &mut dyn FnMut(Step<'_>),
    active: impl FnOnce(&mut dyn FnMut(Step<'_>)),
) {
    if on_backups(pick.pool()) {
        steps(Step::Fallback("the first usable backup"));
    } else {
        active(steps);
    }
}

/// Returns whether only backups are usable.
fn on_backups(pool: &Pool) -> bool {
    if pool.is_unrestricted() {
        return false;
    }
    let first = pool.slots().find(|&slot| pool.is_active(slot));
    first.is_none_or(|slot| pool.backend(slot).is_backup())
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::Attributes;

    /// Returns servers with these ids; `None` leaves the id open.
    pub(crate) fn with_ids(ids: &[Option<u64>]) -> Pool {
        let server = |(place, id): (usize, &Option<u64>)| {
            let id = id.map(Number);
            Backend::new(format!("127.0.0.1:{}", 9_001 + place)).with_attributes(Attributes {
                id,
                ..Attributes::default()
            })
        };
        Pool::new(ids.iter().enumerate().map(server)).unwrap()
    }

    #[test]
    fn a_skipped_number_shifts_all_later_servers() {
        let given = [Some(7), None, Some(2), None, Some(300_000_000)];
        let expected = [7, 3, 2, 5, 300_000_000];
        assert_eq!(*ids("a", &with_ids(&given)).unwrap(), expected);
        assert_eq!(*ids("a", &with_ids(&[None; 3])).unwrap(), [1, 2, 3]);
    }

    #[test]
    fn ids_that_haproxy_does_not_accept_are_rejected() {
        for id in [0, 1 << 31, u64::MAX] {
            let error = ids("haproxy-first", &with_ids(&[Some(id)])).unwrap_err();
            let expected = format!(
                "backend `127.0.0.1:9001`: id {id} is out of range for haproxy-first; expected 1 to 2147483647"
            );
            assert_eq!(error.to_string(), expected);
        }
        let error = ids("a", &with_ids(&[Some(4), None, Some(4)])).unwrap_err();
        let expected = "backend `127.0.0.1:9003`: id 4 is already used by `127.0.0.1:9001`; expected a distinct value";
        assert_eq!(error.to_string(), expected);
    }
}
