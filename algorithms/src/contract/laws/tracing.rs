//! Tracing does not change where a request goes, and neither does an algorithm that forwards everything.

use crate::contract::case::Case;
use crate::contract::finding::Finding;
use crate::contract::histories::histories;
use crate::contract::key_text::KeyText;
use crate::contract::law::Law;
use crate::contract::laws::alike::alike;
use crate::contract::laws::answers::shown;
use crate::contract::laws::conditions::{always, by_key, in_process, when};
use crate::contract::model::{Listing, Model};
use crate::contract::name::Name;
use crate::contract::subject::Subject;
use crate::load_balancer::LoadBalancer;
use crate::step::Step;

/// The law; its sentence states it.
pub(super) const TRACE: Law = Law {
    name: "trace",
    sentence: "a traced request goes where the same request goes untraced",
    fits: |subject| {
        in_process(subject)?;
        by_key(subject)
    },
    promised: always,
    cases,
    holds: traced_as_routed,
    shrinks: true,
};

/// The law; its sentence states it.
pub(super) const RELAYED: Law = Law {
    name: "relayed",
    sentence: "inside an algorithm that forwards everything, it answers, explains and stores the same",
    fits: |subject| {
        in_process(subject)?;
        when(!subject.is_relayed(), "it is inside one already")
    },
    promised: always,
    cases,
    holds: relayed_as_direct,
    shrinks: true,
};

fn cases(subject: &Subject) -> Vec<Case> {
    let usual = Case::usual().then_requests(200).with_keys(100);
    let histories = histories(subject.effort().histories / 4, 20);
    std::iter::once(usual).chain(histories).collect()
}

/// Returns where a traced request goes, and the reported steps.
fn traced(balancer: &LoadBalancer, number: u64) -> (Option<Name>, Vec<String>) {
    let (key, mut steps) = (KeyText::new(number), Vec::new());
    let tell = &mut |step: Step<'_>| steps.push(format!("{step:?}"));
    let traced = balancer.trace(Some(key.as_bytes()), &[], tell);
    let name = traced.ok().map(|ticket| Name::of(ticket.backend()));
    (name, steps)
}

fn traced_as_routed(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let model = Model::played(subject, case, Listing::AsGiven)?;
    let balancer = model.balancer();
    for number in 0..case.keys {
        let key = KeyText::new(number);
        let (traced, _) = traced(balancer, number);
        let routed = balancer.route(Some(key.as_bytes())).ok();
        let routed = routed.map(|ticket| Name::of(ticket.backend()));
        Finding::unless(traced == routed, || {
            let (traced, routed) = (shown(traced), shown(routed));
            format!("request key {key}, traced → {traced}, but untraced → {routed}")
        })?;
    }
    Ok(())
}

fn relayed_as_direct(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let relayed = subject.clone().relayed();
    let build = |subject| (subject, Listing::AsGiven);
    alike(
        case,
        build(&relayed),
        build(subject),
        "without the algorithm around it",
    )?;
    Finding::expect("profile", &relayed.profile(), &subject.profile())?;
    let [outside, inside] = [
        Model::played(&relayed, case, Listing::AsGiven)?,
        Model::played(subject, case, Listing::AsGiven)?,
    ];
    for number in 0..case.keys {
        let [outside, inside] = [&outside, &inside].map(|model| traced(model.balancer(), number));
        let key = KeyText::new(number);
        Finding::expect(format_args!("request key {key}, traced"), &outside, &inside)?;
    }
    let [outside, inside] = [outside, inside].map(|model| model.balancer().snapshot());
    let [outside, inside] = [outside.balancer(), inside.balancer()];
    Finding::expect("memory", &outside.memory(), &inside.memory())?;
    Finding::expect("table", &outside.table(), &inside.table())
}
