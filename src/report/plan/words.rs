//! What a plan's figures mean, in fixed phrases.

use crate::plan::{AllSteps, BackendChange, End, Figures, Forecast, NO_BACKEND, Step};
use crate::report::malformed::malformed_lines;
use crate::text::{counted, named, percent, thousands};

/// Backends of a list that are named.
const NAMED: usize = 3;

/// What is compared, over which requests.
pub(super) fn setting(forecast: &Forecast) -> String {
    let Forecast {
        source,
        requests,
        keys,
        ..
    } = forecast;
    let [before, after] = [&forecast.before, &forecast.after].map(end);
    let sample = if forecast.sampled > 1 {
        "a sample of "
    } else {
        ""
    };
    let (requests, keys) = (counted(*requests, "request"), counted(*keys, "key"));
    format!("Before: {before}. After: {after}. Traffic: {requests}, {sample}{keys} ({source}).")
}

fn end(end: &End) -> String {
    let End {
        name,
        algorithm,
        backends,
        total_weight,
        ..
    } = end;
    let backends = counted(*backends as u64, "backend");
    let weight = thousands(*total_weight);
    format!("`{name}` ({algorithm}, {backends}, total weight {weight})")
}

/// How much moves, and how much of that is unavoidable.
pub(super) fn answer(forecast: &Forecast) -> String {
    let figures = &forecast.whole;
    let Figures {
        remap_ratio,
        remap_requests,
        ideal_remap,
        excess_remap,
        ..
    } = figures;
    if figures.flows.is_empty() {
        return unmoved(forecast).to_owned();
    }
    let (keys, requests) = (percent(*remap_ratio), percent(*remap_requests));
    let moves = match keys == requests {
        true => format!("{keys} of keys (and requests) move"),
        false => format!("{keys} of keys and {requests} of requests move"),
    };
    // Shares are never quite those of the weights, so that a little less than the minimum may move.
    let least = match remap_ratio < ideal_remap {
        true => "an exactly even spread would move",
        false => "the minimum is",
    };
    let needless = match *excess_remap > 0. {
        true => format!("{} of keys move", percent(*excess_remap)),
        false if forecast.sampled > 1 => "No sampled key moves".to_owned(),
        false => "No key moves".to_owned(),
    };
    let ideal = percent(*ideal_remap);
    format!("{moves}; {least} {ideal}. {needless} between unaffected backends.")
}

/// That no key moves from first to last, though steps between them may move some.
fn unmoved(forecast: &Forecast) -> &'static str {
    match largest_step(forecast).is_some_and(|step| step.figures.remap_ratio > 0.) {
        true => {
            "The first and the last state route every key to the same backend; steps between them move keys."
        }
        false => "No key moves.",
    }
}

/// Which backend has to warm up most, and what steps cost.
pub(super) fn conclusions(forecast: &Forecast) -> Vec<String> {
    let all = forecast.all_steps.as_ref();
    let steps = all.and_then(|all| steps(forecast, all));
    [steps, warm_up(&forecast.whole)]
        .into_iter()
        .flatten()
        .collect()
}

/// What to know before the figures are used: malformed lines, a sample of the keys, what is not measured.
pub(super) fn caveats(forecast: &Forecast) -> Vec<String> {
    let sampled = (forecast.sampled > 1).then(|| {
        format!(
            "figures of keys are from an even sample, one of every {}; those of requests are exact",
            thousands(forecast.sampled)
        )
    });
    let malformed = malformed_lines(&forecast.malformed);
    let caveats = malformed.into_iter().chain(sampled);
    caveats.chain(forecast.caveats.iter().cloned()).collect()
}

/// The backends that gain most that is new to them; of those that gain as much, the ones with the largest new share.
fn warm_up(figures: &Figures) -> Option<String> {
    let gain = |change: &BackendChange| {
        let requests = &change.requests;
        (requests.gained, requests.new_share().unwrap_or(0.))
    };
    let backends = || {
        let changes = figures.backends.iter();
        changes.filter(|change| change.backend != NO_BACKEND)
    };
    let (gained, new) = backends()
        .map(gain)
        .max_by(|a, b| a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)))
        .filter(|&(_, new)| new > 0.)?;
    let same = backends().filter(|change| gain(change) == (gained, new));
    let names: Vec<_> = same.map(|change| &*change.backend).collect();
    Some(format!(
        "Largest warm-up: {}, {} of requests new.",
        named(&names, NAMED),
        percent(new)
    ))
}

fn steps(forecast: &Forecast, all: &AllSteps) -> Option<String> {
    let largest = largest_step(forecast)?;
    let again = all.keys_moved_again as f64 / forecast.keys as f64;
    Some(format!(
        "{} steps: their moves add up to {} of keys, {} move more than once. Largest step: `{}`, {}.",
        forecast.steps.len(),
        percent(all.remap_ratio),
        percent(again),
        largest.change,
        percent(largest.figures.remap_ratio)
    ))
}

/// The step that moves most keys.
fn largest_step(forecast: &Forecast) -> Option<&Step> {
    forecast.steps.iter().max_by(|a, b| {
        let [a, b] = [a, b].map(|step| step.figures.remap_ratio);
        a.total_cmp(&b)
    })
}
