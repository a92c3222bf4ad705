//! Plays a case on two load balancers that should give the same answers.

use crate::contract::case::Case;
use crate::contract::event::Event;
use crate::contract::finding::Finding;
use crate::contract::key_text::KeyText;
use crate::contract::laws::answers::{listed, names, owners, shown};
use crate::contract::model::{Happened, Listing, Model};
use crate::contract::subject::Subject;
use crate::load_balancer::LoadBalancer;
use crate::profile::Key;

/// The number of keys for which all owners are compared; for the others only the first owner is.
const OWNERS: u64 = 40;

/// Plays a case, and reports the first answer that differs from another load balancer, which `other` describes.
pub(super) fn alike<'a>(
    case: &Case,
    (subject, listing): (&'a Subject, Listing),
    (expected, expected_listing): (&Subject, Listing),
    other: &str,
) -> Result<Model<'a>, Finding> {
    let mut model = Model::new(subject, case, listing)?;
    let mut twin = Model::new(expected, case, expected_listing)?;
    for event in &case.events {
        let [answer, expected] = [model.play(event)?, twin.play(event)?];
        Finding::unless(answer == expected, || told(event, answer, expected, other))?;
    }
    model.settle();
    twin.settle();
    same_print(model.balancer(), twin.balancer(), other)?;
    if subject.profile().key != Key::Unused {
        let all = subject.abilities().exclusions;
        same_owners(model.balancer(), twin.balancer(), (case.keys, all), other)?;
    }
    Ok(model)
}

fn told(event: &Event, answer: Happened, expected: Happened, other: &str) -> String {
    match (answer, expected) {
        (Happened::Routed(answer), Happened::Routed(expected)) => {
            let (answer, expected) = (shown(answer), shown(expected));
            format!("{event} → {answer}, but {expected} {other}")
        }
        _ => format!("{event} is accepted here or {other}, but not in both"),
    }
}

/// Checks that two load balancers have the same fingerprint.
pub(super) fn same_print(
    balancer: &LoadBalancer,
    twin: &LoadBalancer,
    other: &str,
) -> Result<(), Finding> {
    let [print, expected] = [balancer, twin].map(LoadBalancer::fingerprint);
    Finding::unless(print == expected, || {
        format!("the fingerprint is {print:016x}, but {expected:016x} {other}")
    })
}

/// Checks that two load balancers send all keys to the same backends, and list the same owners if they can list them.
pub(super) fn same_owners(
    balancer: &LoadBalancer,
    twin: &LoadBalancer,
    (keys, all): (u64, bool),
    other: &str,
) -> Result<(), Finding> {
    let both = names(balancer, keys)?.into_iter().zip(names(twin, keys)?);
    for (number, (answer, expected)) in (0..).zip(both) {
        Finding::unless(answer == expected, || {
            let (key, answer, expected) = (KeyText::new(number), shown(answer), shown(expected));
            format!("request key {key} → {answer}, but {expected} {other}")
        })?;
    }
    let owned = if all { keys.min(OWNERS) } else { 0 };
    for number in 0..owned {
        let [answer, expected] = [owners(balancer, number)?, owners(twin, number)?];
        Finding::unless(answer == expected, || {
            let (key, answer, expected) =
                (KeyText::new(number), listed(&answer), listed(&expected));
            format!("owners of key {key} → {answer}, but {expected} {other}")
        })?;
    }
    Ok(())
}
