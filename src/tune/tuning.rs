//! The input of a search, and how each target is measured.

use anyhow::Result;
use evenkeel_algorithms::Registry;
use evenkeel_config::Config;

use super::by_key::ByKey;
use super::goals::Goals;
use super::in_turn::InTurn;
use super::knob::Knob;
use super::measure::Meter;
use super::search::Search;
use super::target::Target;
use super::traffic::Traffic;
use super::tuned::Tuned;
use crate::compare::{chance_peak, window};

/// The input of a search.
#[derive(Debug)]
pub struct Tuning<'a> {
    config: &'a Config,
    target: Target,
    goals: &'a Goals,
    knob: Knob,
}

impl<'a> Tuning<'a> {
    /// Creates a search for the cheapest setting of a config's algorithm that meets the goals.
    ///
    /// # Errors
    /// If the target does not apply to the algorithm or the config. If the algorithm has no size, the error lists
    /// algorithms of the registry that have one.
    pub fn new(
        config: &'a Config,
        target: Target,
        goals: &'a Goals,
        registry: &Registry,
    ) -> Result<Self> {
        Ok(Self {
            config,
            target,
            goals,
            knob: Knob::of(target, config, registry)?,
        })
    }

    /// Searches on some requests. Calls `step` for each setting that is tried.
    ///
    /// # Errors
    /// If the requests cannot be drawn, or a strategy cannot be built.
    pub fn run(&self, traffic: &Traffic, step: impl Fn()) -> Result<Tuned> {
        let pool = self.config.pool()?;
        match self.target {
            Target::Size => {
                let counts = traffic.first.counts();
                let chance = chance_peak(&pool, counts, self.config.hashing.seed.0);
                self.search(traffic, ByKey(traffic), chance, step)
            }
            Target::Subset { instances } => {
                let meter = InTurn {
                    traffic,
                    instances,
                    in_flight: None,
                };
                Ok(Tuned {
                    instances: Some(instances),
                    ..self.search(traffic, meter, None, step)?
                })
            }
            Target::Bound { in_flight } => {
                let meter = InTurn {
                    traffic,
                    instances: 1,
                    in_flight,
                };
                Ok(Tuned {
                    in_flight: Some(window(&pool, in_flight)),
                    ..self.search(traffic, meter, None, step)?
                })
            }
        }
    }

    fn search<M: Meter>(
        &self,
        traffic: &Traffic,
        meter: M,
        chance: Option<f64>,
        step: impl Fn(),
    ) -> Result<Tuned> {
        let search = Search {
            config: self.config,
            knob: &self.knob,
            goals: self.goals,
            traffic,
            meter,
            chance,
            step,
        };
        search.run()
    }
}
