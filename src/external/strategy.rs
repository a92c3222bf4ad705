//! A program as an algorithm: what it can do is asked once, and each pool gets a process of its own.

use std::sync::{Arc, OnceLock};

use evenkeel_algorithms::{
    Algorithm, Backend, BackendField, Balancer, BuildError, Field, Hashing, Pool, Profile,
};

use super::balancer::Built;
use super::capabilities::Capabilities;
use super::interview::interview;
use super::program::Program;

/// What is known of a program, once it has been asked: what it can do, or why it cannot be asked.
pub(super) type Known = OnceLock<Result<Capabilities, BuildError>>;

/// A program as an algorithm.
#[derive(Debug)]
pub(super) struct External {
    program: Program,
    hashing: Hashing,
    known: Arc<Known>,
}

impl External {
    /// Creates a program of which something may be known already.
    pub(super) const fn new(program: Program, hashing: Hashing, known: Arc<Known>) -> Self {
        Self {
            program,
            hashing,
            known,
        }
    }

    /// What it can do; it is asked the first time.
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
                "backend `{}`: external {} takes no weights; expected equal ones",
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
                "an external strategy runs a program; expected options.external.command, a list with the program and its arguments",
            ));
        }
        let capabilities = self.capabilities()?;
        if !capabilities.weights {
            self.refuse_weights(pool)?;
        }
        let built = Built::start(&self.program, self.hashing, capabilities, pool)?;
        Ok(Box::new(built))
    }

    /// What a program that cannot be asked promises makes no difference: it cannot be built, and nothing that is
    /// around it shall say otherwise before.
    fn profile(&self) -> Profile {
        self.capabilities()
            .map_or(Profile::MINIMAL, Capabilities::profile)
    }
}
