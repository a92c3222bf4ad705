//! A key is needed exactly if the profile says so.

use crate::contract::case::Case;
use crate::contract::finding::Finding;
use crate::contract::law::Law;
use crate::contract::laws::conditions::always;
use crate::contract::model::{Listing, Model};
use crate::contract::subject::Subject;
use crate::error::RouteError;
use crate::profile::Key;

/// The law; its sentence states it.
pub(super) const KEY_USE: Law = Law {
    name: "key-use",
    sentence: "a request without a key is refused if the profile says that a key is required, and only then",
    fits: always,
    promised: always,
    cases: |_| vec![Case::usual()],
    holds,
    shrinks: true,
};

fn holds(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let model = Model::played(subject, case, Listing::AsGiven)?;
    let key = subject.profile().key;
    let expected = match key {
        _ if case.start.is_empty() && key != Key::Required => Err(RouteError::NoBackend),
        Key::Required => Err(RouteError::KeyRequired),
        Key::Optional | Key::Unused => Ok(()),
    };
    let routed = model.balancer().route(None).map(drop);
    Finding::unless(routed == expected, || {
        let answer = routed.map_or_else(|error| error.to_string(), |()| "a backend".to_owned());
        format!("a request without a key → {answer}, but its profile says: key {key:?}")
    })
}
