//! Figures of the parts of a simulation's time, as tables.

use std::collections::BTreeMap;

use crate::figures::Columns;
use crate::plot::Unit;
use crate::sheet::Sheet;
use crate::simulate::{AlgorithmFigures, Latency, Setting, Simulated};
use crate::text::{Nanoseconds, percent, thousands};

/// The most windows of an algorithm that are shown.
const MAX_WINDOWS: usize = 100;

/// The figures of an interval between events or of a window.
#[derive(Default)]
struct Part<'a> {
    time: String,
    requests: u64,
    rejected: u64,
    failed: u64,
    latency: Option<&'a Latency>,
    hit_ratio: Option<f64>,
    undisturbed: Option<f64>,
}

/// The optional columns.
#[derive(Clone, Copy)]
struct Optional {
    over: bool,
    hits: bool,
    undisturbed: bool,
}

/// Figures of the intervals between events, if there are any.
pub(super) fn phases(report: &Simulated) -> Option<Sheet> {
    let turns = &report.setting.turns;
    if turns.is_empty() {
        return None;
    }
    let optional = Optional {
        undisturbed: report.setting.cache.is_some(),
        ..Optional::of(report)
    };
    let parts = |result: &AlgorithmFigures| {
        let parts = result.figures.phases.iter().map(|phase| Part {
            time: since(
                phase.from_ns,
                &report.setting,
                result.figures.measured_from_ns,
            ),
            requests: phase.requests,
            rejected: phase.rejected,
            failed: phase.failed,
            latency: phase.latency.as_ref(),
            hit_ratio: phase.hit_ratio,
            undisturbed: phase.undisturbed_hit_ratio,
        });
        let row = |part| optional.row(result.algorithm, "from", &part);
        parts.map(row).collect::<Vec<_>>()
    };
    let rows = report.results.iter().flat_map(parts);
    // Where all begins at once there are no parts.
    let blank = optional.row("", "from", &Part::default());
    let title = "Intervals between events (requests by arrival; latency in ms, including waiting)";
    Some(Sheet::under(&blank, 2, rows).titled(title))
}

/// The p99 of each interval between events and strategy, if there are any; intervals without requests have no row.
pub(super) fn brief(report: &Simulated) -> Option<Sheet> {
    let setting = &report.setting;
    let rows = intervals(report).map(|(from, measured_from)| {
        let p99 = |result: &AlgorithmFigures| {
            let mut phases = result.figures.phases.iter();
            let latency = phases.find(|phase| phase.from_ns == from)?.latency.as_ref();
            Some(Latency::P99_NS.cell(latency, None))
        };
        let cells = report
            .results
            .iter()
            .map(|result| (result.algorithm.to_owned(), p99(result).unwrap_or_default()));
        Columns::default()
            .column("from", since(from, setting, measured_from))
            .columns(cells)
    });
    let sheet =
        Sheet::of_columns(1, rows).titled("p99 latency of each interval between events, in ms");
    (!setting.turns.is_empty() && !sheet.rows.is_empty()).then_some(sheet)
}

/// When the intervals begin in which some strategy finished a request, and from when on it was measured.
fn intervals(report: &Simulated) -> impl Iterator<Item = (u64, u64)> {
    let mut starts = BTreeMap::new();
    for result in &report.results {
        let figures = &result.figures;
        let phases = figures
            .phases
            .iter()
            .filter(|phase| phase.latency.is_some());
        starts.extend(phases.map(|phase| (phase.from_ns, figures.measured_from_ns)));
    }
    starts.into_iter()
}

/// Figures of each window, if there are any.
pub(super) fn windows(report: &Simulated) -> Option<Sheet> {
    let width = report.setting.window_ns?;
    let parts = |result: &AlgorithmFigures| {
        let windows = result.figures.windows.iter().take(MAX_WINDOWS);
        let parts = windows.map(|window| Part {
            time: Nanoseconds(window.until_ns).to_string(),
            requests: window.requests,
            rejected: window.rejected,
            failed: window.failed,
            latency: window.latency.as_ref(),
            hit_ratio: window.hit_ratio,
            undisturbed: None,
        });
        let row = |part| Optional::of(report).row(result.algorithm, "until", &part);
        parts.map(row).collect::<Vec<_>>()
    };
    let rows = report.results.iter().flat_map(parts);
    let most = report
        .results
        .iter()
        .map(|result| result.figures.windows.len())
        .max()
        .unwrap_or_default();
    let note = match most.saturating_sub(MAX_WINDOWS) {
        0 => String::new(),
        more => format!("{more} later windows are only in JSON."),
    };
    let title = format!(
        "Windows of {} (requests by completion, cache by arrival, warm-up included; latency in ms, including waiting)",
        Nanoseconds(width)
    );
    Some(Sheet::of_columns(2, rows).titled(title).noted(note))
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
        let start = Unit::Nanoseconds.write(measured_from as f64);
        return format!("{start} {what}, after the warm-up");
    }
    format!("{} {what}", Nanoseconds(from))
}

impl Optional {
    fn of(report: &Simulated) -> Self {
        Self {
            over: report.setting.limit_ns.is_some(),
            hits: report.setting.cache.is_some(),
            undisturbed: false,
        }
    }

    fn row(self, algorithm: &str, time: &str, part: &Part<'_>) -> Columns {
        let times = [Latency::MEAN_NS, Latency::P99_NS];
        let over = self.over.then_some(Latency::OVER_LIMIT);
        let share = |header: &str, share: Option<f64>| {
            (header.to_owned(), share.map(percent).unwrap_or_default())
        };
        Columns::default()
            .column("algorithm", algorithm)
            .column(time, part.time.as_str())
            .column("requests", thousands(part.requests))
            .shown(&times, part.latency, None)
            .column("rejected", thousands(part.rejected))
            .column("failed", thousands(part.failed))
            .shown(over.as_slice(), part.latency, None)
            .columns(self.hits.then(|| share("hits", part.hit_ratio)))
            .columns(
                self.undisturbed
                    .then(|| share("undisturbed", part.undisturbed)),
            )
    }
}
