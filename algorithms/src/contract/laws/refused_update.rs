//! A refused update changes nothing.

use crate::contract::case::Case;
use crate::contract::event::{Event, Request};
use crate::contract::finding::Finding;
use crate::contract::law::Law;
use crate::contract::laws::answers::shown;
use crate::contract::laws::conditions::{always, in_process};
use crate::contract::model::{Happened, Listing, Model};
use crate::contract::subject::Subject;

/// The law; its sentence states it.
pub(super) const REFUSED_UPDATE: Law = Law {
    name: "refused-update",
    sentence: "a refused update changes no answer",
    fits: in_process,
    promised: always,
    cases: |_| vec![Case::usual().with_keys(100)],
    holds,
    shrinks: true,
};

fn holds(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let [mut refusing, mut other] = [
        Model::played(subject, case, Listing::AsGiven)?,
        Model::played(subject, case, Listing::AsGiven)?,
    ];
    let refused = [
        refusing.balancer().update(["b1", "b0", "b1"]).is_err(),
        refusing.balancer().update(["b1", ""]).is_err(),
        refusing
            .balancer()
            .set_healthy("no such backend", false)
            .is_err(),
    ];
    Finding::expect("refusals", &refused, &[true; 3])?;
    for key in 0..case.keys {
        let request = Event::Request(Request {
            stays: key.is_multiple_of(3),
            ..Request::new(key)
        });
        let both = [refusing.play(&request)?, other.play(&request)?];
        if let [Happened::Routed(answer), Happened::Routed(expected)] = both {
            Finding::unless(answer == expected, || {
                let (answer, expected) = (shown(answer), shown(expected));
                format!("after the refusal {request} → {answer}, but {expected} without it")
            })?;
        }
    }
    Ok(())
}
