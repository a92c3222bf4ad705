//! The subjects of the reference values.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use anyhow::{Context, Result};
use evenkeel_algorithms::Algorithm;
use evenkeel_algorithms::strategy;
use evenkeel_algorithms::strategy::{Maglev, maglev};
use evenkeel_algorithms::{Balancer, Card, Hashing, Options, Pool, Seed, Slot};

/// Makes a strategy under test.
type Make = Arc<dyn Fn(Hashing, &Options) -> Box<dyn Algorithm> + Send + Sync>;

/// Returns the backend of each entry of a Maglev table of some size, with a seed.
type Fill = Arc<dyn Fn(u32, u64, &Pool) -> Result<Vec<Slot>> + Send + Sync>;

/// The subjects of the reference values: strategies by name, and the fill of Maglev's table.
#[derive(Clone)]
pub struct Lineup {
    strategies: BTreeMap<&'static str, Make>,
    pub(super) fill: Fill,
}

impl Lineup {
    /// Returns all our own algorithms.
    #[must_use]
    pub fn ours() -> Self {
        let strategies = strategy::CARDS.iter().map(|&algorithm| {
            let make: Make =
                Arc::new(move |hashing, options| algorithm.algorithm(hashing, options));
            (algorithm.name, make)
        });
        Self {
            strategies: strategies.collect(),
            fill: Arc::new(fill),
        }
    }

    /// Returns the same with another strategy in place of one of ours, to show that the reference values can fail.
    #[must_use]
    pub fn with(
        mut self,
        name: &'static str,
        make: impl Fn(Hashing, &Options) -> Box<dyn Algorithm> + Send + Sync + 'static,
    ) -> Self {
        self.strategies.insert(name, Arc::new(make));
        self
    }

    /// Returns the same with another fill of Maglev's table.
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

    pub(super) fn strategy(
        &self,
        algorithm: &Card,
        seed: u64,
        options: &Options,
    ) -> Result<Box<dyn Algorithm>> {
        let make = self
            .strategies
            .get(algorithm.name)
            .with_context(|| format!("no strategy `{algorithm}`"))?;
        Ok(make(Hashing::from(Seed(seed)), options))
    }
}

impl fmt::Debug for Lineup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.strategies.keys()).finish()
    }
}

/// Our own fill.
fn fill(size: u32, seed: u64, pool: &Pool) -> Result<Vec<Slot>> {
    let table_size = maglev::TableSize::new(size.into())?;
    let maglev = Maglev::new(Seed(seed), maglev::Options { table_size });
    let table = maglev.build(pool, None)?.table();
    table.context("Maglev has a table")
}
