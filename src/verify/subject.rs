//! The subjects of reference values, and the run over them.

use anyhow::Result;
use rayon::prelude::*;

use super::lineup::Lineup;
use super::reference::{Checked, Reference};
use super::{bounds, draws, movement, simulation, spread, tables};

/// The subject of reference values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The strategies of a lineup: their spread and movement.
    Strategies,
    /// The simulation, with our own strategies; the lineup makes no difference.
    Simulation,
}

/// Measures the selected reference values on all cores. Calls `step` after each.
///
/// # Errors
/// If a strategy of the lineup cannot be built.
pub fn run(
    subject: Subject,
    lineup: &Lineup,
    chosen: impl Fn(&str) -> bool,
    step: impl Fn() + Sync,
) -> Result<Vec<Checked>> {
    let mut references = subject.references();
    references.retain(|reference| chosen(&reference.name));
    let check = |reference: &Reference| {
        let checked = reference.check(lineup);
        step();
        checked
    };
    // One at a time, because they take from microseconds to many seconds.
    references.par_iter().with_max_len(1).map(check).collect()
}

impl Subject {
    /// Returns the number of reference values.
    #[must_use]
    pub fn steps(self) -> usize {
        self.references().len()
    }

    fn references(self) -> Vec<Reference> {
        let groups = match self {
            Self::Strategies => vec![
                tables::references(),
                spread::references(),
                draws::references(),
                movement::references(),
                bounds::references(),
            ],
            Self::Simulation => vec![simulation::references()],
        };
        groups.into_iter().flatten().collect()
    }
}
