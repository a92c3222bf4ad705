//! What is to be known before the figures are believed.

use evenkeel_algorithms::strategy::prequal;

use super::repeated;
use crate::report::findings;
use crate::report::words::malformed_lines;
use crate::simulate::{AlgorithmFigures, Simulated};
use crate::text::Nanoseconds;

/// What is to be known before the figures are believed.
pub(super) fn caveats(report: &Simulated) -> Vec<String> {
    let malformed = malformed_lines(&report.setting.malformed);
    let skipped = report
        .skipped
        .iter()
        .map(|skip| format!("{} is left out: {}", skip.algorithm, skip.reason));
    let unmoved = report.setting.repeat.as_ref().and_then(findings::unmoved);
    let rough = (!report.setting.exact_quantiles).then(|| {
        "quantiles are those of a histogram, at most a thousandth too long; all else is exact"
            .to_owned()
    });
    let probed = |result: &&AlgorithmFigures| result.algorithm == prequal::CARD.name;
    let probed = report.results.iter().find(probed).map(|_| {
        "prequal probes three backends a request, which answer at once with the time that their last request took"
            .to_owned()
    });
    malformed
        .into_iter()
        .chain(skipped)
        .chain(unmoved)
        .chain(rough)
        .chain(probed)
        .chain(overload(report))
        .chain(unmeasured(report))
        .chain(unhappened(report))
        .chain(repeated::unfinished(report))
        .collect()
}

/// Where the queues grow as long as requests come.
fn overload(report: &Simulated) -> Option<String> {
    let is_over = |load: f64| load >= 1.;
    let which = if report.setting.load.is_some_and(is_over) {
        "this load"
    } else if report.by_load.iter().any(|told| is_over(told.load)) {
        "loads of 1 and more"
    } else {
        return None;
    };
    Some(format!(
        "the backends cannot keep up with {which}: how long requests take depends on how many there are"
    ))
}

/// Which events fall into the warm-up.
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
        "the first {} requests are a warm-up that is not measured, until {}; events begin before that, at {} ({}); \
         --warm-up 0 measures all",
        report.setting.warm_up,
        Nanoseconds(from),
        Nanoseconds(turn.at),
        turn.what.join("; ")
    ))
}

/// Which events no request was there for.
fn unhappened(report: &Simulated) -> Option<String> {
    let end = report
        .results
        .iter()
        .map(|result| result.figures.ended_ns)
        .max()?;
    let turn = report.setting.turns.iter().find(|turn| turn.at > end)?;
    Some(format!(
        "the last request is finished at {}; from {} on nothing happens ({})",
        Nanoseconds(end),
        Nanoseconds(turn.at),
        turn.what.join("; ")
    ))
}
