//! What the fingerprint has in it.

use std::num::NonZeroU32;

use crate::backend::{Backend, Weight};
use crate::contract::case::Case;
use crate::contract::finding::Finding;
use crate::contract::law::Law;
use crate::contract::laws::answers::{names, shown};
use crate::contract::laws::conditions::always;
use crate::contract::model::{Listing, Model};
use crate::contract::subject::Subject;
use crate::hash::{Fingerprint, Seed};
use crate::profile::Key;

/// See its sentence.
pub(super) const FINGERPRINT: Law = Law {
    name: "fingerprint",
    sentence: "whatever decides the answers is in the fingerprint (strategy, seed, backends, health), and nothing else",
    fits: always,
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
    let members = model.members().iter().map(|member| member.backend.clone());
    let backends: Vec<_> = members.collect();
    let print = |backends: &[Backend]| Ok::<_, Finding>(subject.balancer(backends)?.fingerprint());
    let same = print(&backends)?;
    is_described(&model)?;
    seeds_differ(subject, &model, case)?;
    let profile = subject.profile();
    let mut all = vec![("these backends".to_owned(), same)];
    for place in 0..backends.len().min(2) {
        let name = backends[place].name();
        let edited = |edit: fn(Backend) -> Backend| {
            let mut backends = backends.clone();
            backends[place] = edit(backends[place].clone());
            print(&backends)
        };
        for (what, edit) in INDIFFERENT {
            let equal = edited(edit)? == same;
            Finding::unless(equal, || {
                format!("{what} of {name} changes the fingerprint")
            })?;
        }
        for (what, edit) in DECISIVE {
            all.push((format!("{what} of {name}"), edited(edit)?));
        }
        let reweighted = edited(|backend| backend.with_weight(Weight::MAX))?;
        if profile.weighted {
            all.push((format!("another weight of {name}"), reweighted));
        } else {
            let says = "though its profile says that weights make no difference";
            Finding::unless(reweighted == same, || {
                format!("another weight of {name} changes the fingerprint, {says}")
            })?;
        }
        let fewer: Vec<_> = backends
            .iter()
            .filter(|other| other.name() != name)
            .cloned()
            .collect();
        all.push((format!("the pool without {name}"), print(&fewer)?));
        let balancer = subject.balancer(&backends)?;
        balancer.set_healthy(name, false)?;
        all.push((format!("bad health of {name}"), balancer.fingerprint()));
    }
    let reversed: Vec<_> = backends.iter().rev().cloned().collect();
    if backends.len() > 1 {
        let equal = print(&reversed)? == same;
        let says = "its profile says whether order matters (order_free)";
        Finding::unless(equal == profile.order_free, || {
            format!("another order has the same fingerprint: {equal}; {says}")
        })?;
    }
    all.sort_by_key(|(_, print)| *print);
    match all.windows(2).find(|pair| pair[0].1 == pair[1].1) {
        Some(pair) => Err(Finding::new(format_args!(
            "{} and {} have one fingerprint",
            pair[0].0, pair[1].0
        ))),
        None => Ok(()),
    }
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
    if subject.profile().key != Key::Required {
        return Ok(());
    }
    let seeded = subject.clone().with_seed(Seed(3));
    let seeded = Model::played(&seeded, case, Listing::AsGiven)?;
    let [answers, others] = [model, &seeded].map(|model| names(model.balancer(), case.keys));
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
