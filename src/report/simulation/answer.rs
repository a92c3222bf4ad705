//! Who is fastest, in a sentence.

use super::milliseconds;
use crate::report::words::{list, subject};
use crate::simulate::{Figures, Outcome, Report};

/// Who has the lowest p99, how far from the highest, and what of the requests that leaves out; nothing if no
/// request was finished.
pub(super) fn answer(report: &Report) -> Option<String> {
    let p99 = |outcome: &Outcome| Some(outcome.figures.latency.as_ref()?.p99_ns);
    let with = |time| {
        let same = report.results.iter().filter(move |o| p99(o) == Some(time));
        same.collect::<Vec<_>>()
    };
    let lowest = report.results.iter().filter_map(p99).min()?;
    let highest = report.results.iter().filter_map(p99).max()?;
    let (fastest, slowest) = (with(lowest), with(highest));
    let [low, high] = [lowest, highest].map(|time| milliseconds(time as f64));
    let on_average = match report.setting.repeat {
        Some(_) => " on average",
        None => "",
    };
    let who = names(&fastest);
    let mut said = if lowest == highest {
        format!(
            "99 % of the requests take at most {low} ms{on_average} under {}.",
            list(&who)
        )
    } else {
        format!(
            "{} fastest{on_average}: 99 % of the requests take at most {low} ms under {}, {high} ms under {}.",
            subject(&who, "is", "are"),
            if who.len() == 1 { "it" } else { "them" },
            list(&names(&slowest)),
        )
    };
    said.extend(fastest.into_iter().filter_map(unfinished));
    Some(said)
}

fn names(outcomes: &[&Outcome]) -> Vec<&'static str> {
    outcomes.iter().map(|outcome| outcome.algorithm).collect()
}

/// Whose times are not among those that are told.
fn unfinished(outcome: &Outcome) -> Option<String> {
    let Outcome {
        algorithm,
        figures:
            Figures {
                requests,
                rejected,
                failed,
                ..
            },
        ..
    } = outcome;
    let counts = [("rejects", *rejected), ("loses", *failed)];
    let counts = counts.into_iter().filter(|&(_, count)| count > 0);
    let told = counts.map(|(verb, count)| format!("{verb} {count}"));
    let told: Vec<_> = told.collect();
    let all = requests + rejected + failed;
    (!told.is_empty()).then(|| {
        format!(
            " {algorithm} {} of its {all} requests, whose times do not count.",
            list(&told)
        )
    })
}
