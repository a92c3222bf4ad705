//! The figures of a plan, as reports show them and programs read them.

use std::collections::BTreeMap;

use evenkeel_algorithms::Backend;
use evenkeel_algorithms::analysis::Moves;
use indexmap::IndexMap;
use serde::Serialize;

use super::measure::Measured;
use super::road::Road;
use super::state::{NO_BACKEND, State};
use super::tally::{Flows, Span};

/// The first or the last state of a road.
#[derive(Debug, Serialize)]
pub struct End {
    /// Its name.
    pub name: String,
    /// Its algorithm.
    pub algorithm: &'static str,
    /// The number of its backends.
    pub backends: usize,
    /// The sum of their weights.
    pub total_weight: u64,
    /// Whether the algorithm ignores the weights, which differ: its expected shares are then equal.
    pub ignores_weights: bool,
}

/// What a change moves, as shares of the keys unless stated otherwise.
#[derive(Debug, Default, Serialize)]
pub struct Figures {
    /// The share that moves.
    pub remap_ratio: f64,
    /// The share of the requests for moved keys.
    pub remap_requests: f64,
    /// The minimum that must move.
    pub ideal_remap: f64,
    /// The share that moves between unaffected backends.
    pub excess_remap: f64,
    /// The moves from each backend to each other one.
    pub flows: Vec<Flow>,
    /// The old backends in their order, then the new ones, and [`NO_BACKEND`] if some keys reach no backend.
    pub backends: Vec<BackendChange>,
}

impl Figures {
    /// Returns the shares of keys and of requests that move, of keys that must, and of keys that needlessly do.
    pub(crate) const fn shares(&self) -> [f64; 4] {
        [
            self.remap_ratio,
            self.remap_requests,
            self.ideal_remap,
            self.excess_remap,
        ]
    }
}

/// The moves from one backend to another, or from or to [`NO_BACKEND`].
#[derive(Clone, Debug, Serialize)]
pub struct Flow {
    /// The backend before.
    pub from: String,
    /// The backend after.
    pub to: String,
    /// The number of keys.
    pub keys: u64,
    /// The number of requests.
    pub requests: u64,
}

/// What a change means for a backend.
#[derive(Debug, Default, Serialize)]
pub struct BackendChange {
    /// Its name.
    pub backend: String,
    /// Its keys.
    #[serde(flatten)]
    pub keys: Balance,
    /// Its requests.
    pub requests: Balance,
}

/// The keys or requests of a backend before and after, and how many of them move.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub struct Balance {
    /// The number before.
    pub before: u64,
    /// The number after.
    pub after: u64,
    /// How many of those after come from other backends.
    pub gained: u64,
    /// How many of those before go to other backends.
    pub lost: u64,
}

/// A step of the road.
#[derive(Debug, Serialize)]
pub struct Step {
    /// The change.
    pub change: String,
    /// What it moves.
    #[serde(flatten)]
    pub figures: Figures,
}

/// The sum of all steps.
#[derive(Debug, Serialize)]
pub struct AllSteps {
    /// The sum over the steps.
    pub remap_ratio: f64,
    /// The sum over the steps.
    pub remap_requests: f64,
    /// The keys that more than one step moves.
    pub keys_moved_again: u64,
    /// The requests of such keys.
    pub requests_moved_again: u64,
}

impl End {
    pub(super) fn new(name: &str, state: &State) -> Self {
        let weights = state.config.backends.iter().map(Backend::weight);
        Self {
            name: name.to_owned(),
            algorithm: state.config.algorithm.name,
            backends: state.config.backends.len(),
            total_weight: weights.map(|weight| u64::from(weight.get())).sum(),
            ignores_weights: state.ignores_weights(),
        }
    }
}

impl Figures {
    /// Returns the figures of a span, from the flows of the requests and of the keys.
    pub(super) fn of(road: &Road, span: &Span<'_>, requests: &Flows, keys: &Flows) -> Self {
        let (before, after) = (&road.states[span.before], &road.states[span.after]);
        let moves = |flows: &Flows| {
            let answers = flows.iter().map(|((from, to), count)| (from, to, count));
            Moves::count(&span.change, answers)
        };
        let owners = keys
            .iter()
            .filter_map(|((from, _), count)| Some((from?, count)));
        let moved = moves(keys);
        let keys: BTreeMap<_, _> = keys.iter().collect();
        let flows = requests.iter().map(|(ends, requests)| {
            let keys = keys.get(&ends).copied().unwrap_or_default();
            let flow = Flow {
                from: before.name(ends.0).to_owned(),
                to: after.name(ends.1).to_owned(),
                keys,
                requests,
            };
            (span.change.moved(ends.0, ends.1), flow)
        });
        let (moving, staying): (Vec<_>, Vec<_>) = flows.partition(|(moves, _)| *moves);
        let only = |flows: Vec<(bool, Flow)>| flows.into_iter().map(|(_, flow)| flow).collect();
        let (flows, staying): (Vec<_>, Vec<_>) = (only(moving), only(staying));
        Self {
            remap_ratio: moved.moved_share(),
            remap_requests: moves(requests).moved_share(),
            ideal_remap: span.change.least_of(owners),
            excess_remap: moved.needless_share(),
            backends: changes(before, after, &staying, &flows),
            flows,
        }
    }
}

fn changes(before: &State, after: &State, staying: &[Flow], moving: &[Flow]) -> Vec<BackendChange> {
    let backends = [before, after]
        .into_iter()
        .flat_map(|state| &state.config.backends);
    let new = |backend: &Backend| (backend.name().to_owned(), BackendChange::default());
    let mut changes: IndexMap<_, _> = backends.map(new).collect();
    changes.entry(NO_BACKEND.to_owned()).or_default();
    for (flows, moved) in [(staying, 0), (moving, 1)] {
        for flow in flows {
            if let Some(change) = changes.get_mut(&flow.from) {
                change.keys.leaves(flow.keys, moved);
                change.requests.leaves(flow.requests, moved);
            }
            if let Some(change) = changes.get_mut(&flow.to) {
                change.keys.arrives(flow.keys, moved);
                change.requests.arrives(flow.requests, moved);
            }
        }
    }
    let has_any = |change: &BackendChange| change.requests.before + change.requests.after > 0;
    changes.retain(|name, change| name != NO_BACKEND || has_any(change));
    let named = |(backend, change)| BackendChange { backend, ..change };
    changes.into_iter().map(named).collect()
}

impl Balance {
    /// Returns the share of the number after that the backend did not have before; `None` if it has none after.
    #[must_use]
    pub fn new_share(&self) -> Option<f64> {
        (self.after > 0).then(|| self.gained as f64 / self.after as f64)
    }

    fn leaves(&mut self, count: u64, moved: u64) {
        self.before += count;
        self.lost += count * moved;
    }

    fn arrives(&mut self, count: u64, moved: u64) {
        self.after += count;
        self.gained += count * moved;
    }
}

impl AllSteps {
    pub(super) fn of(steps: &[Step], measured: &Measured) -> Self {
        let sum = |share: fn(&Figures) -> f64| steps.iter().map(|step| share(&step.figures)).sum();
        Self {
            remap_ratio: sum(|figures| figures.remap_ratio),
            remap_requests: sum(|figures| figures.remap_requests),
            keys_moved_again: measured.keys().moved_again,
            requests_moved_again: measured.requests.moved_again,
        }
    }
}
