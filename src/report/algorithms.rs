//! The algorithms as lists and tables.

use evenkeel_algorithms::{Card, Options};

use crate::sheet::{Sheet, Style, fields, paragraphs, wrapped};

/// The most algorithms of which text has all that is known.
const MOST_IN_FULL: usize = 5;

/// Lists algorithms: as Markdown in tables, as text a line each, or all that is known of a few.
pub(crate) fn algorithms(cards: &[&Card], style: Style) -> String {
    match style {
        Style::Markdown => {
            let shown = tables(cards)
                .into_iter()
                .filter(|sheet| !sheet.rows.is_empty());
            paragraphs(shown.map(|sheet| sheet.text(style)).collect()) + "\n"
        }
        Style::Text { .. } if cards.len() <= MOST_IN_FULL => {
            let cards = cards.iter().map(|card| fields(&known(card), style));
            paragraphs(cards.collect()) + "\n"
        }
        Style::Text { .. } => {
            let summaries = cards
                .iter()
                .map(|card| (card.name, card.summary.to_owned()));
            let more = "More: `evenkeel algorithms NAME` shows costs, weights, disruption, options and source.";
            paragraphs(vec![
                fields(&summaries.collect::<Vec<_>>(), style),
                wrapped(more, style),
            ]) + "\n"
        }
    }
}

/// The facts about an algorithm.
fn known(card: &Card) -> Vec<(&'static str, String)> {
    let mut known = vec![
        ("algorithm", card.name.to_owned()),
        ("also", card.aliases.join(", ")),
        ("summary", card.summary.to_owned()),
        ("pick", card.pick.to_string()),
        ("build", card.build.to_string()),
        ("memory", card.memory.to_owned()),
        ("weights", card.weights.to_owned()),
        ("disruption", card.disruption.to_owned()),
        ("source", card.source.to_owned()),
    ];
    known.extend(card.options.iter().map(|option| {
        let default = (option.value)(&Options::default());
        (
            "option",
            format!("{}: {} (default: {default})", option.name, option.help),
        )
    }));
    known.retain(|(_, value)| !value.is_empty());
    known
}

/// The summaries, what each costs, and the options.
fn tables(cards: &[&Card]) -> [Sheet; 3] {
    let summaries = cards
        .iter()
        .map(|card| [card.name, card.summary].map(str::to_owned));
    let overview = cards.iter().map(|card| {
        [
            card.name.to_owned(),
            card.aliases.join(", "),
            card.pick.to_string(),
            card.build.to_string(),
            card.memory.to_owned(),
            card.weights.to_owned(),
            card.disruption.to_owned(),
            card.source.to_owned(),
        ]
    });
    let options = cards.iter().flat_map(|card| {
        card.options.iter().map(|option| {
            let default = (option.value)(&Options::default());
            [card.name, option.name, option.help, &default].map(str::to_owned)
        })
    });
    let costs = [
        "algorithm",
        "also",
        "pick",
        "build",
        "memory",
        "weights",
        "disruption",
        "source",
    ];
    [
        Sheet::of(&["algorithm", "summary"], 2, summaries),
        Sheet::of(&costs, 8, overview),
        Sheet::of(&["algorithm", "option", "meaning", "default"], 3, options),
    ]
}
