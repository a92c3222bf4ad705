//! What to know before the figures are used.

use evenkeel_algorithms::strategy::prequal;

use super::{overload, repeated};
use crate::figures::Skipped;
use crate::report::malformed::malformed_lines;
use crate::report::runs;
use crate::simulate::{AlgorithmFigures, Simulated};
use crate::text::{Nanoseconds, counted, weights_ignored};

/// What to know before the figures are used.
pub(super) fn caveats(report: &Simulated) -> Vec<String> {
    let malformed = malformed_lines(&report.setting.malformed);
    let skipped = report.skipped.iter().map(Skipped::note);
    let unmoved = report.setting.repeat.as_ref().and_then(runs::same_requests);
    let rough = (!report.setting.exact_quantiles).then(|| {
        "quantiles are from a histogram, at most 0.1% too high; all other figures are exact"
            .to_owned()
    });
    let probed = |result: &&AlgorithmFigures| result.algorithm == prequal::CARD.name;
    let probed = report.results.iter().find(probed).map(|_| {
        "prequal sends three probes a request; a backend answers at once with the median latency of the latest requests that \
         found about as many in flight"
            .to_owned()
    });
    let ignoring = report.results.iter();
    let ignoring = ignoring.filter(|result| result.figures.ignores_weights);
    let weights = weights_ignored(ignoring.map(|result| result.algorithm));
    malformed
        .into_iter()
        .chain(weights)
        .chain(skipped)
        .chain(unmoved)
        .chain(rough)
        .chain(probed)
        .chain(growing(report))
        .chain(unmeasured(report))
        .chain(without_effect(report))
        .chain(repeated::unfinished(report))
        .collect()
}

/// Whether queues grow as long as requests come.
fn growing(report: &Simulated) -> Option<String> {
    let is_over = |load: f64| load >= 1.;
    let which = if report.setting.load.is_some_and(is_over) {
        "backends cannot keep up with this offered load"
    } else if overload::is_overloaded(report) {
        "the queue of an overloaded backend grows as long as requests arrive"
    } else if report.by_load.iter().any(|at| is_over(at.load)) {
        "backends cannot keep up with offered loads of 1 and more"
    } else {
        return None;
    };
    Some(format!(
        "{which}: latencies depend on how many requests are simulated"
    ))
}

/// Which events begin during the warm-up.
fn unmeasured(report: &Simulated) -> Option<String> {
    if report.setting.warm_up == 0 {
        return None;
    }
    let from = report
        .results
        .iter()
        .map(|result| result.figures.measured_from_ns)
        .max()?;
    let turn = report.setting.turns.iter().find(|turn| turn.at < from)?;
    Some(format!(
        "the warm-up (the first {}, until {}) is not measured; events begin before that, at {} ({}); \
         `--warm-up 0` measures everything",
        counted(report.setting.warm_up, "request"),
        Nanoseconds(from),
        Nanoseconds(turn.at),
        turn.what.join("; ")
    ))
}

/// Which events come after the last request.
fn without_effect(report: &Simulated) -> Option<String> {
    let end = report
        .results
        .iter()
        .map(|result| result.figures.ended_ns)
        .max()?;
    let turn = report.setting.turns.iter().find(|turn| turn.at > end)?;
    Some(format!(
        "the last request is finished at {}; events from {} on have no effect ({})",
        Nanoseconds(end),
        Nanoseconds(turn.at),
        turn.what.join("; ")
    ))
}
