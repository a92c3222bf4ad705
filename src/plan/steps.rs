//! The steps from one config to another, one backend at a time.

use anyhow::{Context, Result, ensure};
use evenkeel_algorithms::Backend;
use evenkeel_config::Config;

use super::state::State;
use crate::change::MembershipChange;

/// Returns the states after `before` up to `after`. Replacements come first, then new backends join, then weights and
/// other facts change, then backends leave, so that the capacity is never below that of both ends; all with the
/// earlier algorithm. Other differences are one last step. `carry` states whether the final numbering is that of the
/// steps.
///
/// # Errors
/// If a state between cannot be built.
pub(super) fn between(before: &State, after: State, carry: bool) -> Result<Vec<State>> {
    let mut way = Way {
        config: before.config.clone(),
        fingerprint: before.snapshot.fingerprint(),
        states: Vec::new(),
    };
    let goal = &after.config.backends;
    for (leaver, newcomer) in replaced(&before.config.backends, goal) {
        way.replace(leaver, newcomer)?;
    }
    for (place, newcomer) in goal.iter().enumerate() {
        way.join(newcomer, &goal[place + 1..])?;
    }
    for backend in goal {
        way.alter(backend)?;
    }
    for leaver in &before.config.backends {
        if place_of(goal, leaver).is_none() {
            way.leave(leaver)?;
        }
    }
    way.arrive(after, carry)
}

/// Returns pairs of a removed backend and the new one at its position, if no other backend joins or leaves.
fn replaced<'a>(before: &'a [Backend], goal: &'a [Backend]) -> Vec<(&'a Backend, &'a Backend)> {
    let is_swap = |(was, is): &(&Backend, &Backend)| {
        was.name() == is.name() || place_of(goal, was).is_none() && place_of(before, is).is_none()
    };
    let pairs = before.iter().zip(goal);
    if before.len() != goal.len() || !pairs.clone().all(|pair| is_swap(&pair)) {
        return Vec::new();
    }
    pairs.filter(|(was, is)| was.name() != is.name()).collect()
}

/// The maximum number of steps between two configs: each is stored and asked for every key.
const MAX_STEPS: usize = 256;

struct Way {
    config: Config,
    fingerprint: u64,
    states: Vec<State>,
}

impl Way {
    /// Adds a new backend before those that will come after it.
    fn join(&mut self, newcomer: &Backend, behind: &[Backend]) -> Result<()> {
        let mut backends = self.config.backends.clone();
        if place_of(&backends, newcomer).is_some() {
            return Ok(());
        }
        let next = behind.iter().find_map(|next| place_of(&backends, next));
        backends.insert(next.unwrap_or(backends.len()), newcomer.clone());
        self.go(
            MembershipChange::Add(newcomer.clone()).to_string(),
            backends,
        )
    }

    fn replace(&mut self, leaver: &Backend, newcomer: &Backend) -> Result<()> {
        let mut backends = self.config.backends.clone();
        let Some(place) = place_of(&backends, leaver) else {
            return Ok(());
        };
        backends[place] = newcomer.clone();
        let names = [leaver, newcomer].map(|backend| backend.name().to_owned());
        let [old, new] = names;
        self.go(MembershipChange::Replace(old, new).to_string(), backends)
    }

    fn alter(&mut self, after: &Backend) -> Result<()> {
        let mut backends = self.config.backends.clone();
        let Some(place) = place_of(&backends, after).filter(|&place| backends[place] != *after)
        else {
            return Ok(());
        };
        let change = if backends[place].weight() == after.weight() {
            format!("change {}", after.name())
        } else {
            MembershipChange::Reweight(after.name().to_owned(), after.weight()).to_string()
        };
        backends[place] = after.clone();
        self.go(change, backends)
    }

    fn leave(&mut self, leaver: &Backend) -> Result<()> {
        let mut backends = self.config.backends.clone();
        backends.retain(|backend| backend.name() != leaver.name());
        let change = MembershipChange::Remove(leaver.name().to_owned());
        self.go(change.to_string(), backends)
    }

    fn go(&mut self, change: String, backends: Vec<Backend>) -> Result<()> {
        let config = self.config.changed(self.config.algorithm, backends);
        let state = State::new(change.clone(), config.context(change)?)?;
        self.config = state.config.clone();
        // Changes of facts that the algorithm ignores are not steps.
        if state.snapshot.fingerprint() != self.fingerprint {
            ensure!(
                self.states.len() < MAX_STEPS,
                "more than {MAX_STEPS} steps; add a config between these two"
            );
            self.fingerprint = state.snapshot.fingerprint();
            self.states.push(state);
        }
        Ok(())
    }

    fn arrive(mut self, after: State, carry: bool) -> Result<Vec<State>> {
        let goal = if carry {
            let Config {
                algorithm,
                backends,
                ..
            } = after.config;
            State::new(after.change, self.config.changed(algorithm, backends)?)?
        } else {
            after
        };
        if goal.snapshot.fingerprint() != self.fingerprint || self.states.is_empty() {
            let change = rest(&self.config, &goal.config).unwrap_or(goal.change);
            self.states.push(State { change, ..goal });
        }
        Ok(self.states)
    }
}

/// Returns a description of the remaining differences between two configs with the same backends.
fn rest(way: &Config, after: &Config) -> Option<String> {
    let algorithm = format!("algorithm {}", after.algorithm);
    let names = |config: &Config| -> Vec<_> {
        let names = config.backends.iter().map(Backend::shared_name);
        names.collect()
    };
    let around = |config: &Config| (config.bounded_load, config.warm_up, config.subset.clone());
    let differences = [
        (way.algorithm != after.algorithm, &*algorithm),
        (way.options != after.options, "options"),
        (way.hashing != after.hashing, "hashing"),
        (around(way) != around(after), "the wrappers"),
        (way.numbering != after.numbering, "numbering"),
        (names(way) != names(after), "order"),
    ];
    let different = differences.into_iter().filter(|(differs, _)| *differs);
    let different: Vec<_> = different.map(|(_, what)| what).collect();
    (!different.is_empty()).then(|| different.join(", "))
}

fn place_of(backends: &[Backend], wanted: &Backend) -> Option<usize> {
    let same = |backend: &Backend| backend.name() == wanted.name();
    backends.iter().position(same)
}
