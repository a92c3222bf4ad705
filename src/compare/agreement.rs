//! For how many keys strategies pick the same backend.

use evenkeel_algorithms::{Card, Slot};
use rayon::prelude::*;
use serde::Serialize;

use crate::agreement::share;

/// The shares of the distinct keys that strategies which pick by key alone send to the same backend; of
/// several runs those of the first.
#[derive(Clone, Debug, Serialize)]
pub struct Agreement {
    /// The strategies, in the order of the report.
    pub algorithms: Vec<&'static str>,
    /// A row of each: its shares beside each of them in turn, 0 to 1.
    pub shares: Vec<Vec<f64>>,
}

impl Agreement {
    /// By where each strategy sends the keys. None of fewer than two, or without a dialect: what programs do
    /// is to be agreed with.
    pub(super) fn of(owners: &[(&'static Card, Vec<Slot>)]) -> Option<Self> {
        if owners.len() < 2
            || !owners
                .iter()
                .any(|(algorithm, _)| algorithm.origin.is_dialect())
        {
            return None;
        }
        let row = |(_, one): &(_, Vec<Slot>)| {
            let beside =
                |(_, other): &(_, Vec<Slot>)| share(one.iter().map(Some), other.iter().map(Some));
            owners.iter().map(beside).collect()
        };
        Some(Self {
            algorithms: owners.iter().map(|(algorithm, _)| algorithm.name).collect(),
            shares: owners.par_iter().map(row).collect(),
        })
    }
}
