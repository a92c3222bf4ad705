//! What a search found, as bytes.

use anyhow::Result;

use super::Tuned;
use super::trial::{Goals, Trial};
use crate::cli::TuneFormat;
use crate::report::{Style, percent, sheet};

pub(super) fn render(tuned: &Tuned, format: TuneFormat) -> Result<Vec<u8>> {
    Ok(match format {
        TuneFormat::Table => table(tuned).into_bytes(),
        TuneFormat::Json => {
            let mut json = serde_json::to_vec_pretty(tuned)?;
            json.push(b'\n');
            json
        }
    })
}

fn table(tuned: &Tuned) -> String {
    let Tuned {
        algorithm,
        option,
        source,
        trials,
        ..
    } = tuned;
    let headers = [
        option,
        "mean peak",
        "worst peak",
        "worst moved",
        "memory bytes",
        "met",
    ];
    let rows = trials.iter().map(|trial| {
        [
            trial.value.to_string(),
            format!("{:.4}", trial.mean_peak),
            format!("{:.4}", trial.worst_peak),
            trial
                .worst_moved
                .map(|moved| format!("{moved:.4}"))
                .unwrap_or_default(),
            trial.memory_bytes.to_string(),
            of_seeds(trial),
        ]
    });
    let sheet = sheet(Style::Framed, &headers, 0, rows);
    let goals = goals(&tuned.goals);
    let said = conclusions(tuned).join("\n");
    format!("{algorithm} with {goals} on every seed ({source})\n\n{sheet}\n\n{said}\n")
}

fn goals(goals: &Goals) -> String {
    let mut parts = vec![format!(
        "a peak of at most {} times the share",
        goals.peak_to_mean
    )];
    parts.extend(goals.memory_bytes.map(|most| format!("{most} bytes")));
    let moved = goals.max_moved;
    parts.extend(moved.map(|most| format!("{} moved by a backend more or less", percent(most))));
    parts.join(", ")
}

fn of_seeds(trial: &Trial) -> String {
    format!("{} of {}", trial.met, trial.seeds)
}

fn conclusions(tuned: &Tuned) -> Vec<String> {
    let Tuned {
        algorithm, option, ..
    } = tuned;
    let mut lines = Vec::new();
    match (tuned.answer, &tuned.fresh) {
        (Some(answer), Some(fresh)) => lines.push(format!(
            "Answer: `options: {{ {algorithm}: {{ {option}: {answer} }} }}`. On seeds that it was not sought on it meets this on {}; the worst peak is {:.4}.",
            of_seeds(fresh),
            fresh.worst_peak
        )),
        _ => lines.push(format!("Answer: none; no `{option}` meets this on every seed.")),
    }
    if let Some(half) = &tuned.half {
        lines.push(format!(
            "Half: {} meets it on {}; the worst peak is {:.4}.",
            half.value,
            of_seeds(half),
            half.worst_peak
        ));
    }
    if let Some(chance) = tuned.chance_peak_to_mean {
        let asked = tuned.goals.peak_to_mean;
        let verdict = if chance > asked {
            "; less is luck, or takes a strategy that goes by the load"
        } else {
            ""
        };
        lines.push(format!(
            "Chance: perfect hashing has a peak of {chance:.4} on this workload{verdict}."
        ));
    }
    lines
}
