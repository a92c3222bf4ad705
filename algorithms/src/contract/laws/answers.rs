//! Asks for keys.

use std::ops::Range;

use crate::contract::finding::Finding;
use crate::contract::key_text::KeyText;
use crate::contract::name::Name;
use crate::load_balancer::LoadBalancer;
use crate::pick::Pick;
use crate::slot::Slot;
use crate::snapshot::Snapshot;

/// Where keys go, without being counted; none where nothing is eligible.
pub(super) fn answers(snapshot: &Snapshot, keys: Range<u64>) -> Vec<Option<Slot>> {
    let answer = |number| {
        let key = KeyText::new(number);
        snapshot
            .pick(&Pick::new(snapshot.pool(), Some(key.as_bytes())))
            .ok()
    };
    keys.map(answer).collect()
}

/// The same by name.
pub(super) fn names(balancer: &LoadBalancer, keys: u64) -> Vec<Option<Name>> {
    let snapshot = balancer.snapshot();
    let names: Vec<_> = snapshot.pool().backends().map(Name::of).collect();
    let answers = answers(&snapshot, 0..keys).into_iter();
    answers
        .map(|slot| slot.map(|slot| names[slot.index()]))
        .collect()
}

/// The backends of a key in order of preference.
pub(super) fn owners(balancer: &LoadBalancer, number: u64) -> Result<Vec<Name>, Finding> {
    first_owners(balancer, number, usize::MAX)
}

/// The first of them.
pub(super) fn first_owners(
    balancer: &LoadBalancer,
    number: u64,
    count: usize,
) -> Result<Vec<Name>, Finding> {
    let owners = balancer.owners(KeyText::new(number).as_bytes(), count)?;
    Ok(owners.iter().map(Name::of).collect())
}

/// How a backend, or none, is shown.
pub(super) fn shown(name: Option<Name>) -> String {
    name.map_or_else(|| "none".to_owned(), |name| name.to_string())
}

/// How backends in order are shown.
pub(super) fn listed(names: &[Name]) -> String {
    let names: Vec<_> = names.iter().map(Name::to_string).collect();
    match names.is_empty() {
        true => "none".to_owned(),
        false => names.join(", "),
    }
}
