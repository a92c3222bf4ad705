//! For backends with a changed name, which count as removed and added.

use evenkeel_algorithms::Backend;
use evenkeel_algorithms::analysis::Change;
use evenkeel_config::Config;

use super::case::{Advice, Case, answers, moved};
use crate::text::percent;

pub(super) fn advice(case: &Case<'_>) -> Vec<Advice> {
    let (before, after) = (case.before(), case.after());
    let mut why = "at the same address";
    let mut twins = twins(before, after);
    // Names that the arguments add and remove are intended.
    if twins.is_empty() && case.road.given.len() > 1 {
        why = "at the same position in the list";
        twins = pairs(before, after);
    }
    let Some((was, is)) = twins.first() else {
        return Vec::new();
    };
    let renamed = renamed(after, &twins);
    let as_one = as_one(case, &renamed).map(|share| Advice {
        what: format!(
            "Backends are matched by name, and {} names changed {why} (`{was}` to `{is}`), which counts as removed and added. \
             Counted as the same backends: {} of keys move{}.",
            twins.len(),
            percent(share),
            case.sample()
        ),
        remap_ratio: share,
    });
    let what = || format!("Keep the old names of backends that stay, such as `{was}`");
    let renaming = case.if_better(what, renamed);
    as_one.into_iter().chain(renaming).collect()
}

/// Returns the old and the new names in order, if the lists have the same length and share no name.
fn pairs(before: &Config, after: &Config) -> Vec<(String, String)> {
    let (before, after) = (&before.backends, &after.backends);
    let names = || {
        before
            .iter()
            .zip(after)
            .map(|(was, is)| (was.name(), is.name()))
    };
    let is_known = |name: &str| before.iter().any(|backend| backend.name() == name);
    if before.len() != after.len() || names().any(|(_, is)| is_known(is)) {
        return Vec::new();
    }
    names()
        .map(|(was, is)| (was.to_owned(), is.to_owned()))
        .collect()
}

/// Returns the old and new names of backends with another name but the same address, or the same name except for the
/// port.
fn twins(before: &Config, after: &Config) -> Vec<(String, String)> {
    let has =
        |config: &Config, name: &str| config.backends.iter().any(|other| other.name() == name);
    let gone = before
        .backends
        .iter()
        .filter(|backend| !has(after, backend.name()));
    let mut new: Vec<_> = after
        .backends
        .iter()
        .filter(|backend| !has(before, backend.name()))
        .collect();
    let twin = |gone: &Backend| {
        let found = new.iter().position(|new| same_place(gone, new))?;
        let new = new.swap_remove(found);
        Some((gone.name().to_owned(), new.name().to_owned()))
    };
    gone.filter_map(twin).collect()
}

fn same_place(one: &Backend, other: &Backend) -> bool {
    let same_address = one.address().is_some() && one.address() == other.address();
    // One of them has no port; two different ports may be two servers.
    let but_for_port = |name: &str, with: &str| {
        let rest = with
            .strip_prefix(name)
            .and_then(|rest| rest.strip_prefix(':'));
        rest.is_some_and(|port| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let (a, b) = (one.name(), other.name());
    same_address || but_for_port(a, b) || but_for_port(b, a)
}

fn renamed(after: &Config, twins: &[(String, String)]) -> Config {
    let mut config = after.clone();
    for (was, is) in twins {
        let known = config
            .backends
            .iter_mut()
            .find(|backend| backend.name() == is);
        known
            .into_iter()
            .for_each(|backend| *backend = backend.clone().with_name(&**was));
    }
    config
}

/// Returns the share that moves if the answers are unchanged, but counted by the old names.
fn as_one(case: &Case<'_>, renamed: &Config) -> Option<f64> {
    let pool = renamed.pool().ok()?;
    let change = Change::new(case.road.before().snapshot.pool(), &pool);
    let after = answers(case.road.last(), case.keys).ok()?;
    Some(moved(&change, &case.answers, &after))
}
