//! The algorithms as tables.

use evenkeel_algorithms::{Card, Options};

use crate::sheet::{Sheet, Style};

/// Algorithms and what is to be known of each.
pub(crate) fn algorithms(cards: &[&Card], style: Style) -> String {
    let overview = cards.iter().map(|known| {
        [
            known.name.to_owned(),
            known.aliases.join(", "),
            known.pick.to_string(),
            known.build.to_string(),
            known.memory.to_owned(),
            known.weights.to_owned(),
            known.disruption.to_owned(),
            known.source.to_owned(),
        ]
    });
    let headers = [
        "algorithm",
        "also",
        "pick",
        "build",
        "memory",
        "weights",
        "disruption",
        "source",
    ];
    let options = cards.iter().flat_map(|known| {
        known.options.iter().map(|option| {
            [
                known.name.to_owned(),
                option.name.to_owned(),
                option.help.to_owned(),
                (option.value)(&Options::default()),
            ]
        })
    });
    let summaries = cards
        .iter()
        .map(|known| [known.name, known.summary].map(str::to_owned));
    let mut sheets = vec![
        Sheet::of(&["algorithm", "what it does"], 2, summaries),
        Sheet::of(&headers, 8, overview),
    ];
    if options.clone().next().is_some() {
        let headers = ["algorithm", "option", "meaning", "default"];
        sheets.push(Sheet::of(&headers, 3, options));
    }
    let texts: Vec<_> = sheets.iter().map(|sheet| sheet.text(style)).collect();
    texts.join("\n\n") + "\n"
}
