//! For a changed algorithm: the settings with which the new one agrees most with the old one, or how to migrate
//! gradually if none does.

use evenkeel_algorithms::{Card, Options};
use evenkeel_config::Config;

use super::case::{Advice, CLEARLY_LESS, Case};
use super::settings::{settings, siblings};
use crate::text::percent;

pub(super) fn advice(case: &Case<'_>) -> Vec<Advice> {
    let after = case.after();
    let own = best(case, own_settings(after.algorithm, &after.options));
    let bar = own.as_ref().map_or(case.moved, |(_, share)| *share);
    let others = siblings(after.algorithm).into_iter();
    let others = others.flat_map(|sibling| sibling_settings(sibling, &after.options));
    let other = best(case, others.collect());
    // A further setting of the same program has to be clearly better still.
    let other = other.filter(|(_, share)| *share <= CLEARLY_LESS * bar);
    let found: Vec<_> = own.into_iter().chain(other).collect();
    if found.is_empty() {
        return vec![split(case)];
    }
    let advice = found.iter();
    advice
        .map(|(what, share)| case.instead(&format!("Set {what}"), *share))
        .collect()
}

/// An algorithm with some options, and the text of the setting.
type Setting = (String, &'static Card, Options);

fn own_settings(algorithm: &'static Card, options: &Options) -> Vec<Setting> {
    let settings = settings(algorithm, options).into_iter();
    settings
        .map(|(text, options)| (text, algorithm, options))
        .collect()
}

fn sibling_settings(algorithm: &'static Card, options: &Options) -> Vec<Setting> {
    let named = format!("`algorithm: {algorithm}`");
    let more = own_settings(algorithm, options).into_iter();
    let more =
        more.map(|(text, algorithm, options)| (format!("{named} and {text}"), algorithm, options));
    let plain = (named.clone(), algorithm, options.clone());
    [plain].into_iter().chain(more).collect()
}

/// Returns the setting that moves the fewest keys, if they are clearly fewer.
fn best(case: &Case<'_>, settings: Vec<Setting>) -> Option<(String, f64)> {
    let measured = settings
        .into_iter()
        .filter_map(|(text, algorithm, options)| {
            let after = Config {
                algorithm,
                options,
                ..case.after().clone()
            };
            Some((text, case.would_move(after)?))
        });
    let best = measured.min_by(|a, b| a.1.total_cmp(&b.1));
    best.filter(|(_, share)| case.is_better(*share))
}

/// Returns the advice for the case that no setting helps.
fn split(case: &Case<'_>) -> Advice {
    let backends = case.whole.backends.iter();
    let new = backends.filter_map(|share| share.requests.new_share());
    let (least, most) = new.fold((1f64, 0f64), |(least, most), new| {
        (least.min(new), most.max(new))
    });
    let (before, after) = (case.before().algorithm, case.after().algorithm);
    let (moved, tenth) = (percent(case.moved), percent(case.moved / 10.));
    Advice {
        what: format!(
            "No setting makes {after} agree with {before}. {} to {} of a backend's requests are new to it. Run both and \
             migrate the keys in steps, by a hash of the key: {tenth} of keys move with each tenth, instead of {moved} \
             at once{}.",
            percent(least),
            percent(most),
            case.sample()
        ),
        remap_ratio: case.moved,
    }
}
