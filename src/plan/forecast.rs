//! What a road moves: all figures of a plan.

use std::io::Write;

use anyhow::Result;
use evenkeel_algorithms::{Backend, RouteError};
use serde::Serialize;
use thiserror::Error;

use super::advice;
use super::advice::case::Advice;
use super::figures::{AllSteps, End, Figures, Step};
use super::measure::{Measured, measure};
use super::road::Road;
use super::state::State;
use super::tally::Span;
use crate::layout::Layout;
use crate::text::{named, weights_ignored};
use crate::workload::{Malformed, MovedKey, Stream};

/// All figures of a plan.
#[derive(Debug, Serialize)]
pub struct Forecast {
    /// The schema version.
    pub schema: u32,
    /// The config before.
    pub before: End,
    /// The config after.
    pub after: End,
    /// The source of the requests, as text.
    pub source: String,
    /// The number of distinct keys behind the figures of keys.
    pub keys: u64,
    /// The number of requests.
    pub requests: u64,
    /// One of this many keys is in the sample; 1 if all are.
    pub sampled: u64,
    /// Malformed lines.
    pub malformed: Malformed,
    /// What is not measured.
    pub caveats: Vec<String>,
    /// The change from first to last.
    #[serde(flatten)]
    pub whole: Figures,
    /// The hottest keys that move from first to last, hottest first, at most five; none if every key came once.
    pub hot_keys: Vec<MovedKey>,
    /// The most requests that the number of a hot key may lack; 0 unless more than 131,071 keys move.
    pub hot_keys_missed: u64,
    /// What each step moves; empty without steps.
    pub steps: Vec<Step>,
    /// The sum of all steps; `None` without steps.
    pub all_steps: Option<AllSteps>,
    /// Alternatives that would move less.
    pub advice: Vec<Advice>,
    /// The ring or the table before and after, if it is small.
    #[serde(skip)]
    pub layouts: [Option<Layout>; 2],
}

/// More keys move than --max-moved allows.
#[derive(Debug, Error)]
#[error("{what}: {:.3}% of {unit} move; --max-moved allows {}%", 100. * moved, 100. * most)]
pub struct MovesTooMuch {
    what: String,
    unit: &'static str,
    moved: f64,
    most: f64,
}

impl Road {
    /// Routes the requests of a stream in every state. `list` gets a line for every request that moves from first to
    /// last; `done` is called with the number of further keys that are routed.
    ///
    /// # Errors
    /// If the stream cannot be read, the list cannot be written, or something that an algorithm depends on fails.
    pub fn forecast(
        &self,
        stream: &mut Stream,
        list: Option<&mut dyn Write>,
        done: impl Fn(u64),
    ) -> Result<Forecast> {
        let spans = Span::all(self);
        let measured = measure(self, &spans, stream, list, done)?;
        Ok(Forecast::of(self, &spans, &measured, stream)?)
    }

    /// Returns the ring or the table before and after, if it is small.
    #[must_use]
    pub fn layouts(&self) -> [Option<Layout>; 2] {
        [self.before(), self.last()].map(|state| Layout::of(&state.snapshot))
    }
}

impl Forecast {
    fn of(
        road: &Road,
        spans: &[Span<'_>],
        measured: &Measured,
        stream: &Stream,
    ) -> Result<Self, RouteError> {
        let keys = measured.keys();
        let flows = measured.requests.flows.iter().zip(&keys.flows);
        let mut figures = spans
            .iter()
            .zip(flows)
            .map(|(span, (requests, keys))| Figures::of(road, span, requests, keys));
        let whole = figures.next().unwrap_or_default();
        let hot_keys = spans.first().map(|whole| {
            let requests = measured.requests.total;
            measured.hot_keys.hottest(road, whole, requests)
        });
        let steps: Vec<_> = road
            .steps()
            .iter()
            .zip(figures)
            .map(|(state, figures)| Step {
                change: state.change.clone(),
                figures,
            })
            .collect();
        Ok(Self {
            schema: 1,
            before: End::new(&road.before().change, road.before()),
            after: End::new(&road.after, road.last()),
            source: stream.source.clone(),
            keys: keys.total,
            requests: measured.requests.total,
            sampled: measured.sampled,
            malformed: stream.malformed.clone(),
            caveats: unmeasured(road),
            hot_keys: hot_keys.unwrap_or_default(),
            hot_keys_missed: measured.hot_keys.missed,
            advice: advice::advice(road, measured, &whole)?,
            layouts: [None, None],
            all_steps: road.stepwise.then(|| AllSteps::of(&steps, measured)),
            whole,
            steps,
        })
    }

    /// Returns the first step, or the whole plan without steps, that moves more than this share.
    #[must_use]
    pub fn exceeding(&self, most: f64) -> Option<MovesTooMuch> {
        let steps = self.steps.iter().map(|step| (&step.change, &step.figures));
        let whole = Some((&self.after.name, &self.whole)).filter(|_| self.all_steps.is_none());
        let shares = steps.chain(whole).flat_map(|(what, figures)| {
            let units = [
                ("keys", figures.remap_ratio),
                ("requests", figures.remap_requests),
            ];
            units.map(|(unit, moved)| (what, unit, moved))
        });
        // A share written in percent may differ slightly from the computed one.
        let too_much = |&(.., moved): &(_, _, f64)| moved > most + 1e-12;
        let (what, unit, moved) = shares.into_iter().find(too_much)?;
        Some(MovesTooMuch {
            what: what.clone(),
            unit,
            moved,
            most,
        })
    }
}

/// Returns caveats about algorithms that ignore weights or depend on more than the key.
fn unmeasured(road: &Road) -> Vec<String> {
    let any = |has: fn(&State) -> bool| road.states.iter().find(|state| has(state));
    let by_load = any(|state| {
        let profile = state.snapshot.profile();
        profile.in_flight || state.snapshot.pool().is_capped()
    });
    let idle = by_load.map(|state| {
        let why = if state.snapshot.profile().in_flight {
            state.config.algorithm.name
        } else {
            "`max_in_flight`"
        };
        format!("measured without requests in flight; under load, {why} sends some keys to other backends")
    });
    let warm = any(|state| state.config.warm_up.is_some()).map(|_| {
        "measured after the warm-up; `warm_up` spreads the moves to new backends over its time"
            .to_owned()
    });
    let subset = any(|state| state.config.subset.is_some())
        .map(|_| "measured for one client's `subset`; other clients use other backends".to_owned());
    let ignoring = road.states.iter().filter(|state| state.ignores_weights());
    let weights = weights_ignored(ignoring.map(|state| state.config.algorithm.name));
    weights
        .into_iter()
        .chain(idle)
        .chain(warm)
        .chain(subset)
        .chain(elsewhere(road))
        .collect()
}

/// Returns a caveat about backends with the same name but another address.
fn elsewhere(road: &Road) -> Option<String> {
    let before = road.before().snapshot.pool();
    let is_elsewhere = |backend: &&Backend| {
        let was = before
            .slot(backend.name())
            .and_then(|slot| before.backend(slot).address());
        was.zip(backend.address())
            .is_some_and(|(was, is)| was != is)
    };
    let moved = road.last().config.backends.iter().filter(is_elsewhere);
    let names: Vec<_> = moved
        .map(|backend| format!("`{}`", backend.name()))
        .collect();
    (!names.is_empty()).then(|| {
        format!(
            "backends are matched by name: {} with a new address counts as the same backend; copy its data to the new address",
            named(&names, 1)
        )
    })
}

#[cfg(test)]
mod tests {
    use evenkeel_algorithms::Registry;

    use super::*;
    use crate::change::MembershipChange;
    use crate::layout::Kind;
    use crate::plan::road::Given;
    use evenkeel_config::Config;

    #[test]
    fn layouts_are_those_before_and_after() {
        let layouts = |changes: &[MembershipChange], algorithm| {
            let config =
                Config::parse("{algorithm: ketama, backends: [a, b]}", Registry::builtin())
                    .unwrap();
            let given = Given::new("before.yaml", config).unwrap();
            let road = Road::changed(given, changes, algorithm, false);
            road.unwrap().layouts()
        };
        let joins = [MembershipChange::Add("c".into())];
        let [before, after] = layouts(&joins, None).map(Option::unwrap);
        assert_eq!([before.kind, after.kind], [Kind::Ring; 2]);
        assert_eq!(
            (&*before.backends, &*after.backends),
            (
                &["a", "b"].map(String::from)[..],
                &["a", "b", "c"].map(String::from)[..]
            )
        );
        let [before, after] = layouts(&[], Registry::builtin().named("rendezvous").ok());
        assert!(before.is_some() && after.is_none());
    }
}
