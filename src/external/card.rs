//! The cards of programs as algorithms.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use evenkeel_algorithms::{
    Algorithm, Balancer, BuildError, Card, Family, Feedback, Field, Hashing, OptionHelp, Options,
    Origin, Pool, Profile, SectionType,
};

use super::options::{self, SECTION};
use super::program::Program;
use super::strategy::{External, Known};

/// The common part of the cards of programs.
pub(super) const ANY: Card = Card {
    summary: "any program that speaks the protocol of `serve`, over its standard input and output",
    section: SectionType::of(SECTION),
    options: &[
        OptionHelp {
            name: "command",
            help: "the program and its arguments, a list of strings",
            value: |options| options.get(SECTION).command.to_string(),
        },
        OptionHelp {
            name: "window",
            help: "requests sent ahead of the answers, 1 to 65536",
            value: |options| options.get(SECTION).window.get().to_string(),
        },
        OptionHelp {
            name: "deadline",
            help: "seconds to wait for an answer, 1 to 3600",
            value: |options| options.get(SECTION).deadline.get().to_string(),
        },
    ],
    origin: Origin::External,
    feedback: Feedback::InFlight,
    weights: "if it supports them",
    disruption: "not promised",
    ..Card::new(SECTION.algorithm(), Family::Random, &|_, _| {
        Box::new(Refused)
    })
};

/// The algorithm `external` for configs that must not run a command: it cannot be built.
pub static REFUSED: Card = ANY;

/// Returns the algorithm `external`, which runs the command of its options: only for configs that may run one.
#[must_use]
pub fn running() -> &'static Card {
    let all = Mutex::new(BTreeMap::<options::Options, Arc<Known>>::new());
    let make = move |hashing: Hashing, options: &Options| -> Box<dyn Algorithm> {
        let options = options.get(SECTION);
        let mut all = all.lock().unwrap_or_else(PoisonError::into_inner);
        let known = Arc::clone(all.entry(options.clone()).or_default());
        let name = SECTION.algorithm();
        Box::new(External::new(Program { name, options }, hashing, known))
    };
    Box::leak(Box::new(Card {
        make: Box::leak(Box::new(make)),
        ..ANY
    }))
}

/// The algorithm for configs that must not run a command.
#[derive(Debug)]
struct Refused;

impl Algorithm for Refused {
    fn build(&self, _: &Pool, _: Option<&dyn Balancer>) -> Result<Box<dyn Balancer>, BuildError> {
        Err(BuildError::refused(
            Field::Options,
            "the algorithm `external` runs a command; allow it with --allow-external on the command line",
        ))
    }

    /// Returns a profile to which every wrapper fits, so that no wrapper rejects it for another reason.
    fn profile(&self) -> Profile {
        Profile::MINIMAL
    }
}
