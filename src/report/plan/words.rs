//! What a plan's figures mean, in sentences.

use crate::plan::{AllSteps, BackendChange, End, Figures, Forecast, NO_BACKEND};
use crate::report::words::malformed_lines;
use crate::text::{list, percent};

/// What is compared, over which requests.
pub(super) fn setting(forecast: &Forecast) -> String {
    let Forecast {
        source,
        requests,
        keys,
        ..
    } = forecast;
    let [before, after] = [&forecast.before, &forecast.after].map(end);
    let of = if forecast.sampled > 1 {
        "a sample of "
    } else {
        ""
    };
    format!(
        "From {before} to {after}: {requests} requests with {of}{keys} distinct keys ({source})"
    )
}

fn end(end: &End) -> String {
    let End {
        name,
        algorithm,
        backends,
        total_weight,
    } = end;
    format!("`{name}` ({algorithm}, {backends} backends of total weight {total_weight})")
}

/// The sentences under the tables: how much moves and whether it has to, which backend has to warm up, and what
/// steps cost.
pub(super) fn conclusions(forecast: &Forecast) -> Vec<String> {
    let mut lines = vec![moves(&forecast.whole)];
    lines.extend(warm_up(&forecast.whole));
    lines.extend(
        forecast
            .all_steps
            .as_ref()
            .and_then(|all| steps(forecast, all)),
    );
    lines
}

/// What is not as it seems: malformed lines, a sample of the keys, loads that are not there.
pub(super) fn caveats(forecast: &Forecast) -> Vec<String> {
    let sampled = (forecast.sampled > 1).then(|| {
        format!(
            "the figures of keys are from an even sample, one of every {}; those of requests are exact",
            forecast.sampled
        )
    });
    let malformed = malformed_lines(&forecast.malformed);
    let caveats = malformed.into_iter().chain(sampled);
    caveats.chain(forecast.caveats.iter().cloned()).collect()
}

/// What would be better, each with what it was measured to move.
pub(super) fn advice(forecast: &Forecast) -> Vec<String> {
    let advice = forecast.advice.iter();
    advice
        .map(|advice| format!("Advice: {}", advice.what))
        .collect()
}

fn moves(figures: &Figures) -> String {
    let Figures {
        remap_ratio,
        remap_requests,
        ideal_remap,
        excess_remap,
        ..
    } = figures;
    if figures.flows.is_empty() {
        return "Moves: nothing; every key stays where it is.".to_owned();
    }
    let needless = if *excess_remap > 0. {
        format!(
            "{} of all keys between backends that stay as they are",
            percent(*excess_remap)
        )
    } else {
        "none between backends that stay as they are".to_owned()
    };
    let least = if *ideal_remap > 0. {
        format!("an even spread would move {}", percent(*ideal_remap))
    } else {
        "nothing would have to move".to_owned()
    };
    format!(
        "Moves: {} of the keys and {} of the requests, {needless}; {least}.",
        percent(*remap_ratio),
        percent(*remap_requests)
    )
}

/// The backend that gets most that is new to it.
fn warm_up(figures: &Figures) -> Option<String> {
    let gained = |change: &&BackendChange| change.requests.gained;
    let backends = || {
        figures
            .backends
            .iter()
            .filter(|change| change.backend != NO_BACKEND)
    };
    let most = backends().max_by_key(gained)?;
    let new = most.requests.new_share().filter(|new| *new > 0.)?;
    let same = backends().filter(|change| gained(change) == gained(&most));
    let names: Vec<_> = same.map(|change| &change.backend).collect();
    Some(format!(
        "Warm-up: {} {} most: of what it then has, {} is new to it.",
        list(&names),
        if names.len() == 1 { "gains" } else { "gain" },
        percent(new)
    ))
}

fn steps(forecast: &Forecast, all: &AllSteps) -> Option<String> {
    let by_share = |share: fn(&Figures) -> f64| {
        let largest = forecast.steps.iter();
        largest.max_by(move |a, b| share(&a.figures).total_cmp(&share(&b.figures)))
    };
    let largest = by_share(|figures| figures.remap_ratio)?;
    let again = all.keys_moved_again as f64 / forecast.keys as f64;
    Some(format!(
        "Steps: {} of them move {} of the keys in all, where at once {} move; {} of the keys move more \
         than once. The largest is `{}`, {}.",
        forecast.steps.len(),
        percent(all.remap_ratio),
        percent(forecast.whole.remap_ratio),
        percent(again),
        largest.change,
        percent(largest.figures.remap_ratio)
    ))
}
