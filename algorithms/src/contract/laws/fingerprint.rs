//! What the fingerprint covers.

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

/// The law; its sentence states it.
pub(super) const FINGERPRINT: Law = Law {
    name: "fingerprint",
    sentence: "the fingerprint covers what decides the answers (strategy, seed, backends, health), and nothing else",
    fits: in_process,
    promised: always,
    cases: |_| vec![Case::usual().with_keys(100)],
    holds,
    shrinks: true,
};

/// A change to the description of one backend.
type Edit = (&'static str, fn(Backend) -> Backend);

/// The changes that decide where requests go.
const DECISIVE: [Edit; 4] = [
    ("another name", |backend| backend.with_name("other")),
    ("a drain", |backend| backend.with_drain(true)),
    ("being a backup", |backend| backend.with_backup(true)),
    ("a cap", |backend| {
        backend.with_max_in_flight(NonZeroU32::MIN)
    }),
];

/// The changes that do not.
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
    if backends.is_empty() {
        return Ok(());
    }
    let prints = Prints {
        same: subject.balancer(&backends)?.fingerprint(),
        subject,
        backends,
    };
    prints.ignore_the_indifferent()?;
    prints.tell_the_decisive_apart()?;
    prints.follow_health()?;
    prints.follow_the_order()
}

/// The fingerprint of some backends, and those of the same backends with changes.
struct Prints<'a> {
    subject: &'a Subject,
    backends: Vec<Backend>,
    same: u64,
}

impl Prints<'_> {
    /// Returns the fingerprint of the same backends with the first of them edited.
    fn edited(&self, edit: fn(Backend) -> Backend) -> Result<u64, Finding> {
        let mut backends = self.backends.clone();
        backends[0] = edit(backends[0].clone());
        self.of(&backends)
    }

    fn of(&self, backends: &[Backend]) -> Result<u64, Finding> {
        Ok(self.subject.balancer(backends)?.fingerprint())
    }

    fn ignore_the_indifferent(&self) -> Result<(), Finding> {
        for (what, edit) in INDIFFERENT {
            says(
                self.edited(edit)? == self.same,
                format_args!("{what} changes it"),
            )?;
        }
        let weighted = self.subject.profile().weighted;
        let is_ignored = weighted || self.edited(reweighted)? == self.same;
        says(
            is_ignored,
            "a weight changes it, but the profile says that weights make no difference",
        )
    }

    fn tell_the_decisive_apart(&self) -> Result<(), Finding> {
        let fewer = self.of(&self.backends[1..])?;
        let mut all = vec![("no change", self.same), ("a backend fewer", fewer)];
        for (what, edit) in DECISIVE {
            all.push((what, self.edited(edit)?));
        }
        if self.subject.profile().weighted {
            all.push(("another weight", self.edited(reweighted)?));
        }
        all.sort_by_key(|(_, print)| *print);
        match all.windows(2).find(|pair| pair[0].1 == pair[1].1) {
            Some(pair) => says(
                false,
                format_args!("the same for {} and {}", pair[0].0, pair[1].0),
            ),
            None => Ok(()),
        }
    }

    /// A failed backend may have the fingerprint of a drained one: the answers are the same.
    fn follow_health(&self) -> Result<(), Finding> {
        let balancer = self.subject.balancer(&self.backends)?;
        balancer.set_healthy(self.backends[0].name(), false)?;
        let changes = balancer.fingerprint() != self.same;
        says(changes, "bad health does not change it")
    }

    fn follow_the_order(&self) -> Result<(), Finding> {
        let reversed: Vec<_> = self.backends.iter().rev().cloned().collect();
        let is_free = self.of(&reversed)? == self.same;
        let is_promised = is_free == self.subject.profile().order_free;
        says(
            is_promised || reversed.len() == 1,
            format_args!("the same in another order: {is_free}, against the profile"),
        )
    }
}

/// Returns nothing if `is_right`, and otherwise a finding about the fingerprint.
fn says(is_right: bool, found: impl fmt::Display) -> Result<(), Finding> {
    Finding::unless(is_right, || format!("fingerprint: {found}"))
}

fn reweighted(backend: Backend) -> Backend {
    let other = Weight::new(3).unwrap_or(Weight::MAX);
    let weight = match backend.weight() {
        Weight::MIN => other,
        _ => Weight::MIN,
    };
    backend.with_weight(weight)
}

/// Checks that the balancer describes itself: balancers that describe nothing look alike.
fn is_described(model: &Model<'_>) -> Result<(), Finding> {
    let snapshot = model.balancer().snapshot();
    let mut nothing = Fingerprint::new();
    snapshot.pool().describe(snapshot.profile(), &mut nothing);
    Finding::unless(snapshot.fingerprint() != nothing.finish(), || {
        "the strategy adds nothing to the fingerprint (Balancer::describe)".to_owned()
    })
}

/// Checks that the fingerprint differs where another seed gives other answers.
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
