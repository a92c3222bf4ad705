//! The same settings give the same answers.

use crate::contract::case::Case;
use crate::contract::finding::Finding;
use crate::contract::histories::histories;
use crate::contract::key_text::KeyText;
use crate::contract::law::Law;
use crate::contract::laws::alike::alike;
use crate::contract::laws::answers::{names, shown};
use crate::contract::laws::conditions::always;
use crate::contract::model::Listing;
use crate::contract::subject::Subject;
use crate::profile::Key;

/// The law; its sentence states it.
pub(super) const DETERMINISTIC: Law = Law {
    name: "deterministic",
    sentence: "two builds with the same settings give the same answers, and so does a repeated key",
    fits: always,
    promised: always,
    cases: |subject| {
        let usual = Case::usual().then_requests(500).with_keys(200);
        let histories = histories(subject.effort().histories, 40);
        std::iter::once(usual).chain(histories).collect()
    },
    holds,
    shrinks: true,
};

fn holds(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let build = (subject, Listing::AsGiven);
    let model = alike(case, build, build, "in another build")?;
    if subject.profile().key == Key::Unused {
        return Ok(());
    }
    let first = names(model.balancer(), case.keys)?;
    let again = names(model.balancer(), case.keys)?;
    for (number, (first, again)) in (0..).zip(first.into_iter().zip(again)) {
        Finding::unless(first == again, || {
            let (key, first, again) = (KeyText::new(number), shown(first), shown(again));
            format!("request key {key} → {again}, but {first} the first time")
        })?;
    }
    Ok(())
}
