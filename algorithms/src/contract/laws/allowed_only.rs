//! Every backend that may be picked is found, and no other.

use crate::contract::case::Case;
use crate::contract::event::{Event, Request};
use crate::contract::finding::Finding;
use crate::contract::histories::histories;
use crate::contract::law::Law;
use crate::contract::laws::answers::{listed, shown};
use crate::contract::laws::conditions::always;
use crate::contract::member::Member;
use crate::contract::model::{Happened, Listing, Model};
use crate::contract::name::Name;
use crate::contract::subject::Subject;

/// The law; its sentence states it.
pub(super) const ALLOWED_ONLY: Law = Law {
    name: "allowed-only",
    sentence: "a request reaches an untried backend in service and below its cap, if there is one, and no other",
    fits: always,
    promised: always,
    cases: |subject| {
        let mut cases = vec![empty()];
        cases.extend((0..32).map(ineligible));
        cases.extend(histories(subject.effort().histories, 0));
        cases
    },
    holds,
    shrinks: true,
};

/// Returns a case with no backend, then one, then none again.
fn empty() -> Case {
    let request = |key| Event::Request(Request::new(key));
    let alone = Event::Join(Name(0), 1, usize::MAX);
    Case::default().then([
        request(0),
        alone,
        request(0),
        Event::Leave(Name(0)),
        request(0),
    ])
}

/// Returns a case with five backends: of those in the mask the odd ones drain and the even ones are unhealthy. Each
/// request has tried some of the others.
fn ineligible(mask: u32) -> Case {
    let named = |mask: u32| (0..5).filter(move |&name| mask >> name & 1 == 1).map(Name);
    let out = named(mask).map(|name| match name.0 % 2 {
        0 => Event::Health(name, false),
        _ => Event::Drain(name, true),
    });
    let requests = (0..32).flat_map(|tried| {
        (0..6).map(move |key| {
            Event::Request(Request {
                tried: named(tried).collect(),
                ..Request::new(key)
            })
        })
    });
    Case::of(&[1, 2, 3, 1, 5]).then(out).then(requests)
}

fn holds(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let mut model = Model::new(subject, case, Listing::AsGiven)?;
    let may_give_up = subject.profile().may_give_up;
    for event in &case.events {
        let admitted = Member::admitted(model.members(), event.tried()).map(Member::name);
        let admitted: Vec<_> = admitted.collect();
        let Happened::Routed(answer) = model.play(event)? else {
            continue;
        };
        // Panic routing is a separate promise.
        let is_lawful = model.balancer().snapshot().balancer().overrides_health()
            || answer.map_or(may_give_up || admitted.is_empty(), |name| {
                admitted.contains(&name)
            });
        Finding::unless(is_lawful, || {
            let (answer, admitted) = (shown(answer), listed(&admitted));
            format!("{event} → {answer}; it may reach: {admitted}")
        })?;
    }
    Ok(())
}
