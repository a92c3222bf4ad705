//! The share of keys for which strategies pick the same backend.

use evenkeel_algorithms::{Card, Slot};
use rayon::prelude::*;
use serde::Serialize;

use crate::agreement::share;

/// The shares of the distinct keys for which strategies by key alone pick the same backend; over several runs, those of
/// the first run.
#[derive(Clone, Debug, Serialize)]
pub struct Agreement {
    /// The strategies, in the order of the report.
    pub algorithms: Vec<&'static str>,
    /// One row per strategy: its agreement with each strategy in turn, 0 to 1.
    pub shares: Vec<Vec<f64>>,
}

impl Agreement {
    /// Compares the backends by key of the strategies. `None` for fewer than two strategies, or without a dialect: only
    /// programs have something to agree with.
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
