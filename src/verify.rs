//! Holds the strategies and the simulation to the numbers that the literature publishes and that theory
//! gives: each anchor is measured anew. Prints nothing.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use anyhow::{Context, Result};
use evenkeel_algorithms::strategy::CARDS;
use evenkeel_algorithms::{Algorithm, Hashing, Options, Pool, Seed, Slot};
use rayon::prelude::*;
use serde::Serialize;

mod bounds;
mod draws;
mod measure;
mod movement;
mod simulation;
mod spread;
mod tables;

/// How a strategy under test is made.
type Make = Arc<dyn Fn(Hashing, &Options) -> Box<dyn Algorithm> + Send + Sync>;

/// Who has each entry of a Maglev table of some size, under a seed.
type Fill = Arc<dyn Fn(u32, u64, &Pool) -> Result<Vec<Slot>> + Send + Sync>;

/// What an anchor is measured by.
type Measure = Box<dyn Fn(&Lineup) -> Result<f64> + Send + Sync>;

/// What is held to the anchors: strategies by name, and what fills Maglev's table.
#[derive(Clone)]
pub struct Lineup {
    strategies: BTreeMap<&'static str, Make>,
    fill: Fill,
}

impl Lineup {
    /// All algorithms of our own.
    #[must_use]
    pub fn ours() -> Self {
        let strategies = CARDS.iter().map(|&algorithm| {
            let make: Make =
                Arc::new(move |hashing, options| algorithm.algorithm(hashing, options));
            (algorithm.name, make)
        });
        Self {
            strategies: strategies.collect(),
            fill: Arc::new(tables::fill),
        }
    }

    /// The same with another strategy in the place of one of ours: what shows that the anchors hold
    /// anything.
    #[must_use]
    pub fn with(
        mut self,
        name: &'static str,
        make: impl Fn(Hashing, &Options) -> Box<dyn Algorithm> + Send + Sync + 'static,
    ) -> Self {
        self.strategies.insert(name, Arc::new(make));
        self
    }

    /// The same with another fill of Maglev's table.
    #[must_use]
    pub fn with_fill(
        self,
        fill: impl Fn(u32, u64, &Pool) -> Result<Vec<Slot>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            fill: Arc::new(fill),
            ..self
        }
    }

    fn strategy(&self, name: &str, seed: u64, options: &Options) -> Result<Box<dyn Algorithm>> {
        let make = self
            .strategies
            .get(name)
            .with_context(|| format!("no strategy `{name}`"))?;
        Ok(make(Hashing::from(Seed(seed)), options))
    }
}

impl fmt::Debug for Lineup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.strategies.keys()).finish()
    }
}

/// What a measured number must be between.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Band {
    /// The least that holds.
    pub least: f64,
    /// The most that holds.
    pub most: f64,
}

impl Band {
    /// This number and no other.
    const fn exactly(number: f64) -> Self {
        Self::between(number, number)
    }

    /// A number give or take some.
    fn around(number: f64, tolerance: f64) -> Self {
        Self::between(number - tolerance, number + tolerance)
    }

    /// A number give or take a part of it.
    fn near(number: f64, part: f64) -> Self {
        Self::around(number, number * part)
    }

    const fn between(least: f64, most: f64) -> Self {
        Self { least, most }
    }
}

/// A number that is known, and how it is measured here.
pub(crate) struct Anchor {
    name: String,
    source: &'static str,
    expected: Band,
    measure: Measure,
}

impl Anchor {
    fn new(
        name: impl Into<String>,
        source: &'static str,
        expected: Band,
        measure: impl Fn(&Lineup) -> Result<f64> + Send + Sync + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            source,
            expected,
            measure: Box::new(measure),
        }
    }

    fn verdict(&self, lineup: &Lineup) -> Result<Verdict> {
        let measured = (self.measure)(lineup).with_context(|| self.name.clone())?;
        Ok(Verdict {
            anchor: self.name.clone(),
            source: self.source,
            expected: self.expected,
            measured,
            holds: (self.expected.least..=self.expected.most).contains(&measured),
        })
    }
}

/// An anchor, measured.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// What is measured.
    pub anchor: String,
    /// Where the expected number is from.
    pub source: &'static str,
    /// What it has to be.
    pub expected: Band,
    /// What it is.
    pub measured: f64,
    /// Whether it is what it has to be.
    pub holds: bool,
}

/// What is held to its anchors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The strategies of a lineup: what they spread and move.
    Strategies,
    /// The simulation, with our own strategies: the lineup makes no difference.
    Simulation,
}

/// Measures the anchors whose names are chosen, on all cores. `step` is called after each.
///
/// # Errors
/// If a strategy of the lineup cannot be built.
pub fn run(
    subject: Subject,
    lineup: &Lineup,
    chosen: impl Fn(&str) -> bool,
    step: impl Fn() + Sync,
) -> Result<Vec<Verdict>> {
    let mut anchors = subject.anchors();
    anchors.retain(|anchor| chosen(&anchor.name));
    let verdict = |anchor: &Anchor| {
        let verdict = anchor.verdict(lineup);
        step();
        verdict
    };
    // One at a time: they take from microseconds to many seconds.
    anchors.par_iter().with_max_len(1).map(verdict).collect()
}

impl Subject {
    /// How many anchors there are.
    #[must_use]
    pub fn steps(self) -> usize {
        self.anchors().len()
    }

    fn anchors(self) -> Vec<Anchor> {
        let groups = match self {
            Self::Strategies => vec![
                tables::anchors(),
                spread::anchors(),
                draws::anchors(),
                movement::anchors(),
                bounds::anchors(),
            ],
            Self::Simulation => vec![simulation::anchors()],
        };
        groups.into_iter().flatten().collect()
    }
}
