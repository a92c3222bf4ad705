//! What was measured for some advice, as tables and as CSV.

use anyhow::Result;

use crate::advise::{Goal, Ranked, Recommendation, Standing, Trial};
use crate::figures::{Columns, Figure, Interval, Measured};
use crate::report::csv::csv as written;
use crate::sheet::Sheet;
use crate::simulate::Latency;
use crate::text::percent;

/// How far each is from the lowest, on one screen; none if nothing was measured.
pub(super) fn brief(advice: &Recommendation) -> Option<Sheet> {
    let row = |ranked: &Ranked| {
        let goal = match advice.goal {
            Goal::Mean => latency(Latency::MEAN_NS, ranked.trial.mean_ns),
            Goal::P99 | Goal::Misses => latency(Latency::P99_NS, ranked.trial.p99_ns),
        };
        strategy(ranked)
            .columns([goal])
            .columns(hits(advice, ranked))
            .column(
                "vs lowest",
                ranked
                    .above_the_lowest
                    .map_or_else(String::new, |above| plus(above.mean)),
            )
            .column("finding", finding(ranked))
    };
    table(advice, row)
}

/// How far each is from the lowest; none if nothing was measured.
pub(super) fn evidence(advice: &Recommendation) -> Option<Sheet> {
    let row = |ranked: &Ranked| {
        strategy(ranked)
            .columns([
                latency(Latency::P99_NS, ranked.trial.p99_ns),
                latency(Latency::MEAN_NS, ranked.trial.mean_ns),
            ])
            .columns(hits(advice, ranked))
            .column(
                "vs lowest",
                ranked.above_the_lowest.map(interval).unwrap_or_default(),
            )
            .column("finding", finding(ranked))
    };
    let note = format!(
        "vs lowest: geometric mean of the ratios of {} run by run, with its 95% interval; means may rank otherwise.",
        advice.goal
    );
    Some(
        table(advice, row)?
            .titled("Latency, including waiting")
            .noted(note),
    )
}

/// What each costs besides; none if nothing was measured.
pub(super) fn costs(advice: &Recommendation) -> Option<Sheet> {
    let figures = [
        Trial::MAX_OFFERED_LOAD,
        Trial::BUSIEST,
        Trial::FAILED,
        Trial::MOVED,
        Trial::NEEDLESS,
        Trial::MEMORY_BYTES,
    ];
    let row = |ranked: &Ranked| strategy(ranked).shown(&figures, Some(&ranked.trial), None);
    Some(table(advice, row)?.titled("Other costs").noted(
        "max offered: the highest offered load of a backend. busiest: share of the time that the busiest backend is busy. failed: requests lost at a stopped backend. moved: \
         keys that move with a backend more or less; needless: between unaffected backends.",
    ))
}

/// The strategies that were not measured or not ranked, and why.
pub(super) fn excluded(advice: &Recommendation) -> Option<Sheet> {
    let rows = advice
        .excluded
        .iter()
        .map(|excluded| [excluded.candidate.clone(), excluded.reason.clone()]);
    let sheet = Sheet::of(&["strategy", "reason"], 2, rows).titled("Excluded strategies");
    (!sheet.rows.is_empty()).then_some(sheet)
}

/// What would be recommended with one need changed.
pub(super) fn what_ifs(advice: &Recommendation) -> Option<Sheet> {
    let rows = advice.what_ifs.iter().map(|answer| {
        let (recommended, why) = match (&answer.recommended, answer.changes) {
            (Some(other), true) => (&**other, &*answer.decided_by),
            (None, true) => ("none", &*answer.decided_by),
            (_, false) => ("no change", "no significant difference"),
        };
        [&answer.need, recommended, why].map(str::to_owned)
    });
    let sheet = Sheet::of(&["need", "recommended", "why"], 3, rows)
        .titled("What would change the advice")
        .noted("Each need changed by itself, measured with a fifth of the requests.");
    (!sheet.rows.is_empty()).then_some(sheet)
}

/// A column of an interval: what its name ends in, and what it has.
type End = (&'static str, fn(Interval) -> f64);

/// The columns of an interval.
const ENDS: [End; 3] = [
    ("", |interval| interval.mean),
    ("_low", |interval| interval.low),
    ("_high", |interval| interval.high),
];

/// One row a strategy, the best first.
pub(super) fn csv(advice: &Recommendation) -> Result<Vec<u8>> {
    let row = |ranked: Option<&Ranked>| {
        let interval = |name: &str, of: fn(&Ranked) -> Option<Interval>| {
            let interval = ranked.and_then(of);
            ENDS.map(|(end, value)| {
                let text = interval.map(|interval| value(interval).to_string());
                (format!("{name}{end}"), text.unwrap_or_default())
            })
        };
        Columns::default()
            .column(
                "strategy",
                ranked.map_or("", |ranked| &ranked.trial.candidate),
            )
            .columns(interval("mean_ns", |ranked| Some(ranked.trial.mean_ns)))
            .columns(interval("p99_ns", |ranked| Some(ranked.trial.p99_ns)))
            .exact("", Trial::FIGURES, ranked.map(|ranked| &ranked.trial))
            .columns(interval("above_the_lowest", |ranked| {
                ranked.above_the_lowest
            }))
    };
    written(
        &row(None),
        advice.evidence.iter().map(|ranked| row(Some(ranked))),
    )
}

/// How far a goal is above the lowest, in words and figures: `2.0% (-1.1 to 5.0) above the lowest, as good`.
pub(super) fn distance(ranked: &Ranked) -> String {
    match ranked.above_the_lowest {
        None => "the lowest".to_owned(),
        Some(above) => match ranked.standing {
            Standing::Higher => format!("{} above the lowest", interval(above)),
            _ => format!("{} above the lowest, {}", interval(above), finding(ranked)),
        },
    }
}

fn table(advice: &Recommendation, row: impl Fn(&Ranked) -> Columns) -> Option<Sheet> {
    let sheet = Sheet::of_columns(1, advice.evidence.iter().map(row));
    (!sheet.rows.is_empty()).then_some(sheet)
}

fn strategy(ranked: &Ranked) -> Columns {
    Columns::default().column("strategy", ranked.trial.candidate.as_str())
}

fn latency(figure: &Figure<Latency>, interval: Interval) -> (String, String) {
    (
        format!("{} ms", figure.heading),
        figure.text_of_interval(interval),
    )
}

/// The hits, if there are caches.
fn hits(advice: &Recommendation, ranked: &Ranked) -> Option<(String, String)> {
    let has_hits = advice
        .evidence
        .iter()
        .any(|ranked| ranked.trial.hit_ratio.is_some());
    has_hits.then(|| {
        let hits = Trial::HIT_RATIO;
        (
            hits.heading.to_owned(),
            hits.cell(Some(&ranked.trial), None),
        )
    })
}

const fn finding(ranked: &Ranked) -> &'static str {
    match (ranked.above_the_lowest, ranked.standing) {
        (None, _) => "lowest",
        (Some(_), Standing::AsGood) => "as good",
        (Some(_), Standing::Unclear) => "not significant",
        (Some(_), Standing::Higher) => "higher",
    }
}

/// A part of the lowest, such as `+12.0%`.
fn plus(part: f64) -> String {
    let sign = if part < 0. { "" } else { "+" };
    format!("{sign}{}", percent(part))
}

/// A part of the lowest with its interval, such as `12.0% (8.1 to 16.0)`.
fn interval(of: Interval) -> String {
    let [mean, low, high] = [of.mean, of.low, of.high].map(|part| part * 100.);
    format!("{mean:.1}% ({low:.1} to {high:.1})")
}
