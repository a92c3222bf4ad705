//! The notes of a report over several runs.

use crate::figures::Repeat;

/// Says what the figures are means of; `redrawn` names what each run draws.
pub(super) fn means(repeat: &Repeat, redrawn: &str) -> String {
    let redrawn = match repeat.redrawn {
        true => format!(" and its own {redrawn}"),
        false => String::new(),
    };
    format!(
        "Means of {} runs, each with its own seed{redrawn}; ± is half of the 95% confidence interval (Student's t).",
        repeat.seeds.len()
    )
}

/// Says what the intervals do not cover where all runs have the same requests.
pub(super) fn same_requests(repeat: &Repeat) -> Option<String> {
    let said = "the requests are the same in every run; only the strategies' seed differs, so intervals do not cover \
        other requests, and a strategy without a seed has the same result in every run";
    (!repeat.redrawn).then(|| said.to_owned())
}
