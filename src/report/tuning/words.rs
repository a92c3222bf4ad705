//! What a search found, in fixed phrases.

use crate::text::{counted, percent, thousands};
use crate::tune::{Goals, Range, Setting, Trial, Tuned};

pub(super) fn question(tuned: &Tuned) -> String {
    let Tuned {
        option, algorithm, ..
    } = tuned;
    format!("Which `{option}` does {algorithm} need?")
}

/// The setting, on how many seeds it does, and what it costs.
pub(super) fn answer(tuned: &Tuned) -> String {
    let seeds = tuned.goals.seeds();
    match (&tuned.line, &tuned.fresh) {
        (Some(line), Some(fresh)) => format!(
            "Use `{line}` for {seeds}{}. Cost: {}.",
            tuned.range.as_ref().map(range).unwrap_or_default(),
            cost(fresh)
        ),
        _ => format!("No `{}` meets the goal on {seeds}.", tuned.option),
    }
}

/// What the seeds leave open.
fn range(range: &Range) -> String {
    match (range.cheap, range.dear) {
        (Some(cheap), Some(dear)) => format!(" (range: {cheap} to {dear})"),
        (Some(cheap), None) => format!(" (range: from {cheap}; no upper end found)"),
        (None, Some(dear)) => format!(" (range: up to {dear})"),
        (None, None) => String::new(),
    }
}

/// What a setting costs: requests and keys that leave their backend, or memory.
fn cost(trial: &Trial) -> String {
    let Some(away) = trial.mean_away else {
        return format!("{} bytes of memory", thousands(trial.memory_bytes));
    };
    let moved = trial
        .worst_moved
        .map(|moved| format!("{} move with a backend more or less", percent(moved)));
    let away = format!("{} of requests leave their key's backend", percent(away));
    let costs: Vec<_> = [Some(away), moved].into_iter().flatten().collect();
    costs.join(", ")
}

/// How the answer was validated, what half of it does, and what chance gives.
pub(super) fn conclusions(tuned: &Tuned) -> Vec<String> {
    let Tuned { fresh, half, .. } = tuned;
    let range = tuned.range.as_ref().map(evidence);
    let validation = fresh.as_ref().map(|fresh| {
        format!(
            "Validation: meets the goal on {} held-out seeds; worst peak {:.4}.",
            of_seeds(fresh),
            fresh.worst_peak
        )
    });
    let half = match (half, fresh) {
        (Some(half), _) => Some(format!(
            "{} ({}): meets the goal on {} seeds; worst peak {:.4}.",
            if half.mean_away.is_some() {
                "Twice the excess"
            } else {
                "Half the size"
            },
            half.value,
            of_seeds(half),
            half.worst_peak
        )),
        (None, Some(_)) if tuned.in_flight.is_some() => {
            Some("The bound is never reached: no bound is needed.".to_owned())
        }
        _ => None,
    };
    let subsets = fresh.as_ref().and_then(|fresh| subsets(tuned, fresh));
    let chance = tuned.chance_peak_to_mean.map(|peak| chance(tuned, peak));
    [range, validation, half, subsets, chance]
        .into_iter()
        .flatten()
        .collect()
}

/// What the range is.
fn evidence(range: &Range) -> String {
    format!(
        "Range: what {} seeds leave open, with 95% confidence; take the costly end to be sure.",
        range.seeds
    )
}

/// In how many subsets a backend is: binomial, since each client draws for itself.
fn subsets(tuned: &Tuned, trial: &Trial) -> Option<String> {
    let (Some(instances), Setting::Size(size)) = (tuned.instances, trial.value) else {
        return None;
    };
    let (backends, size) = (tuned.backends as f64, size as f64);
    let mean = f64::from(instances) * size / backends;
    let deviation = ((1. - size / backends) / mean).sqrt();
    Some(format!(
        "Subsets: a backend is in {mean:.1} on average, standard deviation {}.",
        percent(deviation)
    ))
}

fn chance(tuned: &Tuned, peak: f64) -> String {
    let verdict = if peak > tuned.goals.peak_to_mean {
        "; a lower peak needs a strategy that uses the load"
    } else {
        ""
    };
    format!("Perfect hashing: peak {peak:.4} on this traffic{verdict}.")
}

/// The goal, and what it was measured on.
pub(super) fn setting(tuned: &Tuned) -> String {
    let Tuned {
        algorithm,
        backends,
        source,
        ..
    } = tuned;
    let instances = tuned
        .instances
        .map(|instances| format!(", {}", counted(instances, "load balancer")));
    let in_flight = tuned
        .in_flight
        .map(|in_flight| format!(", {} in flight", counted(in_flight as u64, "request")));
    let more: String = [instances, in_flight].into_iter().flatten().collect();
    let goals = goals(&tuned.goals);
    let backends = counted(*backends as u64, "backend");
    format!(
        "Goal: {goals}, on {}. Strategy: {algorithm} over {backends}. Traffic: {source}{more}.",
        tuned.goals.seeds()
    )
}

fn goals(goals: &Goals) -> String {
    let mut parts = vec![format!(
        "at most {} times the expected share on any backend",
        goals.peak_to_mean
    )];
    let memory = goals.memory_bytes;
    parts.extend(memory.map(|most| format!("at most {} bytes", thousands(most))));
    let away = goals.max_away;
    parts.extend(away.map(|most| format!("at most {} of requests away", percent(most))));
    let moved = goals.max_moved;
    parts.extend(
        moved.map(|most| format!("at most {} moved by a backend more or less", percent(most))),
    );
    parts.join(", ")
}

/// On how many seeds a setting meets the goal, such as `20 of 20`.
pub(super) fn of_seeds(trial: &Trial) -> String {
    format!("{} of {}", trial.met, trial.seeds)
}
