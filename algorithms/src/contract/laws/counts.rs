//! Requests are counted once and released once.

use crate::contract::case::Case;
use crate::contract::finding::Finding;
use crate::contract::histories::histories;
use crate::contract::law::Law;
use crate::contract::laws::conditions::{always, in_process};
use crate::contract::member::Member;
use crate::contract::model::{Listing, Model};
use crate::contract::name::Name;
use crate::contract::subject::Subject;

/// The law; its sentence states it.
pub(super) const COUNTS: Law = Law {
    name: "counts",
    sentence: "the members, their state and their requests in flight always agree with a plain list",
    fits: in_process,
    promised: always,
    cases: |subject| {
        let usual = Case::usual().then_requests(100);
        let histories = histories(subject.effort().histories, 0);
        std::iter::once(usual).chain(histories).collect()
    },
    holds,
    shrinks: true,
};

fn holds(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let mut model = Model::new(subject, case, Listing::AsGiven)?;
    agrees(&model)?;
    for event in &case.events {
        model.play(event)?;
        agrees(&model)?;
    }
    model.settle();
    agrees(&model)
}

/// Checks that the pool agrees with the model.
fn agrees(model: &Model<'_>) -> Result<(), Finding> {
    let (members, snapshot) = (model.members(), model.balancer().snapshot());
    let pool = snapshot.pool();
    Finding::expect("backends in the pool", &pool.len(), &members.len())?;
    for (slot, member) in pool.slots().zip(members) {
        let (name, backend) = (member.name(), pool.backend(slot));
        Finding::expect("backend", backend, &member.backend)?;
        let is_eligible = member.is_eligible();
        Finding::expect(
            format_args!("{name} is eligible"),
            &pool.is_eligible(slot),
            &is_eligible,
        )?;
        let open = pool.in_flight(slot);
        Finding::expect(
            format_args!("requests in flight on {name}"),
            &open,
            &member.open,
        )?;
    }
    let is_plain = |member: &Member| {
        let backend = &member.backend;
        member.is_eligible() && !backend.is_backup() && backend.max_in_flight().is_none()
    };
    let unrestricted = members.iter().all(is_plain);
    Finding::expect(
        "no backend is restricted",
        &pool.is_unrestricted(),
        &unrestricted,
    )?;
    let active = pool.slots().filter(|&slot| pool.is_active(slot));
    let active: Vec<_> = active.map(|slot| Name::of(pool.backend(slot))).collect();
    let expected: Vec<_> = Member::active(members).map(Member::name).collect();
    Finding::expect("backends in service", &active, &expected)
}
