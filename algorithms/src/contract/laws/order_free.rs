//! The order of the list makes no difference.

use crate::contract::case::Case;
use crate::contract::draws::Draws;
use crate::contract::finding::Finding;
use crate::contract::histories::histories;
use crate::contract::law::Law;
use crate::contract::laws::alike::alike;
use crate::contract::laws::conditions::{always, when};
use crate::contract::model::Listing;
use crate::contract::subject::Subject;

/// The law; its sentence states it.
pub(super) const ORDER_FREE: Law = Law {
    name: "order-free",
    sentence: "the answers are the same in every order of the backends, and whatever their addresses are",
    fits: always,
    promised: |subject| {
        when(
            subject.profile().order_free,
            "its profile does not promise it (order_free)",
        )
    },
    cases: |subject| {
        let effort = subject.effort();
        let mut cases: Vec<_> = (0..effort.orders).map(shuffled).collect();
        cases.extend(histories(effort.histories, 40));
        cases
    },
    holds,
    shrinks: true,
};

fn shuffled(number: u64) -> Case {
    let mut case = Case::usual();
    case.start.reverse();
    if number > 0 {
        Draws::new(number).shuffle(&mut case.start);
    }
    case.then_requests(200).with_keys(200)
}

fn holds(subject: &Subject, case: &Case) -> Result<(), Finding> {
    let given = (subject, Listing::AsGiven);
    let by_name = (subject, Listing::ByName);
    alike(case, given, by_name, "if the list is sorted by name").map(drop)
}
