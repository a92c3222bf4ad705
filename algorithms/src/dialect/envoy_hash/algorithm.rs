//! The settings from which a ring or a table is built for a pool.

use crate::algorithm::{Algorithm, carried};
use crate::balancer::Balancer;
use crate::card::Card;
use crate::dialect::envoy_hash::built::Built;
use crate::dialect::envoy_hash::hosts::check_identities;
use crate::dialect::envoy_hash::lookup::Lookup;
use crate::dialect::envoy_hash::rule::Rule;
use crate::dialect::settings::Settings;
use crate::error::BuildError;
use crate::hash::{Fingerprint, Hashing, Seed};
use crate::options::Options;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::strategy::alias::Draws;

/// A hash policy of Envoy or gRPC; see the [module](super).
#[derive(Clone, Debug)]
pub struct EnvoyHash {
    settings: Settings,
    rule: Rule,
    seed: Seed,
}

impl EnvoyHash {
    pub(super) fn new(
        algorithm: &'static Card,
        hashing: Hashing,
        options: &Options,
        rule: fn(&Options) -> Rule,
    ) -> Self {
        Self {
            settings: Settings::new(algorithm, options),
            rule: rule(options),
            seed: hashing.seed,
        }
    }
}

impl Algorithm for EnvoyHash {
    fn build(
        &self,
        pool: &Pool,
        before: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let hosts = self.rule.hosts(pool);
        let mut identities = Fingerprint::new();
        for backend in pool.backends() {
            identities.text(self.rule.identity.of(backend));
        }
        check_identities(self.settings.name(), self.rule.identity, pool)?;
        let before = carried::<Built>(before).map(|before| &before.draws);
        Ok(Box::new(Built {
            settings: self.settings.clone(),
            rule: self.rule,
            draws: Draws::after(self.seed, before),
            lookup: Lookup::new(self.rule, &hosts, pool)?,
            identities: identities.finish(),
            hosts,
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            key: Key::Optional,
            in_flight: self.rule.bound.is_some(),
            rebuilt_on_health: self.rule.panic_threshold.is_some(),
            may_override_health: self
                .rule
                .panic_threshold
                .is_some_and(|threshold| threshold > 0),
            ..Profile::TURNS
        }
    }
}
