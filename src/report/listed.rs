//! The algorithms as data, for programs.

use evenkeel_algorithms::{Card, OptionHelp, Options};
use serde::Serialize;

/// An algorithm and the facts about it.
#[derive(Serialize)]
pub(crate) struct Listed {
    name: &'static str,
    aliases: &'static [&'static str],
    summary: &'static str,
    pick: String,
    build: String,
    memory: &'static str,
    weights: &'static str,
    disruption: &'static str,
    source: &'static str,
    options: Vec<ListedOption>,
}

/// An option of an algorithm.
#[derive(Serialize)]
struct ListedOption {
    name: &'static str,
    help: &'static str,
    default: String,
}

impl Listed {
    /// Algorithms in the order given.
    pub(crate) fn all(cards: &[&'static Card]) -> Vec<Self> {
        cards.iter().map(|card| Self::of(card)).collect()
    }

    fn of(card: &'static Card) -> Self {
        let option = |option: &OptionHelp| ListedOption {
            name: option.name,
            help: option.help,
            default: (option.value)(&Options::default()),
        };
        Self {
            name: card.name,
            aliases: card.aliases,
            summary: card.summary,
            pick: card.pick.to_string(),
            build: card.build.to_string(),
            memory: card.memory,
            weights: card.weights,
            disruption: card.disruption,
            source: card.source,
            options: card.options.iter().map(option).collect(),
        }
    }
}
