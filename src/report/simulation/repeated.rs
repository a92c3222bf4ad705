//! What several runs of a simulation add: intervals and differences.

use super::cells::{has_failed, hits, over, times};
use crate::figures::{Columns, Figure, Number};
use crate::sheet::Sheet;
use crate::simulate::{AlgorithmFigures, AlgorithmIntervals, Figures, Latency, Simulated};

/// What comparing latencies does not cover.
pub(super) fn unfinished(report: &Simulated) -> Option<String> {
    (!report.paired.is_empty() && (rejects(report) || has_failed(report))).then(|| {
        "latencies are those of finished requests: a strategy that rejects or loses more may only look faster"
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
    let title = "Shares of requests (over a time: of finished requests; hits: of requests with a key; others: of all)";
    Some(Sheet::of_columns(1, rows).titled(title))
}

/// How much the others differ from the best, if that is known.
pub(super) fn differences(report: &Simulated) -> Option<Sheet> {
    if report.paired.is_empty() {
        return None;
    }
    let rows = report.paired.iter().map(|pair| {
        [
            name(report, pair.figure),
            pair.best.to_owned(),
            pair.other.to_owned(),
            if pair.shown { "yes" } else { "no" }.to_owned(),
            pair.figure.text_of_interval(pair.difference),
        ]
    });
    let title = "Difference from the best, run by run (95% intervals; significant: p < 0.05 with Holm's correction for all \
        pairs of strategies)";
    let headers = ["figure", "best", "other", "significant", "difference"];
    Some(Sheet::of(&headers, 4, rows).titled(title))
}

/// What the tables call a figure.
fn name(report: &Simulated, figure: &Figure<Latency>) -> String {
    match report.setting.limit_ns {
        Some(limit) if figure == Latency::OVER_LIMIT => over(limit),
        _ => figure.heading.to_owned(),
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
