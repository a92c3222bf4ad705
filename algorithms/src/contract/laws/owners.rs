//! The order of preference of a key.

use std::collections::BTreeSet;

use crate::contract::case::Case;
use crate::contract::finding::Finding;
use crate::contract::histories::histories;
use crate::contract::key_text::KeyText;
use crate::contract::law::Law;
use crate::contract::laws::answers::{first_owners, listed, owners, shown};
use crate::contract::laws::conditions::{always, by_key, when, with_exclusions};
use crate::contract::member::Member;
use crate::contract::model::{Listing, Model};
use crate::contract::name::Name;
use crate::contract::subject::Subject;
use crate::error::RouteError;
use crate::load_balancer::LoadBalancer;
use crate::profile::Key;

/// The law; its sentence states it.
pub(super) const OWNERS: Law = Law {
    name: "owners",
    sentence: "a key's owners are all backends that may be picked, each once; its requests go to the first",
    fits: |subject| {
        with_exclusions(subject)?;
        by_key(subject)
    },
    promised: always,
    cases,
    holds: owners_hold,
    shrinks: true,
};

/// The law; its sentence states it.
pub(super) const RETRIES: Law = Law {
    name: "retries",
    sentence: "a retry goes to the next owner of the key, until none is left",
    // A strategy that can pick without a key may do so after some tries.
    fits: |subject| {
        with_exclusions(subject)?;
        let needs_key = subject.profile().key == Key::Required;
        when(needs_key, "it does not need a key")
    },
    promised: always,
    cases,
    holds: retries_hold,
    shrinks: true,
};

fn cases(subject: &Subject) -> Vec<Case> {
    let usual = Case::usual().with_keys(200);
    let histories = histories(subject.effort().histories, 10);
    std::iter::once(usual).chain(histories).collect()
}

fn owners_hold(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let model = Model::played(subject, case, Listing::AsGiven)?;
    let balancer = model.balancer();
    let admitted: BTreeSet<_> = Member::admitted(model.members(), &[])
        .map(Member::name)
        .collect();
    let overrides_health = balancer.snapshot().balancer().overrides_health();
    for number in 0..case.keys {
        let key = KeyText::new(number);
        let all = owners(balancer, number)?;
        let distinct: BTreeSet<_> = all.iter().copied().collect();
        let is_whole = distinct == admitted || overrides_health;
        Finding::unless(is_whole && distinct.len() == all.len(), || {
            let admitted: Vec<_> = admitted.iter().copied().collect();
            let (all, admitted) = (listed(&all), listed(&admitted));
            format!("owners of key {key} → {all}; those that may be picked: {admitted}")
        })?;
        let routed = routed(balancer, key, &[])?;
        Finding::unless(routed.as_ref() == all.first(), || {
            let (routed, first) = (shown(routed), shown(all.first().copied()));
            format!("request key {key} → {routed}, but its first owner is {first}")
        })?;
        let some = first_owners(balancer, number, 3)?;
        Finding::unless(
            all.starts_with(&some) && some.len() == all.len().min(3),
            || {
                let (some, all) = (listed(&some), listed(&all));
                format!("first 3 owners of key {key} → {some}, but all are {all}")
            },
        )?;
    }
    Ok(())
}

fn retries_hold(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let model = Model::played(subject, case, Listing::AsGiven)?;
    for number in 0..case.keys {
        let all = owners(model.balancer(), number)?;
        let key = KeyText::new(number);
        for place in 0..=all.len() {
            let next = routed(model.balancer(), key, &all[..place])?;
            let expected = all.get(place);
            Finding::unless(next.as_ref() == expected, || {
                let (next, expected) = (shown(next), shown(expected.copied()));
                let tried = listed(&all[..place]);
                format!(
                    "request key {key} that has tried {tried} → {next}, but the next owner is {expected}"
                )
            })?;
        }
    }
    Ok(())
}

/// Returns where a request goes that has tried these backends, and one that left long ago.
fn routed(balancer: &LoadBalancer, key: KeyText, tried: &[Name]) -> Result<Option<Name>, Finding> {
    let tried: Vec<_> = tried.iter().map(Name::to_string).collect();
    let gone = std::iter::once("long gone");
    let tried: Vec<_> = gone.chain(tried.iter().map(String::as_str)).collect();
    match balancer.retry(Some(key.as_bytes()), &tried) {
        Ok(ticket) => Ok(Some(Name::of(ticket.backend()))),
        Err(RouteError::NoBackend) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
