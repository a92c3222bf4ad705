//! What several runs of a simulation add: intervals, differences, and sentences about them.

use super::cells::{has_failed, over};
use crate::report::findings;
use crate::sheet::Sheet;
use crate::simulate::{Difference, Intervals, Measure, Outcome, Report};
use crate::statistics::Interval;

/// What the CSV adds: the ends of the intervals.
pub(super) const COLUMNS: &[&str] = &[
    "mean_ns_low",
    "mean_ns_high",
    "p50_ns_low",
    "p50_ns_high",
    "p90_ns_low",
    "p90_ns_high",
    "p99_ns_low",
    "p99_ns_high",
    "p999_ns_low",
    "p999_ns_high",
    "max_ns_low",
    "max_ns_high",
    "over_limit_low",
    "over_limit_high",
    "rejected_low",
    "rejected_high",
    "rejected_share",
    "rejected_share_low",
    "rejected_share_high",
    "failed_share",
    "failed_share_low",
    "failed_share_high",
    "hit_ratio_low",
    "hit_ratio_high",
];

/// The cells below them.
pub(super) fn cells(all: &Intervals) -> Vec<String> {
    let intervals = [
        all.mean_ns,
        all.p50_ns,
        all.p90_ns,
        all.p99_ns,
        all.p999_ns,
        all.max_ns,
        all.over_limit,
        Some(all.rejected),
    ];
    let ends = intervals
        .into_iter()
        .flat_map(|interval| [interval.map(|of| of.low), interval.map(|of| of.high)]);
    let shares = [all.rejected_share, all.failed_share].into_iter();
    let shares = shares.flat_map(|of| [of.mean, of.low, of.high].map(Some));
    let hits = [
        all.hit_ratio.map(|of| of.low),
        all.hit_ratio.map(|of| of.high),
    ];
    ends.chain(shares)
        .chain(hits)
        .map(|end| end.map(|end| end.to_string()).unwrap_or_default())
        .collect()
}

/// What comparing times leaves out.
pub(super) fn unfinished(report: &Report) -> Option<String> {
    (!report.paired.is_empty() && (rejects(report) || has_failed(report))).then(|| {
        "the times are those of the requests that were finished: who rejects or loses more may be faster only for that"
            .to_owned()
    })
}

/// The times; intervals where there is room for them.
pub(super) fn latencies(report: &Report) -> Sheet {
    let headers = ["algorithm", "mean", "p50", "p90", "p99", "p99.9", "max"];
    let rows = measured(report).map(|(outcome, intervals)| {
        let precise = |interval: Option<Interval>| interval.map(milliseconds);
        let short = |interval: Option<Interval>| interval.map(|of| format!("{:.3}", of.mean / 1e6));
        let cells = [
            precise(intervals.mean_ns),
            short(intervals.p50_ns),
            short(intervals.p90_ns),
            precise(intervals.p99_ns),
            short(intervals.p999_ns),
            short(intervals.max_ns),
        ];
        let name = [outcome.algorithm.to_owned()];
        name.into_iter().chain(cells.map(Option::unwrap_or_default))
    });
    Sheet::of(&headers, 1, rows)
}

/// Who is over the limit or rejected; none if there is no limit and nobody is rejected, or of one run.
pub(super) fn shares(report: &Report) -> Option<Sheet> {
    let over = report.setting.limit_ns.map(over);
    let (rejects, loses, hits) = (
        rejects(report),
        has_failed(report),
        report.setting.cache.is_some(),
    );
    if report.setting.repeat.is_none() || over.is_none() && !rejects && !loses && !hits {
        return None;
    }
    let mut headers = vec!["algorithm"];
    headers.extend(over.as_deref());
    headers.extend(
        rejects
            .then_some(["rejected", "share"])
            .into_iter()
            .flatten(),
    );
    headers.extend(loses.then_some("failed"));
    headers.extend(hits.then_some("hits"));
    let rows = measured(report).map(|(outcome, intervals)| {
        let mut row = vec![outcome.algorithm.to_owned()];
        let share = |of: Option<Interval>| of.map(percent).unwrap_or_default();
        row.extend(over.as_ref().map(|_| share(intervals.over_limit)));
        if rejects {
            row.push(with_half(intervals.rejected, 1., 1));
            row.push(percent(intervals.rejected_share));
        }
        row.extend(loses.then(|| percent(intervals.failed_share)));
        row.extend(hits.then(|| share(intervals.hit_ratio)));
        row
    });
    let title = "Shares of the requests (over a limit: of those finished; hits: of those with a key; else of all)";
    Some(Sheet::of(&headers, 1, rows).titled(title))
}

/// How the best differ from the others, if that is known.
pub(super) fn differences(report: &Report) -> Option<Sheet> {
    if report.paired.is_empty() {
        return None;
    }
    let rows = report.paired.iter().map(|told| {
        [
            figure(report, told.figure),
            told.best.to_owned(),
            match told.shown {
                true => better(told.figure),
                false => "no difference shown",
            }
            .to_owned(),
            told.other.to_owned(),
            match told.figure {
                Measure::OverLimit => percent(told.difference),
                Measure::MeanNs | Measure::P99Ns => milliseconds(told.difference),
            },
        ]
    });
    let title = "How much longer do the others take? (run by run; each 95 % interval is by itself)";
    let headers = ["of", "best", "finding", "other", "difference"];
    Some(Sheet::of(&headers, 4, rows).titled(title))
}

/// A sentence a figure: from whom the best differs.
pub(super) fn conclusions(report: &Report) -> Vec<String> {
    let of_one = report.paired.chunk_by(|a, b| a.figure == b.figure);
    let sentence = |told: &[Difference]| {
        let Difference { figure, best, .. } = told[0];
        let others = told.iter().map(|told| (told.other, told.shown));
        let found = findings::against(better(figure), &others.collect::<Vec<_>>());
        let figure = self::figure(report, figure);
        format!("Run by run ({figure}): {best} {found}.")
    };
    of_one.map(sentence).collect()
}

/// What the tables call a figure.
fn figure(report: &Report, measure: Measure) -> String {
    match measure {
        Measure::MeanNs => "mean".to_owned(),
        Measure::P99Ns => "p99".to_owned(),
        Measure::OverLimit => report.setting.limit_ns.map(over).unwrap_or_default(),
    }
}

const fn better(measure: Measure) -> &'static str {
    match measure {
        Measure::MeanNs | Measure::P99Ns => "is faster than",
        Measure::OverLimit => "is over it less than",
    }
}

/// Whether some request was rejected in some run.
fn rejects(report: &Report) -> bool {
    measured(report).any(|(_, intervals)| intervals.rejected.mean > 0.)
}

fn measured(report: &Report) -> impl Iterator<Item = (&Outcome, &Intervals)> {
    let results = report.results.iter();
    results.filter_map(|outcome| Some((outcome, outcome.intervals.as_ref()?)))
}

fn milliseconds(interval: Interval) -> String {
    with_half(interval, 1e6, 3)
}

fn percent(share: Interval) -> String {
    with_half(share, 0.01, 2) + " %"
}

/// The mean and half of the interval's width, in a unit.
fn with_half(interval: Interval, unit: f64, decimals: usize) -> String {
    let (mean, half) = (interval.mean / unit, interval.half_width() / unit);
    format!("{mean:.decimals$} ± {half:.decimals$}")
}
