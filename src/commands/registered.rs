//! Algorithms on the command line: those of the registry that the command line was begun with.

use std::ffi::OsStr;
use std::fmt::Write;
use std::sync::Arc;

use clap::builder::{PossibleValue, TypedValueParser, ValueParser};
use clap::{Arg, Command, Error};
use evenkeel_algorithms::strategy::{ketama, least_connections, maglev, rendezvous, round_robin};
use evenkeel_algorithms::{Card, Options, Registry};
use evenkeel_config::algorithm_named;

/// The algorithms that are shown where none is chosen: one for each common need.
pub(super) static USUAL: [&Card; 5] = [
    &ketama::CARD,
    &rendezvous::CARD,
    &maglev::CARD,
    &round_robin::CARD,
    &least_connections::CARD,
];

/// Algorithms in the order given.
#[derive(Clone, Debug)]
pub(super) struct AlgorithmList(pub(super) Vec<&'static Card>);

/// Reads one or several names of algorithms that a registry has.
#[derive(Clone)]
struct Parser<T> {
    registry: Arc<Registry>,
    read: fn(&Registry, &str) -> Result<T, String>,
}

/// Reads the name of an algorithm.
pub(super) fn algorithm() -> ValueParser {
    Parser::named(Arc::default())
}

/// Reads names of algorithms.
pub(super) fn algorithms() -> ValueParser {
    Parser::listed(Arc::default())
}

/// A command and its own, with the algorithms of a registry.
pub(super) fn with_algorithms(command: Command, registry: &Arc<Registry>) -> Command {
    let known = |argument: Arg| {
        let kind = argument.get_value_parser().type_id();
        let registry = Arc::clone(registry);
        if kind == algorithm().type_id() {
            described(argument, &registry).value_parser(Parser::named(registry))
        } else if kind == algorithms().type_id() {
            described(argument, &registry).value_parser(Parser::listed(registry))
        } else {
            argument
        }
    };
    command
        .mut_args(known)
        .mut_subcommands(|command| with_algorithms(command, registry))
}

impl Parser<&'static Card> {
    fn named(registry: Arc<Registry>) -> ValueParser {
        let read = algorithm_named;
        Self { registry, read }.into()
    }
}

impl Parser<AlgorithmList> {
    fn listed(registry: Arc<Registry>) -> ValueParser {
        let read = listed;
        Self { registry, read }.into()
    }
}

impl<T: Clone + Send + Sync + 'static> TypedValueParser for Parser<T> {
    type Value = T;

    fn parse_ref(
        &self,
        command: &Command,
        argument: Option<&Arg>,
        value: &OsStr,
    ) -> Result<T, Error> {
        let (registry, read) = (Arc::clone(&self.registry), self.read);
        let parser = move |names: &str| read(&registry, names);
        parser.parse_ref(command, argument, value)
    }

    /// For the completions of shells; the help would be all names.
    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let cards = self.registry.cards();
        Some(Box::new(cards.map(|card| {
            PossibleValue::new(card.name)
                .aliases(card.aliases)
                .help(card.summary)
        })))
    }
}

fn listed(registry: &Registry, names: &str) -> Result<AlgorithmList, String> {
    if names == "all" {
        return Ok(AlgorithmList(registry.strategies().collect()));
    }
    let mut list = Vec::new();
    for name in names.split(',') {
        let known = algorithm_named(registry, name)?;
        if list.contains(&known) {
            return Err(format!("{known} is given twice"));
        }
        list.push(known);
    }
    Ok(AlgorithmList(list))
}

/// The argument with what was added to our own algorithms in its long help, with their options.
fn described(argument: Arg, registry: &Registry) -> Arg {
    let argument = argument.hide_possible_values(true);
    if registry.custom().next().is_none() {
        return argument;
    }
    let help = argument
        .get_long_help()
        .or(argument.get_help())
        .map(ToString::to_string)
        .unwrap_or_default();
    let mut text = format!("{help}\n\nBeside those that are built in:");
    for card in registry.custom() {
        let _ = write!(text, "\n  {card}: {}", card.summary);
        for option in card.options {
            let default = (option.value)(&Options::default());
            let _ = write!(
                text,
                "\n    {}: {}  [default: {default}]",
                option.name, option.help
            );
        }
    }
    argument.long_help(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_checked() {
        let listed = |names| listed(Registry::builtin(), names);
        assert_eq!(listed("hrw,consistent-hash").unwrap().0.len(), 2);
        for wrong in ["ketama,consistent-hash", "", "ketma"] {
            assert!(listed(wrong).is_err(), "{wrong}");
        }
    }
}
