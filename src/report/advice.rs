//! Advice in sentences and tables.

use crate::advise::{Ranked, Recommendation, Standing, Trial};
use crate::figures::{Columns, Interval};
use crate::sheet::{Sheet, Style, paragraphs};
use crate::simulate::Latency;
use crate::text::percent;

/// Sentences, a table of the evidence, and the config.
pub(crate) fn text(advice: &Recommendation, style: Style) -> String {
    let mut parts = vec![
        format!("Needed: {}; to be low: {}", advice.needs, advice.goal),
        recommendation(advice),
        evidence(advice).text(style),
    ];
    if !advice.evidence.is_empty() {
        parts.push(costs(advice).text(style));
    }
    parts.push(advice.caveats.join("\n"));
    if !advice.scenario.is_empty() {
        parts.push(format!("Meanwhile:\n\n{}", advice.scenario.trim_end()));
    }
    parts.push(out(advice));
    parts.push(fleet(advice));
    parts.push(what_ifs(advice));
    if let Some(config) = &advice.config {
        parts.push(format!("The config:\n\n{}", config.trim_end()));
    }
    paragraphs(parts) + "\n"
}

fn recommendation(advice: &Recommendation) -> String {
    let [first, rest @ ..] = &advice.evidence[..] else {
        return "Recommended: none; no strategy meets these needs".to_owned();
    };
    let mut lines = vec![format!(
        "Recommended: {}; {}",
        first.trial.candidate, advice.decided_by
    )];
    if let Some(second) = rest.first() {
        lines.push(format!(
            "Runner-up: {}; {}",
            second.trial.candidate,
            distance(advice, second)
        ));
    }
    lines.join("\n")
}

/// How far a trial is from the best.
fn distance(advice: &Recommendation, ranked: &Ranked) -> String {
    let goal = advice.goal;
    match (ranked.above_the_lowest, ranked.standing) {
        (None, _) => format!("its {goal} is the lowest of all"),
        (Some(above), Standing::AsGood) => {
            format!("its {goal} is as good: {} above the lowest", part(above))
        }
        (Some(above), Standing::Unclear) => {
            format!(
                "its {goal} shows no difference from the lowest ({})",
                part(above)
            )
        }
        (Some(above), Standing::Higher) => {
            format!("its {goal} is {} above the lowest", part(above))
        }
    }
}

/// A part of the lowest with its interval, such as `12.0 % (8.1 to 16.0)`.
fn part(of: Interval) -> String {
    let [mean, low, high] = [of.mean, of.low, of.high].map(|part| part * 100.);
    format!("{mean:.1} % ({low:.1} to {high:.1})")
}

/// How far each is from the lowest.
fn evidence(advice: &Recommendation) -> Sheet {
    let has_hits = advice
        .evidence
        .iter()
        .any(|ranked| ranked.trial.hit_ratio.is_some());
    let mut headers = vec!["strategy", "p99 ms", "mean ms"];
    headers.extend(has_hits.then_some(Trial::HIT_RATIO.heading));
    headers.extend(["above the lowest", "finding"]);
    let rows = advice.evidence.iter().map(|ranked| {
        let trial = &ranked.trial;
        let mut row = vec![
            trial.candidate.clone(),
            Latency::P99_NS.text_of_interval(trial.p99_ns),
            Latency::MEAN_NS.text_of_interval(trial.mean_ns),
        ];
        row.extend(has_hits.then(|| Trial::HIT_RATIO.cell(Some(trial), None)));
        row.push(ranked.above_the_lowest.map(part).unwrap_or_default());
        row.push(
            match (ranked.above_the_lowest, ranked.standing) {
                (None, _) => "lowest",
                (Some(_), Standing::AsGood) => "as good",
                (Some(_), Standing::Unclear) => "no difference shown",
                (Some(_), Standing::Higher) => "higher",
            }
            .to_owned(),
        );
        row
    });
    let note = format!(
        "Above the lowest: by the ratios of {} run by run, in which one bad run does not outweigh the others; \
         means may rank otherwise.",
        advice.goal
    );
    Sheet::of(&headers, 1, rows)
        .titled(format!("Evidence: ten runs of {}", advice.source))
        .noted(note)
}

/// What each costs beside that.
fn costs(advice: &Recommendation) -> Sheet {
    let figures = [
        Trial::BUSIEST,
        Trial::FAILED,
        Trial::MOVED,
        Trial::NEEDLESS,
        Trial::MEMORY_BYTES,
    ];
    let row = |Ranked { trial, .. }: &Ranked| {
        Columns::default()
            .column("strategy", trial.candidate.as_str())
            .shown(&figures, Some(trial), None)
    };
    Sheet::of_columns(1, advice.evidence.iter().map(row)).titled(
        "Beside that (the busiest backend's share of the time; requests lost at one that stopped; keys that a \
         backend more or less moves; what the strategy holds)",
    )
}

fn out(advice: &Recommendation) -> String {
    advice
        .excluded
        .iter()
        .map(|out| format!("Out: {}: {}", out.candidate, out.reason))
        .collect::<Vec<_>>()
        .join("\n")
}

fn fleet(advice: &Recommendation) -> String {
    let lines = advice.fleet.iter().map(|agreement| {
        let [one, other] = &agreement.programs;
        let [way, other_way] = agreement.algorithms;
        let verdict = if agreement.share == 1. {
            "so they can share clients"
        } else {
            "so let one of them pick for all, or each client will be known in several places"
        };
        format!(
            "Fleet: {one} and {other} agree most with {way} and {other_way}: on {} of the keys; {verdict}",
            percent(agreement.share)
        )
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn what_ifs(advice: &Recommendation) -> String {
    let recommended = advice.recommended.as_deref().unwrap_or("none");
    let lines = advice.what_ifs.iter().map(|answer| {
        let need = &answer.need;
        match (&answer.recommended, answer.changes) {
            (Some(other), true) => format!("  {need}: {other}; {}", answer.decided_by),
            (None, true) => format!("  {need}: {}", answer.decided_by),
            (_, false) => format!("  {need}: {recommended} stays; no significant difference"),
        }
    });
    let lines: Vec<_> = lines.collect();
    format!(
        "What would change the answer, each measured by itself with a fifth of the requests:\n{}",
        lines.join("\n")
    )
}
