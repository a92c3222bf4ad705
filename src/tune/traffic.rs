//! The requests of every seed.

use std::sync::Arc;

use anyhow::Result;
use evenkeel_algorithms::Seed;
use rayon::prelude::*;

use crate::cli::WorkloadArgs;
use crate::run_compare::workload;
use crate::workload::{Keys, Workload};

/// Where requests come from: they are drawn anew for every seed, or read once.
pub(super) struct Traffic<'a> {
    args: &'a WorkloadArgs,
    /// Where they come from, in words.
    pub(super) source: String,
    /// Those that are read, or drawn with the config's own seed.
    pub(super) first: Arc<Demand>,
}

/// The distinct keys, and how many requests each has.
pub(super) struct Demand {
    pub(super) keys: Keys,
    pub(super) counts: Vec<u64>,
}

/// A seed with its requests.
pub(super) struct Case {
    pub(super) seed: Seed,
    pub(super) demand: Arc<Demand>,
}

impl<'a> Traffic<'a> {
    pub(super) fn of(args: &'a WorkloadArgs, seed: Seed) -> Result<Self> {
        let first = workload(args, seed)?;
        Ok(Self {
            args,
            source: first.source.clone(),
            first: Arc::new(Demand::of(&first)),
        })
    }

    /// A case each.
    pub(super) fn on(&self, seeds: Vec<Seed>) -> Result<Vec<Case>> {
        let is_read = self.args.keys_from.is_some() || self.args.access_log.is_some();
        let case = |seed| {
            let demand = if is_read {
                Arc::clone(&self.first)
            } else {
                Arc::new(Demand::of(&workload(self.args, seed)?))
            };
            Ok(Case { seed, demand })
        };
        seeds.into_par_iter().map(case).collect()
    }
}

impl Demand {
    fn of(workload: &Workload) -> Self {
        let mut keys = Keys::default();
        workload.keys().for_each(|key| keys.push(key));
        Self {
            keys,
            counts: workload.counts(),
        }
    }
}
