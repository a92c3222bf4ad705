//! A program as an algorithm: its capabilities are asked once, and each pool gets its own process.

use std::sync::{Arc, OnceLock};

use evenkeel_algorithms::{
    Algorithm, Backend, BackendField, Balancer, BuildError, Field, Hashing, Pool, Profile,
};

use super::balancer::Built;
use super::capabilities::Capabilities;
use super::interview::interview;
use super::program::Program;

/// The capabilities of a program once it has been asked, or why it cannot be asked.
pub(super) type Known = OnceLock<Result<Capabilities, BuildError>>;

/// A program as an algorithm.
#[derive(Debug)]
pub(super) struct External {
    program: Program,
    hashing: Hashing,
    known: Arc<Known>,
}

impl External {
    /// Creates a program with capabilities that may already be known.
    pub(super) const fn new(program: Program, hashing: Hashing, known: Arc<Known>) -> Self {
        Self {
            program,
            hashing,
            known,
        }
    }

    /// Returns its capabilities; it is asked on first use.
    pub(super) fn capabilities(&self) -> Result<Capabilities, BuildError> {
        let ask = || Ok(interview(&self.program, self.hashing)?);
        self.known.get_or_init(ask).clone()
    }

    fn refuse_weights(&self, pool: &Pool) -> Result<(), BuildError> {
        let weight = |backend: &&Backend| backend.weight().get();
        let mut backends = pool.backends();
        let first = backends.next();
        let odd = first.and_then(|first| backends.find(|other| weight(other) != weight(&first)));
        odd.map_or(Ok(()), |odd| {
            let field = Field::Backend {
                name: odd.name(),
                field: BackendField::Weight,
            };
            let text = format!(
                "backend `{}`: external {} does not support weights; use equal weights",
                odd.name(),
                self.program
            );
            Err(BuildError::refused(field, text))
        })
    }
}

impl Algorithm for External {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        if self.program.options.command.words().is_none() {
            return Err(BuildError::refused(
                Field::Options,
                "an external strategy runs a program; set options.external.command, a list with the program and its arguments",
            ));
        }
        let capabilities = self.capabilities()?;
        if !capabilities.weights {
            self.refuse_weights(pool)?;
        }
        let built = Built::start(&self.program, self.hashing, capabilities, pool)?;
        Ok(Box::new(built))
    }

    /// The profile of a program that cannot be asked does not matter: it cannot be built, and no wrapper must reject it
    /// before with another reason.
    fn profile(&self) -> Profile {
        self.capabilities()
            .map_or(Profile::MINIMAL, Capabilities::profile)
    }
}
