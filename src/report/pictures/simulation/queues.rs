//! Where requests wait and when, a heat map a strategy.

use std::cmp::Reverse;

use super::windows;
use crate::plot::{Drawing, HeatMap, Plot, Unit};
use crate::report::Sheet;
use crate::simulate::{Outcome, Report, Share, Window};

/// Of more strategies than twice as many only those with the lowest and the highest p99 have a plot.
const EXTREMES: usize = 2;

/// The most backends that have a row.
const BACKENDS: usize = 24;

/// The most columns that windows are put together in.
const COLUMNS: usize = 50;

/// None without windows.
pub(super) fn plots(report: &Report) -> Vec<Plot> {
    let p99 = |outcome: &&Outcome| {
        outcome
            .figures
            .latency
            .as_ref()
            .map(|latency| latency.p99_ns)
    };
    let outcomes = report.results.iter();
    let outcomes = outcomes.filter(|outcome| !windows(outcome).is_empty());
    let mut outcomes: Vec<_> = outcomes.collect();
    let mut only = "";
    if outcomes.len() > 2 * EXTREMES {
        outcomes.sort_by_key(p99);
        outcomes.drain(EXTREMES..outcomes.len() - EXTREMES);
        only = " Only the strategies with the lowest and with the highest p99 have such a plot.";
    }
    let plots = outcomes.into_iter();
    plots.map(|outcome| plot(report, outcome, only)).collect()
}

fn plot(report: &Report, outcome: &Outcome, only: &str) -> Plot {
    let windows = windows(outcome);
    let together = windows.len().div_ceil(COLUMNS);
    let columns: Vec<_> = windows.chunks(together).collect();
    let backends = fullest(outcome);
    let cells = backends.iter().flat_map(|&(slot, _)| {
        let queue = move |windows: &&[Window]| {
            let queues = windows.iter().map(|window| window.mean_queue.get(slot));
            let queues: Vec<_> = queues.flatten().copied().collect();
            (!queues.is_empty()).then(|| queues.iter().sum::<f64>() / queues.len() as f64)
        };
        columns.iter().map(queue)
    });
    let all = outcome.figures.backends.len();
    let others = match all.saturating_sub(backends.len()) {
        0 => String::new(),
        others => format!(" The {BACKENDS} with the longest queues; {others} others are left out."),
    };
    let events = report.setting.turns.iter().filter_map(|turn| {
        let column = columns.iter().position(|windows| ends(windows) > turn.at)?;
        Some((column, turn.what.join("; ")))
    });
    let events: Vec<_> = events.collect();
    let numbers = match events.is_empty() {
        true => "",
        false => " The lines are the events, by the same numbers as over time.",
    };
    Plot {
        name: format!("queues-{}", outcome.algorithm),
        title: format!("Where requests wait and when: {}", outcome.algorithm),
        caption: format!(
            "Requests at each backend on average, those being served included; time goes to the right.{numbers}{others}{only}"
        ),
        table: table(&backends),
        drawing: Drawing::HeatMap(HeatMap {
            axes: ["backend".to_owned(), "until".to_owned()],
            rows: backends
                .iter()
                .map(|(_, share)| share.backend.clone())
                .collect(),
            columns: columns
                .iter()
                .map(|windows| Unit::Nanoseconds.write(ends(windows) as f64))
                .collect(),
            cells: cells.collect(),
            unit: Unit::Number,
            most: None,
            events,
        }),
    }
}

/// When the last of some windows ends.
fn ends(windows: &[Window]) -> u64 {
    windows.last().map_or(0, |window| window.until_ns)
}

/// The backends with the longest queues and their places, in the order of the backends.
fn fullest(outcome: &Outcome) -> Vec<(usize, &Share)> {
    let mut backends: Vec<_> = outcome.figures.backends.iter().enumerate().collect();
    backends.sort_by_key(|(_, share)| Reverse(share.mean_queue.to_bits()));
    backends.truncate(BACKENDS);
    backends.sort_by_key(|&(slot, _)| slot);
    backends
}

fn table(backends: &[(usize, &Share)]) -> Sheet {
    let rows = backends
        .iter()
        .map(|(_, share)| [share.backend.clone(), format!("{:.3}", share.mean_queue)]);
    let sheet = Sheet::of(&["backend", "there on average"], 1, rows);
    sheet.noted("The JSON has every window.")
}
