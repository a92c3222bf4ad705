//! What to know before the figures are used.

use evenkeel_algorithms::Feedback;
use evenkeel_algorithms::strategy::{peak_ewma, power_of_two_choices, prequal, random};

use crate::compare::Comparison;
use crate::figures::Skipped;
use crate::report::malformed::malformed_lines;
use crate::report::runs;
use crate::text::weights_ignored;
use crate::workload::Malformed;

/// What to know before the figures are used.
pub(super) fn caveats(comparison: &Comparison) -> Vec<String> {
    let workload = &comparison.workload;
    let malformed = malformed_lines(&Malformed {
        lines: workload.malformed_lines,
        without_key: workload.malformed_without_key,
        without_times: workload.malformed_without_times,
        first: workload
            .first_malformed_line
            .zip(workload.first_malformed_fault),
    });
    let same = workload.repeat.as_ref().and_then(runs::same_requests);
    let skipped = comparison.skipped.iter().map(Skipped::note);
    let ignoring = comparison.results.iter().filter(|of| of.ignores_weights);
    let weights = weights_ignored(ignoring.map(|of| of.algorithm));
    malformed
        .into_iter()
        .chain(weights)
        .chain(same)
        .chain(skipped)
        .chain(unfed(comparison))
        .collect()
}

/// Strategies that need more than a comparison provides.
fn unfed(comparison: &Comparison) -> impl Iterator<Item = String> {
    // What ours pick as without it.
    let alike = [
        (&peak_ewma::CARD, &power_of_two_choices::CARD),
        (&prequal::CARD, &random::CARD),
    ];
    comparison.results.iter().filter_map(move |result| {
        let what = match result.feedback {
            Feedback::Latencies => "latencies",
            Feedback::Reports => "probe responses",
            _ => return None,
        };
        let name = result.algorithm;
        let other = alike.iter().find(|(own, _)| own.name == name);
        let instead = other.map_or(String::new(), |(_, other)| {
            format!("; here it picks like {other}")
        });
        Some(format!(
            "{name} needs {what}, which only `simulate` provides{instead}"
        ))
    })
}
