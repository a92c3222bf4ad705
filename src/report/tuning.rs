//! What a search for a setting found, in sentences and a table.

use crate::figures::{Columns, Figure, Measured};
use crate::sheet::{Sheet, Style, wrapped};
use crate::text::percent;
use crate::tune::{Goals, Setting, Trial, Tuned};

/// A table of what was tried, and the answer.
pub(crate) fn table(tuned: &Tuned, style: Style) -> String {
    let is_told = |figure: &Figure<Trial>| {
        let mut trials = tuned.trials.iter();
        trials.any(|trial| figure.of(trial).is_some())
    };
    let figures: Vec<_> = Trial::FIGURES
        .iter()
        .copied()
        .filter(|figure| is_told(figure))
        .collect();
    let row = |trial: &Trial| {
        Columns::default()
            .column(tuned.option, trial.value.to_string())
            .shown(&figures, Some(trial), None)
            .column("met", of_seeds(trial))
    };
    let sheet = Sheet::of_columns(0, tuned.trials.iter().map(row)).text(style);
    let Tuned {
        algorithm, source, ..
    } = tuned;
    let goals = goals(&tuned.goals);
    let setting = setting(tuned);
    let said = wrapped(&conclusions(tuned).join("\n"), style);
    let asked = format!("{algorithm} with {goals} on every seed ({source}{setting})");
    format!("{}\n\n{sheet}\n\n{said}\n", wrapped(&asked, style))
}

fn goals(goals: &Goals) -> String {
    let mut parts = vec![format!(
        "a peak of at most {} times the share",
        goals.peak_to_mean
    )];
    parts.extend(goals.memory_bytes.map(|most| format!("{most} bytes")));
    let away = goals.max_away;
    parts.extend(away.map(|most| format!("{} away from home", percent(most))));
    let moved = goals.max_moved;
    parts.extend(moved.map(|most| format!("{} moved by a backend more or less", percent(most))));
    parts.join(", ")
}

fn setting(tuned: &Tuned) -> String {
    let instances = tuned
        .instances
        .map(|instances| format!(", through {instances} load balancers"));
    let in_flight = tuned
        .in_flight
        .map(|in_flight| format!(", {in_flight} in flight"));
    [instances, in_flight].into_iter().flatten().collect()
}

fn of_seeds(trial: &Trial) -> String {
    format!("{} of {}", trial.met, trial.seeds)
}

fn conclusions(tuned: &Tuned) -> Vec<String> {
    let mut lines = Vec::new();
    match (&tuned.line, &tuned.fresh) {
        (Some(line), Some(fresh)) => lines.push(format!(
            "Answer: `{line}`. On seeds that it was not sought on it meets this on {}; the worst peak is {:.4}{}.",
            of_seeds(fresh),
            fresh.worst_peak,
            why(tuned, fresh)
        )),
        _ => lines.push(format!(
            "Answer: none; no `{}` meets this on every seed.",
            tuned.option
        )),
    }
    match (&tuned.half, &tuned.fresh) {
        (Some(half), _) => lines.push(format!(
            "Half: {} meets it on {}; the worst peak is {:.4}{}.",
            half.value,
            of_seeds(half),
            half.worst_peak,
            why(tuned, half)
        )),
        (None, Some(_)) if tuned.in_flight.is_some() => lines.push(
            "Half: none; the answer is so loose that it is never reached, so that no bound is needed."
                .to_owned(),
        ),
        _ => {}
    }
    lines.extend(tuned.chance_peak_to_mean.map(|peak| chance(tuned, peak)));
    lines
}

/// Where the peak comes from, if that can be told.
fn why(tuned: &Tuned, trial: &Trial) -> String {
    if let (Some(instances), Setting::Size(size)) = (tuned.instances, trial.value) {
        return subsets(tuned.backends as f64, f64::from(instances), size as f64);
    }
    let away = trial.mean_away;
    away.map(|away| {
        format!(
            ", and {} of the requests go elsewhere than home",
            percent(away)
        )
    })
    .unwrap_or_default()
}

/// In how many subsets a backend is: binomial, since each client draws for itself.
fn subsets(backends: f64, instances: f64, size: f64) -> String {
    let mean = instances * size / backends;
    let deviation = ((1. - size / backends) / mean).sqrt();
    format!(
        ", since a backend is in {mean:.1} subsets, give or take {}",
        percent(deviation)
    )
}

fn chance(tuned: &Tuned, peak: f64) -> String {
    let verdict = if peak > tuned.goals.peak_to_mean {
        "; less is luck, or takes a strategy that goes by the load"
    } else {
        ""
    };
    format!("Chance: perfect hashing has a peak of {peak:.4} on this workload{verdict}.")
}
