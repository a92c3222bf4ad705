//! The algorithms as tables.

use evenkeel_algorithms::Options;
use evenkeel_algorithms::Registry;

use crate::sheet::{Sheet, Style};

/// The algorithms and what is to be known of each.
pub(crate) fn algorithms(registry: &Registry, style: Style) -> String {
    let overview = registry.cards().map(|known| {
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
    let options = registry.cards().flat_map(|known| {
        known.options.iter().map(|option| {
            [
                known.name.to_owned(),
                option.name.to_owned(),
                option.help.to_owned(),
                (option.value)(&Options::default()),
            ]
        })
    });
    let summaries = registry
        .cards()
        .map(|known| [known.name, known.summary].map(str::to_owned));
    [
        Sheet::of(&["algorithm", "what it does"], 2, summaries),
        Sheet::of(&headers, 8, overview),
        Sheet::of(&["algorithm", "option", "meaning", "default"], 3, options),
    ]
    .map(|sheet| sheet.text(style))
    .join("\n\n")
        + "\n"
}
