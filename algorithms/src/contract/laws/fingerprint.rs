//! What the fingerprint has in it.

use std::fmt;
use std::num::NonZeroU32;

use crate::backend::{Backend, Weight};
use crate::contract::case::Case;
use crate::contract::finding::Finding;
use crate::contract::law::Law;
use crate::contract::laws::answers::{names, shown};
use crate::contract::laws::conditions::{always, in_process};
use crate::contract::model::{Listing, Model};
use crate::contract::subject::Subject;
use crate::hash::{Fingerprint, Seed};
use crate::profile::Key;

/// See its sentence.
pub(super) const FINGERPRINT: Law = Law {
    name: "fingerprint",
    sentence: "what decides the answers is in the fingerprint (strategy, seed, backends, health), and nothing else",
    fits: in_process,
    promised: always,
    cases: |_| vec![Case::usual().with_keys(100)],
    holds,
    shrinks: true,
};

/// A change of the description of one backend.
type Edit = (&'static str, fn(Backend) -> Backend);

/// What decides where requests go.
const DECISIVE: [Edit; 4] = [
    ("another name", |backend| backend.with_name("other")),
    ("a drain", |backend| backend.with_drain(true)),
    ("being a backup", |backend| backend.with_backup(true)),
    ("a cap", |backend| {
        backend.with_max_in_flight(NonZeroU32::MIN)
    }),
];

/// What does not.
const INDIFFERENT: [Edit; 2] = [
    ("another address", |backend| {
        backend.with_address("10.0.0.1")
    }),
    ("connections at the start", |backend| {
        backend.with_connections(3)
    }),
];

fn holds(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let model = Model::played(subject, case, Listing::AsGiven)?;
    is_described(&model)?;
    seeds_differ(subject, &model, case)?;
    let members = model.members().iter();
    let backends: Vec<_> = members.map(|member| member.backend.clone()).collect();
    let Some((first, others)) = backends.split_first() else {
        return Ok(());
    };
    let print = |backends: &[Backend]| Ok::<_, Finding>(subject.balancer(backends)?.fingerprint());
    let edited = |edit: fn(Backend) -> Backend| {
        let mut backends = backends.clone();
        backends[0] = edit(first.clone());
        print(&backends)
    };
    let (same, profile) = (print(&backends)?, subject.profile());
    for (what, edit) in INDIFFERENT {
        says(
            edited(edit)? == same,
            format_args!("{what} of {} changes it", first.name()),
        )?;
    }
    let mut all = vec![
        ("the pool as it is", same),
        ("the pool without it", print(others)?),
    ];
    for (what, edit) in DECISIVE {
        all.push((what, edited(edit)?));
    }
    let reweighted = edited(|backend| {
        let weight = if backend.weight() == Weight::MIN {
            heavier()
        } else {
            Weight::MIN
        };
        backend.with_weight(weight)
    })?;
    match profile.weighted {
        true => all.push(("another weight", reweighted)),
        false => says(
            reweighted == same,
            "a weight changes it, but its profile says: not weighted",
        )?,
    }
    all.sort_by_key(|(_, print)| *print);
    if let Some(pair) = all.windows(2).find(|pair| pair[0].1 == pair[1].1) {
        let [(one, _), (other, _)] = [pair[0], pair[1]];
        let name = first.name();
        return says(
            false,
            format_args!("of {name}: {one} and {other} have the same one"),
        );
    }
    let balancer = subject.balancer(&backends)?;
    balancer.set_healthy(first.name(), false)?;
    // Which may be that of a drain: the answers are the same.
    says(
        balancer.fingerprint() != same,
        "bad health does not change it",
    )?;
    let reversed: Vec<_> = backends.iter().rev().cloned().collect();
    let order_free = print(&reversed)? == same;
    let is_promised = others.is_empty() || order_free == profile.order_free;
    says(
        is_promised,
        format_args!("the same in another order: {order_free}, against its profile"),
    )
}

/// Nothing if it is right, and otherwise this about the fingerprint.
fn says(is_right: bool, found: impl fmt::Display) -> Result<(), Finding> {
    Finding::unless(is_right, || format!("fingerprint: {found}"))
}

/// A small weight that is not the smallest.
fn heavier() -> Weight {
    Weight::new(3).unwrap_or(Weight::MAX)
}

/// A balancer that takes in nothing looks like any other one that does not.
fn is_described(model: &Model<'_>) -> Result<(), Finding> {
    let snapshot = model.balancer().snapshot();
    let mut nothing = Fingerprint::new();
    snapshot.pool().describe(snapshot.profile(), &mut nothing);
    Finding::unless(snapshot.fingerprint() != nothing.finish(), || {
        "the strategy takes nothing of itself into the fingerprint (Balancer::describe)".to_owned()
    })
}

/// Where another seed gives another answer, the fingerprint is another.
fn seeds_differ(subject: &Subject, model: &Model<'_>, case: &Case) -> Result<(), Finding> {
    if subject.profile().key == Key::Unused {
        return Ok(());
    }
    let seeded = subject.clone().with_seed(Seed(3));
    let seeded = Model::played(&seeded, case, Listing::AsGiven)?;
    let answers = names(model.balancer(), case.keys)?;
    let others = names(seeded.balancer(), case.keys)?;
    let mut both = answers.into_iter().zip(others);
    let [print, other] = [model, &seeded].map(|model| model.balancer().fingerprint());
    match both.find(|(answer, other)| answer != other) {
        Some((answer, differs)) if print == other => {
            let (answer, differs) = (shown(answer), shown(differs));
            Err(Finding::new(format_args!(
                "a key goes to {answer}, and with seed 3 to {differs}, but both have one fingerprint"
            )))
        }
        _ => Ok(()),
    }
}
