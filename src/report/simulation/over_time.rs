//! What happened in the parts of a simulation's time, as tables.

use crate::duration::Nanoseconds;
use crate::figures::{Figure, cells};
use crate::report::{Sheet, percent};
use crate::simulate::{Latency, Outcome, Report, Setting};

/// Windows of an algorithm that are shown, at most.
const MAX_WINDOWS: usize = 100;

/// What is told of a phase or a window.
struct Part<'a> {
    time: String,
    requests: u64,
    rejected: u64,
    failed: u64,
    latency: Option<&'a Latency>,
    hit_ratio: Option<f64>,
    undisturbed: Option<f64>,
}

/// The columns that are there beside those that always are.
#[derive(Clone, Copy)]
struct Columns {
    over: bool,
    hits: bool,
    undisturbed: bool,
}

/// What happened between the turns, if there are any.
pub(super) fn phases(report: &Report) -> Option<Sheet> {
    let turns = &report.setting.turns;
    if turns.is_empty() {
        return None;
    }
    let columns = Columns {
        undisturbed: report.setting.cache.is_some(),
        ..Columns::of(report)
    };
    let parts = |outcome: &Outcome| {
        let parts = outcome.figures.phases.iter().map(|phase| Part {
            time: since(
                phase.from_ns,
                &report.setting,
                outcome.figures.measured_from_ns,
            ),
            requests: phase.requests,
            rejected: phase.rejected,
            failed: phase.failed,
            latency: phase.latency.as_ref(),
            hit_ratio: phase.hit_ratio,
            undisturbed: phase.undisturbed_hit_ratio,
        });
        rows(outcome.algorithm, parts, columns)
    };
    let rows = report.results.iter().flat_map(parts);
    let title = "Between the events (requests by their arrival; times in milliseconds)";
    Some(Sheet::of(&columns.headers("from"), 2, rows).titled(title))
}

/// What happened in each window, if there are any.
pub(super) fn windows(report: &Report) -> Option<Sheet> {
    let width = report.setting.window_ns?;
    let parts = |outcome: &Outcome| {
        let windows = outcome.figures.windows.iter().take(MAX_WINDOWS);
        let parts = windows.map(|window| Part {
            time: Nanoseconds(window.until_ns).to_string(),
            requests: window.requests,
            rejected: window.rejected,
            failed: window.failed,
            latency: window.latency.as_ref(),
            hit_ratio: window.hit_ratio,
            undisturbed: None,
        });
        rows(outcome.algorithm, parts, Columns::of(report))
    };
    let rows = report.results.iter().flat_map(parts);
    let most = report.results.iter();
    let most = most.map(|outcome| outcome.figures.windows.len()).max();
    let note = match most.unwrap_or_default().saturating_sub(MAX_WINDOWS) {
        0 => String::new(),
        more => format!("Without {more} later windows, which JSON has."),
    };
    let title = format!(
        "Windows of {} (requests by their end, cache by arrival; warm-up included; times in milliseconds)",
        Nanoseconds(width)
    );
    let headers = Columns::of(report).headers("until");
    Some(Sheet::of(&headers, 2, rows).titled(title).noted(note))
}

/// When a part begins to be measured, and what begins or is over then.
fn since(from: u64, setting: &Setting, measured_from: u64) -> String {
    let turns = &setting.turns;
    let turn = turns.iter().find(|turn| turn.at == from);
    let what = turn.map_or_else(|| "start".to_owned(), |turn| turn.what.join("; "));
    let is_first = turns
        .iter()
        .all(|turn| turn.at <= from || turn.at > measured_from);
    if setting.warm_up > 0 && from < measured_from && is_first {
        return format!("{} {what}, after the warm-up", Nanoseconds(measured_from));
    }
    format!("{} {what}", Nanoseconds(from))
}

fn rows<'a>(
    algorithm: &str,
    parts: impl Iterator<Item = Part<'a>>,
    columns: Columns,
) -> Vec<Vec<String>> {
    parts.map(|part| columns.row(algorithm, part)).collect()
}

impl Columns {
    fn of(report: &Report) -> Self {
        Self {
            over: report.setting.limit_ns.is_some(),
            hits: report.setting.cache.is_some(),
            undisturbed: false,
        }
    }

    fn headers(self, time: &'static str) -> Vec<&'static str> {
        let mut headers = vec![
            "algorithm",
            time,
            "requests",
            "mean",
            "p99",
            "rejected",
            "failed",
        ];
        headers.extend(self.over.then_some("over limit"));
        headers.extend(self.hits.then_some("hits"));
        headers.extend(self.undisturbed.then_some("undisturbed"));
        headers
    }

    fn row(self, algorithm: &str, part: Part<'_>) -> Vec<String> {
        let latency = |figures: &[&'static Figure<Latency>]| {
            cells(figures, part.latency, None).collect::<Vec<_>>()
        };
        let share = |share: Option<f64>| share.map(percent).unwrap_or_default();
        [algorithm.to_owned(), part.time, part.requests.to_string()]
            .into_iter()
            .chain(latency(&[Latency::MEAN_NS, Latency::P99_NS]))
            .chain([part.rejected, part.failed].map(|count| count.to_string()))
            .chain(latency(self.over.then_some(Latency::OVER_LIMIT).as_slice()))
            .chain(self.hits.then(|| share(part.hit_ratio)))
            .chain(self.undisturbed.then(|| share(part.undisturbed)))
            .collect()
    }
}
