//! Answers depend on the pool, not on the changes that led to it.

use crate::contract::case::Case;
use crate::contract::draws::Draws;
use crate::contract::event::Event;
use crate::contract::finding::Finding;
use crate::contract::histories::histories;
use crate::contract::key_text::KeyText;
use crate::contract::law::Law;
use crate::contract::laws::alike::{same_owners, same_print};
use crate::contract::laws::answers::shown;
use crate::contract::laws::conditions::{always, by_key, in_process};
use crate::contract::model::{Listing, Model};
use crate::contract::name::Name;
use crate::contract::subject::Subject;

/// The law; its sentence states it.
pub(super) const PATH_INDEPENDENT: Law = Law {
    name: "path-independent",
    sentence: "answers by key depend on the pool (and its numbering, if the profile says so), not on the changes before",
    fits: |subject| {
        in_process(subject)?;
        by_key(subject)
    },
    promised: always,
    cases: |subject| {
        let mut cases: Vec<_> = (0..4).map(road).collect();
        cases.extend(histories(subject.effort().histories, 40));
        cases
    },
    holds,
    shrinks: true,
};

const OTHER: &str = "in a load balancer that is built for this pool";

/// Returns thirty random changes of a pool, its health and its algorithm; at the end all backends are healthy.
fn road(number: u64) -> Case {
    let draws = &mut Draws::new(number);
    let mut case = Case::default().with_keys(200);
    for step in 0..30 {
        let mut members: Vec<_> = (0..12)
            .map(|name| (Name(name), 1 + draws.below(6) as u32))
            .collect();
        draws.shuffle(&mut members);
        members.truncate(draws.below(13));
        case.events.push(Event::Replace(members));
        let name = Name(draws.below(12) as u8);
        case.events.push(Event::Health(name, step % 2 == 0));
        if step % 10 == 5 {
            case.events.push(Event::Detour);
        }
    }
    let usual = Case::usual().start;
    let healthy = usual
        .clone()
        .into_iter()
        .map(|(name, _)| Event::Health(name, true));
    case.then([Event::Replace(usual)]).then(healthy)
}

fn holds(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let model = Model::played(subject, case, Listing::AsGiven)?;
    let fresh = subject.twin(model.balancer())?;
    same_print(model.balancer(), &fresh, OTHER)?;
    same_owners(model.balancer(), &fresh, (case.keys, true), OTHER)?;
    // Checked under load as well, for strategies that depend on it.
    let mut open = Vec::new();
    for number in 0..case.keys {
        let key = KeyText::new(number);
        let routed =
            [model.balancer(), &fresh].map(|balancer| balancer.route(Some(key.as_bytes())));
        let [answer, expected] = [&routed[0], &routed[1]].map(|routed| {
            routed
                .as_ref()
                .ok()
                .map(|ticket| Name::of(ticket.backend()))
        });
        Finding::unless(answer == expected, || {
            let (answer, expected) = (shown(answer), shown(expected));
            format!(
                "request key {key} → {answer}, with all before it in flight, but {expected} {OTHER}"
            )
        })?;
        open.extend(routed.into_iter().flatten());
    }
    Ok(())
}
