//! Tables for eyes, framed or in Markdown.

use comfy_table::{CellAlignment, Table, presets};
use evenkeel_algorithms::{Algorithm, Options};

use super::findings;
use super::statistics::{self, with_interval};
use super::words;
use crate::compare::{Changed, Comparison, Evenness, EvennessIntervals, Outcome, Summary};

/// How a table is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// In a frame of lines.
    Framed,
    /// In Markdown.
    Markdown,
}

pub(super) fn comparison(comparison: &Comparison, style: Style) -> String {
    let mut parts = vec![
        heading(&comparison.workload),
        words::caveats(comparison).join("\n"),
        section(
            "Load spread (1 is even; beside it what perfect hashing gives by chance)",
            &spread(comparison, style),
        ),
        statistics::chance(comparison, style),
        statistics::differences(comparison, style),
        section(
            "Remap (shares of the keys; of the positions where no key is used)",
            &remap(comparison, style),
        ),
        section("Cost", &cost(comparison, style)),
        words::conclusions(comparison).join("\n"),
    ];
    parts.retain(|part| !part.is_empty());
    parts.join("\n\n") + "\n"
}

/// The algorithms and what is to be known of each.
#[must_use]
pub fn algorithms(style: Style) -> String {
    let overview = Algorithm::all().map(|known| {
        let also = known.aliases.join(", ");
        [
            known.name,
            &also,
            known.pick,
            known.build,
            known.memory,
            known.weights,
            known.disruption,
            known.source,
        ]
        .map(str::to_owned)
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
    let options = Algorithm::all().flat_map(|known| {
        known.options.iter().map(|option| {
            [
                known.name.to_owned(),
                option.name.to_owned(),
                option.help.to_owned(),
                (option.value)(&Options::default()),
            ]
        })
    });
    let summaries = Algorithm::all().map(|known| [known.name, known.summary].map(str::to_owned));
    [
        sheet(style, &["algorithm", "what it does"], 2, summaries),
        sheet(style, &headers, 8, overview),
        sheet(
            style,
            &["algorithm", "option", "meaning", "default"],
            3,
            options,
        ),
    ]
    .join("\n\n")
        + "\n"
}

/// A table. The first `words` columns are aligned to the left, the others, numbers, to the right.
pub fn sheet(
    style: Style,
    headers: &[&str],
    words: usize,
    rows: impl Iterator<Item: IntoIterator<Item = String>>,
) -> String {
    let mut table = Table::new();
    table.load_style(match style {
        Style::Framed => presets::UTF8_FULL_CONDENSED,
        Style::Markdown => presets::ASCII_MARKDOWN,
    });
    // A bar would end the cell.
    let shown = |cell: String| match style {
        Style::Framed => cell,
        Style::Markdown => cell.replace('|', "\\|"),
    };
    table.set_header(headers.iter().map(|header| shown((*header).to_owned())));
    table.add_rows(rows.map(|row| row.into_iter().map(shown).collect::<Vec<_>>()));
    for column in table.column_iter_mut().skip(words) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    table.trim_fmt()
}

fn heading(workload: &Summary) -> String {
    let Summary {
        source,
        requests,
        distinct_keys,
        backends,
        total_weight,
        seed,
        repeat,
        ..
    } = workload;
    let heading = format!(
        "{requests} requests with {distinct_keys} distinct keys ({source}) to {backends} backends \
         of total weight {total_weight}, seed {seed}"
    );
    match repeat {
        Some(repeat) => heading + "\n" + &findings::runs(repeat, "clients"),
        None => heading,
    }
}

pub(super) fn section(title: &str, table: &str) -> String {
    format!("{title}\n\n{table}")
}

fn spread(comparison: &Comparison, style: Style) -> String {
    let headers = [
        "algorithm",
        "requests peak",
        "min",
        "cv",
        "jain",
        "keys peak",
        "min",
        "cv",
        "jain",
        "affinity",
    ];
    let measured = comparison.results.iter().map(|outcome| {
        let intervals = outcome.intervals.as_ref();
        let [a, b, c, d] = evenness(
            outcome.spread.requests,
            intervals.and_then(|all| all.requests),
        );
        let [e, f, g, h] = evenness(outcome.spread.keys, intervals.and_then(|all| all.keys));
        let affinity = with_interval(
            figure(outcome.affinity),
            intervals.and_then(|all| all.affinity),
            4,
        );
        let name = outcome.algorithm.to_owned();
        [name, a, b, c, d, e, f, g, h, affinity]
    });
    let [a, b, c, d] = evenness(comparison.chance.requests, None);
    let [e, f, g, h] = evenness(comparison.chance.keys, None);
    let chance = ["(chance)".to_owned(), a, b, c, d, e, f, g, h, String::new()];
    sheet(style, &headers, 1, measured.chain([chance]))
}

fn remap(comparison: &Comparison, style: Style) -> String {
    let headers = [
        "change",
        "algorithm",
        "remap_ratio",
        "remap_requests",
        "ideal_remap",
        "excess_remap",
        "ratio/ideal",
    ];
    let changes = comparison
        .results
        .first()
        .map_or(0, |outcome| outcome.changes.len());
    let rows = (0..changes).flat_map(|number| {
        comparison
            .results
            .iter()
            .map(move |outcome| remap_row(outcome, &outcome.changes[number]))
    });
    sheet(style, &headers, 2, rows)
}

fn remap_row(outcome: &Outcome, changed: &Changed) -> Vec<String> {
    let mut row = vec![changed.change.clone(), outcome.algorithm.to_owned()];
    let [ratio, requests, ideal, excess, times] = remap_cells([
        changed.remap_ratio,
        changed.remap_requests,
        changed.ideal_remap,
        changed.excess_remap,
    ]);
    let intervals = changed.intervals;
    let ratio = with_interval(ratio, intervals.map(|all| all.remap_ratio), 5);
    let excess = with_interval(excess, intervals.map(|all| all.excess_remap), 5);
    row.extend([ratio, requests, ideal, excess, times]);
    row
}

/// What moved of keys and of requests, what had to and what needlessly did, and the first over the third.
pub(super) fn remap_cells(shares: [f64; 4]) -> [String; 5] {
    let [ratio, _, ideal, _] = shares;
    let times = (ideal > 0.).then(|| ratio / ideal);
    let [ratio, requests, ideal, excess] = shares.map(|share| format!("{share:.5}"));
    [ratio, requests, ideal, excess, figure(times)]
}

fn cost(comparison: &Comparison, style: Style) -> String {
    let rows = comparison.results.iter().map(|outcome| {
        [
            outcome.algorithm.to_owned(),
            outcome.memory_bytes.to_string(),
            outcome
                .build_ns
                .map(|build| format!("{:.1}", build as f64 / 1e3))
                .unwrap_or_default(),
            outcome
                .pick_ns
                .map(|pick| format!("{pick:.0}"))
                .unwrap_or_default(),
        ]
    });
    sheet(
        style,
        &["algorithm", "memory bytes", "build µs", "ns a pick"],
        1,
        rows,
    )
}

fn evenness(figures: Option<Evenness>, intervals: Option<EvennessIntervals>) -> [String; 4] {
    let Some(Evenness {
        peak_to_mean,
        min_to_mean,
        cv,
        jain,
    }) = figures
    else {
        return Default::default();
    };
    let [peak, min, cv, jain] =
        [peak_to_mean, min_to_mean, cv, jain].map(|value| figure(Some(value)));
    let peak = with_interval(peak, intervals.map(|all| all.peak_to_mean), 4);
    let cv = with_interval(cv, intervals.map(|all| all.cv), 4);
    [peak, min, cv, jain]
}

fn figure(value: Option<f64>) -> String {
    value.map(|value| format!("{value:.4}")).unwrap_or_default()
}
