//! A program with a name, as on a command line.

use std::sync::Arc;

use evenkeel_algorithms::{Algorithm, BuildError, Card, Hashing, SectionType};

use super::capabilities::Capabilities;
use super::card::ANY;
use super::command::Command;
use super::options::Options;
use super::program::Program;
use super::strategy::{External, Known};

/// A program with a name: its card, and its capabilities.
#[derive(Debug)]
pub struct Named {
    card: &'static Card,
    program: Program,
    known: Arc<Known>,
}

impl Named {
    /// Creates a program with a name. Name and card are never freed: meant for the programs of a command line.
    #[must_use]
    pub fn new(name: &str, command: Command) -> Self {
        let program = Program {
            name: name.to_owned().leak(),
            options: Options::of(command),
        };
        let known = Arc::new(Known::new());
        let make = {
            let (program, known) = (program.clone(), Arc::clone(&known));
            move |hashing: Hashing, _: &_| -> Box<dyn Algorithm> {
                Box::new(External::new(program.clone(), hashing, Arc::clone(&known)))
            }
        };
        let card = Box::leak(Box::new(Card {
            name: program.name,
            options: &[],
            section: SectionType::NONE,
            make: Box::leak(Box::new(make)),
            ..ANY
        }));
        Self {
            card,
            program,
            known,
        }
    }

    /// Returns the card of the algorithm that asks it.
    #[must_use]
    pub const fn card(&self) -> &'static Card {
        self.card
    }

    /// Returns its capabilities; it is asked on first use.
    ///
    /// # Errors
    /// [`BuildError`] if it cannot be asked.
    pub fn capabilities(&self, hashing: Hashing) -> Result<Capabilities, BuildError> {
        let known = Arc::clone(&self.known);
        External::new(self.program.clone(), hashing, known).capabilities()
    }
}
