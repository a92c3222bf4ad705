//! What several runs of a simulation add: intervals, differences, and sentences about them.

use super::cells::{has_failed, hits, over, times};
use crate::figures::{Columns, Difference, Figure, Number};
use crate::report::findings;
use crate::sheet::Sheet;
use crate::simulate::{AlgorithmFigures, AlgorithmIntervals, Figures, Latency, Simulated};

/// What comparing times leaves out.
pub(super) fn unfinished(report: &Simulated) -> Option<String> {
    (!report.paired.is_empty() && (rejects(report) || has_failed(report))).then(|| {
        "the times are those of the requests that were finished: a strategy that rejects or loses more may be faster only for that"
            .to_owned()
    })
}

/// The times; intervals where there is room for them.
pub(super) fn latencies(report: &Simulated) -> Sheet {
    let rows = measured(report).map(|(result, intervals)| {
        let cell = |figure: &Figure<Latency>| match intervals.latency.of(figure) {
            Some(interval) if figure.is_compared => figure.text_of_interval(interval),
            Some(interval) => figure.text(Number::Real(interval.mean)),
            None => String::new(),
        };
        let times = times().into_iter();
        Columns::default()
            .column("algorithm", result.algorithm)
            .columns(times.map(|figure| (figure.heading.to_owned(), cell(figure))))
    });
    Sheet::of_columns(1, rows)
}

/// What is over the limit or rejected; none if there is no limit and nothing is rejected, or of one run.
pub(super) fn shares(report: &Simulated) -> Option<Sheet> {
    let limit = report.setting.limit_ns;
    let mut figures = Vec::new();
    if rejects(report) {
        figures.extend([Figures::REJECTED, Figures::REJECTED_SHARE]);
    }
    figures.extend(has_failed(report).then_some(Figures::FAILED_SHARE));
    figures.extend(hits(report));
    if report.setting.repeat.is_none() || limit.is_none() && figures.is_empty() {
        return None;
    }
    let rows = measured(report).map(|(result, intervals)| {
        let of_limit = Latency::OVER_LIMIT.cell(None, Some(&intervals.latency));
        Columns::default()
            .column("algorithm", result.algorithm)
            .columns(limit.map(|limit| (over(limit), of_limit)))
            .shown(&figures, None, Some(&intervals.figures))
    });
    let title = "Shares of the requests (over a limit: of those finished; hits: of those with a key; else of all)";
    Some(Sheet::of_columns(1, rows).titled(title))
}

/// How the best differ from the others, if that is known.
pub(super) fn differences(report: &Simulated) -> Option<Sheet> {
    if report.paired.is_empty() {
        return None;
    }
    let rows = report.paired.iter().map(|told| {
        [
            name(report, told.figure),
            told.best.to_owned(),
            match told.shown {
                true => is_better(told.figure),
                false => "no difference shown",
            }
            .to_owned(),
            told.other.to_owned(),
            told.figure.text_of_interval(told.difference),
        ]
    });
    let title = "How much longer do the others take? (run by run; each 95 % interval is by itself)";
    let headers = ["of", "best", "finding", "other", "difference"];
    Some(Sheet::of(&headers, 4, rows).titled(title))
}

/// A sentence a figure: from which the best differs.
pub(super) fn conclusions(report: &Simulated) -> Vec<String> {
    let sentence = |told: &[Difference<Latency>]| {
        let Difference { figure, best, .. } = told[0];
        let found = findings::against(is_better(figure), told);
        format!("Run by run ({}): {best} {found}.", name(report, figure))
    };
    report
        .paired
        .chunk_by(|a, b| a.figure == b.figure)
        .map(sentence)
        .collect()
}

/// What the tables call a figure.
fn name(report: &Simulated, figure: &Figure<Latency>) -> String {
    match report.setting.limit_ns {
        Some(limit) if figure == Latency::OVER_LIMIT => over(limit),
        _ => figure.heading.to_owned(),
    }
}

fn is_better(figure: &Figure<Latency>) -> &'static str {
    match figure == Latency::OVER_LIMIT {
        true => "is over it less than",
        false => "is faster than",
    }
}

/// Whether some request was rejected in some run.
fn rejects(report: &Simulated) -> bool {
    measured(report).any(|(_, intervals)| {
        let rejected = intervals.figures.of(Figures::REJECTED);
        rejected.is_some_and(|rejected| rejected.mean > 0.)
    })
}

fn measured(report: &Simulated) -> impl Iterator<Item = (&AlgorithmFigures, &AlgorithmIntervals)> {
    let results = report.results.iter();
    results.filter_map(|result| Some((result, result.intervals.as_ref()?)))
}
