//! A strategy inside one that forwards everything.

use std::time::Duration;

use crate::algorithm::{Algorithm, carried};
use crate::balancer::Balancer;
use crate::error::BuildError;
use crate::failure::Failure;
use crate::hash::Fingerprint;
use crate::outcome::{Outcome, Report};
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::Profile;
use crate::slot::Slot;
use crate::step::Step;

/// A strategy as another crate might wrap it: its algorithm forwards everything to the inner algorithm, and its
/// balancers to the inner balancers.
#[derive(Debug)]
pub struct Relay<T: ?Sized>(pub Box<T>);

#[deny(clippy::missing_trait_methods)]
impl Algorithm for Relay<dyn Algorithm> {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let before = carried::<Relay<dyn Balancer>>(before).map(|before| &*before.0);
        Ok(Box::new(Relay(self.0.build(pool, before)?)))
    }

    fn profile(&self) -> Profile {
        self.0.profile()
    }
}

#[deny(clippy::missing_trait_methods)]
impl Balancer for Relay<dyn Balancer> {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.0.pick(pick)
    }

    fn pick_each(&self, picks: &[Pick<'_>], slots: &mut Vec<Option<Slot>>) {
        self.0.pick_each(picks, slots);
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        self.0.trace(pick, steps)
    }

    fn probe(&self, pick: &Pick<'_>) -> Option<Slot> {
        self.0.probe(pick)
    }

    fn on_change(&self, pool: &Pool, slot: Slot) {
        self.0.on_change(pool, slot);
    }

    fn on_outcome(&self, pool: &Pool, slot: Slot, outcome: Outcome, now: Duration) {
        self.0.on_outcome(pool, slot, outcome, now);
    }

    fn on_report(&self, pool: &Pool, slot: Slot, report: Report, now: Duration) {
        self.0.on_report(pool, slot, report, now);
    }

    fn overrides_health(&self) -> bool {
        self.0.overrides_health()
    }

    fn follows_weights(&self) -> bool {
        self.0.follows_weights()
    }

    fn failure(&self) -> Option<Failure> {
        self.0.failure()
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        self.0.describe(fingerprint);
    }

    fn table(&self) -> Option<Vec<Slot>> {
        self.0.table()
    }

    fn memory(&self) -> usize {
        self.0.memory()
    }
}
