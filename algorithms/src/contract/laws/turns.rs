//! Turns are exact.

use crate::card::ShareVariance;
use crate::contract::case::Case;
use crate::contract::event::{Event, Request};
use crate::contract::finding::Finding;
use crate::contract::law::Law;
use crate::contract::laws::conditions::{when, whole};
use crate::contract::member::Member;
use crate::contract::model::{Happened, Listing, Model};
use crate::contract::name::Name;
use crate::contract::subject::Subject;
use crate::profile::Key;

/// The law; its sentence states it.
pub(super) const EXACT_TURNS: Law = Law {
    name: "exact-turns",
    sentence: "in a full cycle, wherever it begins, each backend gets as many requests as its weight",
    fits: |subject| {
        whole(subject)?;
        let is_by_turns = subject.profile().key == Key::Unused && !subject.profile().in_flight;
        when(is_by_turns, "it does not pick by turns")
    },
    promised: |subject| {
        let is_exact = subject.card().shares == ShareVariance::Exact;
        when(is_exact, "its card does not promise it (shares)")
    },
    cases: |_| {
        let requests = |count| (0..count).map(|key| Event::Request(Request::new(key)));
        let fail = |name| Event::Health(Name(name), false);
        let first = Case::usual().then(requests(3));
        let second = first.clone().then([fail(4)]).then(requests(7));
        let third = second.clone().then([0, 2, 7].map(fail)).then(requests(11));
        vec![first, second, third]
    },
    holds,
    shrinks: true,
};

/// The number of cycles that are counted.
const CYCLES: u64 = 2;

fn holds(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let mut model = Model::played(subject, case, Listing::AsGiven)?;
    let weight = |member: &Member| match subject.profile().weighted {
        true => u64::from(member.is_eligible()) * member.weight(),
        false => u64::from(member.is_eligible()),
    };
    let due = model
        .members()
        .iter()
        .map(|member| (member.name(), CYCLES * weight(member)));
    let due: Vec<_> = due.collect();
    let requests: u64 = due.iter().map(|(_, due)| due).sum();
    let mut turns = Vec::new();
    for key in 0..requests {
        if let Happened::Routed(answer) = model.play(&Event::Request(Request::new(key)))? {
            turns.extend(answer);
        }
    }
    for (name, due) in due {
        let got = turns.iter().filter(|&&turn| turn == name).count() as u64;
        Finding::unless(got == due, || {
            format!("of the next {requests} requests {name} gets {got}, expected {due}")
        })?;
    }
    Ok(())
}
