//! For plans that only add backends and move no key needlessly: how to spread the moves over time.

use evenkeel_algorithms::{Backend, Origin, Weight};
use evenkeel_config::Config;

use super::case::{Advice, Case};
use crate::text::{list, percent};

/// The fraction of the moves that may be needless: rings with proportional points round.
const NEARLY_NONE: f64 = 0.1;

pub(super) fn advice(case: &Case<'_>) -> Option<Advice> {
    let newcomers = newcomers(case)?;
    halves(case, &newcomers).or_else(|| warm_up(case))
}

/// Returns the added backends; `None` if anything else changes, or if the plan already has steps.
fn newcomers(case: &Case<'_>) -> Option<Vec<Backend>> {
    let (before, after) = (case.before(), case.after());
    let stays = |backend: &Backend| after.backends.contains(backend);
    let minimal = case.whole.excess_remap <= NEARLY_NONE * case.whole.remap_ratio;
    if !minimal || case.road.stepwise || !before.backends.iter().all(stays) {
        return None;
    }
    let joins = |backend: &&Backend| !before.backends.contains(backend);
    let joining: Vec<_> = after.backends.iter().filter(joins).cloned().collect();
    (!joining.is_empty()).then_some(joining)
}

/// Adds the new backends in two steps: with half their weights first or, if that is impossible, half of the backends.
fn halves(case: &Case<'_>, newcomers: &[Backend]) -> Option<Advice> {
    let joins = |backend: &Backend| newcomers.contains(backend);
    let mut halfway = case.after().clone();
    let heavy = newcomers.iter().all(|backend| backend.weight().get() > 1);
    let first = if heavy {
        let joining = halfway.backends.iter_mut().filter(|backend| joins(backend));
        joining.for_each(|backend| *backend = halved(backend));
        let halves = newcomers.iter().map(halved);
        halves
            .map(|half| format!("{} at weight {}", half.name(), half.weight()))
            .collect()
    } else {
        let (first, second) = newcomers.split_at(newcomers.len() / 2);
        halfway.backends.retain(|backend| !second.contains(backend));
        first
            .iter()
            .map(|backend| backend.name().to_owned())
            .collect::<Vec<_>>()
    };
    if first.is_empty() {
        return None;
    }
    let one = case.would_move(halfway.clone())?;
    let two = case.between(halfway, case.after().clone()).ok()?;
    let larger = one.max(two);
    case.is_better(larger).then(|| Advice {
        what: format!(
            "Add the backends in two steps, first {}: {} of keys move, then {}, instead of {} at once{}.",
            list(&first),
            percent(one),
            percent(two),
            percent(case.moved),
            case.sample()
        ),
        remap_ratio: larger,
    })
}

fn halved(backend: &Backend) -> Backend {
    let half = Weight::new(u64::from(backend.weight().get()) / 2);
    backend.clone().with_weight(half.unwrap_or(Weight::MIN))
}

/// Only our own strategies have a warm-up, in which each key of a new backend moves at its own time.
fn warm_up(case: &Case<'_>) -> Option<Advice> {
    let Config {
        algorithm, warm_up, ..
    } = case.after();
    (algorithm.origin == Origin::Own && warm_up.is_none()).then(|| Advice {
        what: format!(
            "Spread the moves over a minute with `warm_up: {{ seconds: 60 }}`: {} of keys move every six seconds \
             instead of {} at once{}.",
            percent(case.moved / 10.),
            percent(case.moved),
            case.sample()
        ),
        remap_ratio: case.moved / 10.,
    })
}
