//! For an unchanged algorithm with which more keys move than necessary: what to keep of the old config, and what would
//! move fewer.

use evenkeel_algorithms::dialect::haproxy_hash_consistent;
use evenkeel_algorithms::strategy::rendezvous;
use evenkeel_algorithms::{Attributes, Backend, Card, Number, Slot};
use evenkeel_config::Config;

use super::case::{Advice, Case};
use super::settings::siblings;
use crate::plan::figures::Figures;

pub(super) fn advice(case: &Case<'_>) -> Vec<Advice> {
    let Figures {
        remap_ratio,
        ideal_remap,
        excess_remap,
        ..
    } = *case.whole;
    if excess_remap == 0. && remap_ratio <= NEARLY * ideal_remap {
        return Vec::new();
    }
    let kept = [ids, numbering, order, places, options, hashing];
    let mut advice: Vec<_> = kept.iter().filter_map(|rule| rule(case)).collect();
    if advice.is_empty() && excess_remap > 0. {
        advice = others(case);
    }
    advice
}

/// The factor for being near the ideal: shares never match the weights exactly.
const NEARLY: f64 = 1.25;

/// HAProxy's remaining servers keep the ids that they had by position.
fn ids(case: &Case<'_>) -> Option<Advice> {
    if case.after().algorithm != &haproxy_hash_consistent::CARD {
        return None;
    }
    let pool = case.road.before().snapshot.pool();
    let ids = haproxy_hash_consistent::ids(pool).ok()?;
    let (mut config, mut given) = (case.after().clone(), Vec::new());
    for backend in &mut config.backends {
        let Some(was) = pool.slot(backend.name()) else {
            continue;
        };
        if backend.attributes().id.is_none() {
            let id = ids[was.index()];
            given.push(format!("{} {id}", backend.name()));
            *backend = backend.clone().with_attributes(Attributes {
                id: Some(Number(id.into())),
                ..backend.attributes().clone()
            });
        }
    }
    let more = given.len().saturating_sub(MAX_LISTED);
    given.truncate(MAX_LISTED);
    let more = if more > 0 {
        format!(" and {more} more")
    } else {
        String::new()
    };
    let what = || {
        format!(
            "Keep the ids of servers that stay, as `attributes.id` ({}{more})",
            given.join(", ")
        )
    };
    case.if_better(what, config)
}

/// The maximum number of servers to list with their ids.
const MAX_LISTED: usize = 10;

/// Numbered backends keep their numbers.
fn numbering(case: &Case<'_>) -> Option<Advice> {
    let (before, after) = (case.road.before(), case.road.last());
    if !after.snapshot.profile().history {
        return None;
    }
    let numbering = before.snapshot.pool().numbering().ok()?.clone();
    let config = Config {
        numbering: Some(numbering),
        ..after.config.clone()
    };
    let [from, to] = [case.road.given.first()?, case.road.given.last()?];
    let missing = match after.config.numbering {
        Some(_) => "has another numbering",
        None => "has no numbering",
    };
    let what = || format!("{to} {missing}; add the line that `evenkeel numbering {from}` prints");
    case.if_better(what, config)
}

/// Backends keep their order, and new ones are listed at the end.
fn order(case: &Case<'_>) -> Option<Advice> {
    let mut config = case.after().clone();
    let before = case.road.before().snapshot.pool();
    let place = |backend: &Backend| before.slot(backend.name()).map_or(usize::MAX, Slot::index);
    config.backends.sort_by_key(place);
    let what = || "List the backends in their old order, and new ones at the end".to_owned();
    case.if_better(what, config)
}

/// New backends replace the removed ones, with their ids.
fn places(case: &Case<'_>) -> Option<Advice> {
    let (before, after) = (&case.before().backends, &case.after().backends);
    let missing = |of: &[Backend], among: &[Backend]| -> Vec<Backend> {
        let is_missing = |one: &&Backend| among.iter().all(|other| other.name() != one.name());
        of.iter().filter(is_missing).cloned().collect()
    };
    let (leavers, newcomers) = (missing(before, after), missing(after, before));
    if leavers.is_empty() || leavers.len() != newcomers.len() {
        return None;
    }
    let mut config = case.after().clone();
    config.backends.clone_from(before);
    for (leaver, newcomer) in leavers.iter().zip(&newcomers) {
        let place = before.iter().position(|backend| backend == leaver)?;
        let attributes = leaver.attributes().clone();
        config.backends[place] = newcomer.clone().with_attributes(attributes);
    }
    let pairs = leavers.iter().zip(&newcomers);
    let pairs =
        pairs.map(|(leaver, newcomer)| format!("--replace {}={}", leaver.name(), newcomer.name()));
    let pairs: Vec<_> = pairs.take(MAX_LISTED).collect();
    let what = || {
        format!(
            "Replace the removed backends by the new ones, with their ids (`{}`)",
            pairs.join(" ")
        )
    };
    case.if_better(what, config)
}

fn options(case: &Case<'_>) -> Option<Advice> {
    let options = case.before().options.clone();
    let config = Config {
        options,
        ..case.after().clone()
    };
    case.if_better(
        || format!("Keep the old options ({})", changed_options(case)),
        config,
    )
}

/// Returns the options of the algorithm that differ, with their old values.
fn changed_options(case: &Case<'_>) -> String {
    let (before, after) = (case.before(), case.after());
    let known = before.algorithm.options.iter();
    let differ = known.filter_map(|option| {
        let was = (option.value)(&before.options);
        (was != (option.value)(&after.options)).then(|| format!("`{}: {was}`", option.name))
    });
    differ.collect::<Vec<_>>().join(", ")
}

fn hashing(case: &Case<'_>) -> Option<Advice> {
    let hashing = case.before().hashing;
    let config = Config {
        hashing,
        ..case.after().clone()
    };
    let what = || {
        format!(
            "Keep the old hash (`seed: {}` and `hash: {}`)",
            hashing.seed.0, hashing.function
        )
    };
    case.if_better(what, config)
}

/// Returns the same change with other algorithms: those of the same program, and one with minimal movement.
fn others(case: &Case<'_>) -> Vec<Advice> {
    let mut others = siblings(case.after().algorithm);
    others.push(&rendezvous::CARD);
    let measured = others
        .into_iter()
        .filter_map(|algorithm| under(case, algorithm));
    measured.collect()
}

fn under(case: &Case<'_>, algorithm: &'static Card) -> Option<Advice> {
    let [before, after] = [case.before(), case.after()].map(|config| Config {
        algorithm,
        ..config.clone()
    });
    let share = case
        .between(before, after)
        .ok()
        .filter(|&share| case.is_better(share))?;
    let what = format!(
        "{} moves keys between unaffected backends. With {algorithm} (switching to it moves most keys once)",
        case.after().algorithm
    );
    Some(case.instead(&what, share))
}
