//! The least loaded of all is found.

use crate::card::Family;
use crate::contract::case::Case;
use crate::contract::event::{Event, Request};
use crate::contract::finding::Finding;
use crate::contract::histories::histories;
use crate::contract::law::Law;
use crate::contract::laws::answers::shown;
use crate::contract::laws::conditions::{own, when, whole};
use crate::contract::member::Member;
use crate::contract::model::{Happened, Listing, Model};
use crate::contract::name::Name;
use crate::contract::subject::Subject;

/// The law; its sentence states it.
pub(super) const LEAST_LOADED: Law = Law {
    name: "least-loaded",
    sentence: "a request goes to a backend with the fewest requests in flight for its weight, this request included",
    fits: |subject| {
        whole(subject)?;
        let is_fewest = subject.card().family == Family::Fewest;
        when(is_fewest, "it does not pick the fewest of all (family)")
    },
    promised: own,
    cases: |subject| {
        let stays = |key| {
            Event::Request(Request {
                stays: true,
                ..Request::new(key)
            })
        };
        let of = |out: &[u8]| {
            let out = out.iter().map(|&name| Event::Health(Name(name), false));
            Case::usual().then(out).then((0..95).map(stays))
        };
        let usual = [&[][..], &[4], &[0, 2, 7]].map(of);
        let histories = histories(subject.effort().histories, 0);
        usual.into_iter().chain(histories).collect()
    },
    holds,
    shrinks: true,
};

fn holds(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let mut model = Model::new(subject, case, Listing::AsGiven)?;
    for event in &case.events {
        let admitted: Vec<_> = Member::admitted(model.members(), event.tried())
            .cloned()
            .collect();
        let Happened::Routed(answer) = model.play(event)? else {
            continue;
        };
        let less = |a: &&Member, b: &Member| (a.open + 1) * b.weight() < (b.open + 1) * a.weight();
        let went = admitted.iter().find(|member| Some(member.name()) == answer);
        let better = went.and_then(|went| admitted.iter().find(|other| less(other, went)));
        if let (Some(went), Some(better)) = (went, better) {
            let load = |member: &Member| {
                format!("{} in flight for weight {}", member.open, member.weight())
            };
            return Err(Finding::new(format_args!(
                "{event} → {}, which has {}, but {} has {}",
                shown(answer),
                load(went),
                better.name(),
                load(better),
            )));
        }
    }
    Ok(())
}
