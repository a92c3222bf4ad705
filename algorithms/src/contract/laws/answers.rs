//! Asks where keys go.

use std::ops::Range;

use crate::contract::finding::Finding;
use crate::contract::key_text::KeyText;
use crate::contract::name::Name;
use crate::error::RouteError;
use crate::load_balancer::LoadBalancer;
use crate::pick::Pick;
use crate::slot::Slot;
use crate::snapshot::Snapshot;

/// Returns where keys go, without counting the requests; `None` where no backend is eligible.
pub(super) fn answers(
    snapshot: &Snapshot,
    numbers: Range<u64>,
) -> Result<Vec<Option<Slot>>, Finding> {
    let keys: Vec<_> = numbers.map(KeyText::new).collect();
    let keys = keys.iter().map(KeyText::as_bytes);
    let picks = keys.map(|key| Pick::new(snapshot.pool(), Some(key)).question());
    let (mut slots, mut failed) = (Vec::new(), None);
    snapshot.pick_each(picks, |answer| match answer {
        Err(RouteError::NoBackend) => slots.push(None),
        Err(error) => failed = failed.or(Some(error)),
        Ok(slot) => slots.push(Some(slot)),
    });
    failed.map_or(Ok(slots), |error| Err(error.into()))
}

/// Returns the same as names, for the keys from number 0 on.
pub(super) fn names(balancer: &LoadBalancer, keys: u64) -> Result<Vec<Option<Name>>, Finding> {
    let snapshot = balancer.snapshot();
    let names: Vec<_> = snapshot.pool().backends().map(Name::of).collect();
    let answers = answers(&snapshot, 0..keys)?.into_iter();
    Ok(answers
        .map(|slot| slot.map(|slot| names[slot.index()]))
        .collect())
}

/// Returns the backends of a key in order of preference.
pub(super) fn owners(balancer: &LoadBalancer, number: u64) -> Result<Vec<Name>, Finding> {
    first_owners(balancer, number, usize::MAX)
}

/// Returns the first owners of a key.
pub(super) fn first_owners(
    balancer: &LoadBalancer,
    number: u64,
    count: usize,
) -> Result<Vec<Name>, Finding> {
    let owners = balancer.owners(KeyText::new(number).as_bytes(), count)?;
    Ok(owners.iter().map(Name::of).collect())
}

/// Returns the display text of a backend, or of none.
pub(super) fn shown(name: Option<Name>) -> String {
    name.map_or_else(|| "none".to_owned(), |name| name.to_string())
}

/// Returns the display text of several backends in order.
pub(super) fn listed(names: &[Name]) -> String {
    let names: Vec<_> = names.iter().map(Name::to_string).collect();
    match names.is_empty() {
        true => "none".to_owned(),
        false => names.join(", "),
    }
}
