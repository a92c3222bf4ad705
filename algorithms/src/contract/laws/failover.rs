//! Which keys a change of health moves.

use crate::contract::case::Case;
use crate::contract::event::Event;
use crate::contract::finding::Finding;
use crate::contract::key_text::KeyText;
use crate::contract::law::Law;
use crate::contract::laws::answers::{names, shown};
use crate::contract::laws::conditions::{by_key, own};
use crate::contract::model::{Listing, Model};
use crate::contract::name::Name;
use crate::contract::subject::Subject;

/// The law; its sentence states it.
pub(super) const FAILOVER: Law = Law {
    name: "failover",
    sentence: "if a backend fails or drains, only its keys move, to the same backends either way, and return with it",
    fits: by_key,
    // Programs that rebuild their tables also move keys of other backends.
    promised: |subject| match subject.profile().rebuilt_on_health {
        true => own(subject),
        false => Ok(()),
    },
    cases: |subject| {
        let keys = subject.effort().keys.min(3_000);
        let usual = Case::usual().with_keys(keys);
        let names: Vec<_> = usual.start.iter().map(|&(name, _)| name).collect();
        let fail = |name| [Event::Health(name, false), Event::Health(name, true)];
        names
            .into_iter()
            .map(|name| usual.clone().then(fail(name)))
            .collect()
    },
    holds,
    shrinks: true,
};

fn holds(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let mut model = Model::new(subject, case, Listing::AsGiven)?;
    let home = names(model.balancer(), case.keys)?;
    for event in &case.events {
        model.play(event)?;
        let Event::Health(out, healthy) = event else {
            continue;
        };
        let now = names(model.balancer(), case.keys)?;
        for (number, (&was, &is)) in (0..).zip(home.iter().zip(&now)) {
            let stays = *healthy || was != Some(*out);
            Finding::unless((was == is) == stays, || told(number, was, is, *out))?;
        }
        if *healthy {
            continue;
        }
        let drain = Case {
            events: vec![Event::Drain(*out, true)],
            ..case.clone()
        };
        let drained = Model::played(subject, &drain, Listing::AsGiven)?;
        let drained = names(drained.balancer(), case.keys)?;
        for (number, (&is, drained)) in (0..).zip(now.iter().zip(drained)) {
            Finding::unless(is == drained, || {
                let (key, is, drained) = (KeyText::new(number), shown(is), shown(drained));
                format!("request key {key} → {is}, but {drained} if {out} drains")
            })?;
        }
    }
    Ok(())
}

fn told(number: u64, was: Option<Name>, is: Option<Name>, out: Name) -> String {
    let (key, was, is) = (KeyText::new(number), shown(was), shown(is));
    format!("request key {key} → {is}, but {was} at first; only {out} failed")
}
