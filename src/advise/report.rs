//! The advice as bytes.

use anyhow::Result;

use super::Advice;
use super::decision::{Ranked, Standing};
use super::needs::Needs;
use super::trial::Trial;
use crate::cli::AdviseFormat;
use crate::figures::{Columns, Interval};
use crate::report::{Sheet, Style, json, paragraphs, percent};
use crate::simulate::Latency;

pub(super) fn render(advice: &Advice, format: AdviseFormat) -> Result<Vec<u8>> {
    Ok(match format {
        AdviseFormat::Text => text(advice).into_bytes(),
        AdviseFormat::Json => json(advice)?,
    })
}

fn text(advice: &Advice) -> String {
    let mut parts = vec![
        format!("Needed: {}; to be low: {}", advice.needs, advice.goal),
        recommendation(advice),
        evidence(advice).text(Style::Framed),
    ];
    if !advice.evidence.is_empty() {
        parts.push(costs(advice).text(Style::Framed));
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

fn recommendation(advice: &Advice) -> String {
    let [first, rest @ ..] = &advice.evidence[..] else {
        return "Recommended: none; nobody meets these needs".to_owned();
    };
    let mut lines = vec![format!(
        "Recommended: {}; {}",
        first.trial.candidate, advice.decided_by
    )];
    if let Some(second) = rest.first() {
        lines.push(format!(
            "Runner-up: {}, {}",
            second.trial.candidate,
            distance(advice, second)
        ));
    }
    lines.join("\n")
}

/// How far a trial is from the best.
fn distance(advice: &Advice, ranked: &Ranked) -> String {
    let goal = advice.goal;
    match (ranked.above_the_lowest, ranked.standing) {
        (None, _) => format!("whose {goal} is the lowest of all"),
        (Some(above), Standing::AsGood) => {
            format!("whose {goal} is as good: {} above the lowest", part(above))
        }
        (Some(above), Standing::Unclear) => {
            format!(
                "whose {goal} shows no difference from the lowest ({})",
                part(above)
            )
        }
        (Some(above), Standing::Higher) => {
            format!("whose {goal} is {} above the lowest", part(above))
        }
    }
}

/// A part of the lowest with its interval, such as `12.0 % (8.1 to 16.0)`.
fn part(of: Interval) -> String {
    let [mean, low, high] = [of.mean, of.low, of.high].map(|part| part * 100.);
    format!("{mean:.1} % ({low:.1} to {high:.1})")
}

/// Who is how far from the lowest.
fn evidence(advice: &Advice) -> Sheet {
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
fn costs(advice: &Advice) -> Sheet {
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

/// What is to be known before the advice is believed.
pub(super) fn caveats(needs: &Needs, is_traced: bool, evidence: &[Ranked]) -> Vec<String> {
    let overload = (!is_traced && needs.load.0 >= 1.).then(|| {
        "The backends cannot keep up with this load: how long requests take depends on how many there are."
            .to_owned()
    });
    let first = needs.fleet.first().filter(|_| needs.fleet.len() > 1);
    let fleet = first.map(|first| {
        format!("Only the ways of {first} are weighed; the other programs have their own.")
    });
    let caveats = [overload, fleet, hits(evidence), losses(evidence)];
    caveats.into_iter().flatten().collect()
}

/// Who has more hits than the recommended, where that matters.
fn hits(evidence: &[Ranked]) -> Option<String> {
    const MUCH: f64 = 0.05;
    let hits = |ranked: &Ranked| ranked.trial.hit_ratio;
    let own = hits(evidence.first()?)?;
    let all = evidence
        .iter()
        .filter_map(|ranked| Some((hits(ranked)?, ranked)));
    let (most, ranked) = all.max_by(|a, b| a.0.total_cmp(&b.0))?;
    (most > own + MUCH).then(|| {
        format!(
            "Mind the caches: with {} {} of the requests hit, with the recommended {}; `goal: misses` goes by that.",
            ranked.trial.candidate,
            percent(most),
            percent(own)
        )
    })
}

/// Who loses fewer requests than the recommended, where that matters.
fn losses(evidence: &[Ranked]) -> Option<String> {
    const MUCH: f64 = 0.001;
    let own = evidence.first()?.trial.failed;
    let least = evidence
        .iter()
        .min_by(|a, b| a.trial.failed.total_cmp(&b.trial.failed))?;
    (own > least.trial.failed + MUCH).then(|| {
        format!(
            "Mind the losses: {} loses {} of the requests, the recommended {}, which no goal goes by: a backend that \
             fails at once looks idle.",
            least.trial.candidate,
            percent(least.trial.failed),
            percent(own)
        )
    })
}

fn out(advice: &Advice) -> String {
    advice
        .excluded
        .iter()
        .map(|out| format!("Out: {}: {}", out.candidate, out.reason))
        .collect::<Vec<_>>()
        .join("\n")
}

fn fleet(advice: &Advice) -> String {
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

fn what_ifs(advice: &Advice) -> String {
    let recommended = advice.recommended.as_deref().unwrap_or("nobody");
    let lines = advice.what_ifs.iter().map(|answer| {
        let need = &answer.need;
        match (&answer.recommended, answer.changes) {
            (Some(other), true) => format!("  {need}: {other}; {}", answer.decided_by),
            (None, true) => format!("  {need}: {}", answer.decided_by),
            (_, false) => format!("  {need}: {recommended} stays; nobody is shown to be better"),
        }
    });
    let lines: Vec<_> = lines.collect();
    format!(
        "What would change the answer, each measured by itself with a fifth of the requests:\n{}",
        lines.join("\n")
    )
}
