//! Holds the strategies and the simulation to the numbers that the literature publishes and that theory
//! gives: each anchor is measured anew. Prints nothing.

use anyhow::Result;
use rayon::prelude::*;

mod anchor;
mod bounds;
mod draws;
mod lineup;
mod measure;
mod movement;
mod simulation;
mod spread;
mod tables;

pub use anchor::{Band, Verdict};
pub use lineup::Lineup;

use anchor::Anchor;

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
