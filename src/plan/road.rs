//! The configs of a plan: the given ones, or one config and what changes make of it.

use anyhow::{Context, Result, ensure};
use evenkeel_algorithms::{Backend, BuildError, Card, LoadBalancer};
use evenkeel_config::Config;

use super::state::State;
use super::steps;
use crate::change::MembershipChange;

/// A config that is given to a plan.
#[derive(Debug)]
pub struct Given {
    /// Its name in reports.
    pub name: String,
    /// Its file, as advice names it.
    pub file: String,
    /// The config.
    pub config: Config,
    /// Its load balancer.
    pub balancer: LoadBalancer,
}

impl Given {
    /// Creates a config with a name, which is also the name of its file.
    ///
    /// # Errors
    /// [`BuildError`] if its options do not fit its backends.
    pub fn new(name: &str, config: Config) -> Result<Self, BuildError> {
        Ok(Self {
            name: name.to_owned(),
            file: name.to_owned(),
            balancer: config.balancer()?,
            config,
        })
    }
}

/// The states in order, at least two.
pub struct Road {
    pub(super) states: Vec<State>,
    /// The name of the last state.
    pub(super) after: String,
    /// The files of the given configs.
    pub(super) given: Vec<String>,
    /// Whether the states between are reported as steps.
    pub(super) stepwise: bool,
    /// Whether the last state is the result of all changes at once rather than the last step: with numbered backends
    /// the two may differ.
    pub(super) ends_apart: bool,
}

impl Road {
    /// Creates the road from a config through changes and perhaps another algorithm: at once, or one backend at a time.
    ///
    /// # Errors
    /// If a change does not fit, a state cannot be built, or an algorithm uses no key.
    pub fn changed(
        given: Given,
        changes: &[MembershipChange],
        algorithm: Option<&'static Card>,
        stepwise: bool,
    ) -> Result<Self> {
        let Given {
            name,
            file,
            config,
            balancer,
        } = given;
        let mut labels: Vec<_> = changes.iter().map(ToString::to_string).collect();
        labels.extend(algorithm.map(|after| format!("algorithm {after}")));
        let apply = |backends: Vec<Backend>, change: &MembershipChange| change.apply(&backends);
        let backends = changes.iter().try_fold(config.backends.clone(), apply)?;
        let label = labels.join(", ");
        let algorithm = algorithm.unwrap_or(config.algorithm);
        let after = config.changed(algorithm, backends);
        let after = State::new(label.clone(), after.with_context(|| label.clone())?)?;
        let before = State::of(name, config, &balancer)?;
        let at_once = after.snapshot.fingerprint();
        let mut states = Vec::new();
        if stepwise {
            states = steps::between(&before, after.clone(), true)?;
        }
        let led_there = |last: &State| last.snapshot.fingerprint() == at_once;
        let ends_apart = stepwise && !states.last().is_some_and(led_there);
        if ends_apart || !stepwise {
            states.push(after);
        }
        Ok(Self {
            states: [before].into_iter().chain(states).collect(),
            after: label,
            given: vec![file],
            stepwise,
            ends_apart,
        })
    }

    /// Creates the road through two or more configs, one backend at a time between them if requested.
    ///
    /// # Errors
    /// If there is no second config, a state cannot be built, or an algorithm uses no key.
    pub fn through(given: Vec<Given>, stepwise: bool) -> Result<Self> {
        ensure!(
            given.len() > 1,
            "a plan needs a config before and a config after"
        );
        let stages = given.len();
        let (mut states, mut files, mut after) = (Vec::<State>::new(), Vec::new(), String::new());
        for Given {
            name,
            file,
            config,
            balancer,
        } in given
        {
            files.push(file);
            after.clone_from(&name);
            let state = State::of(name, config, &balancer)?;
            match states.last() {
                Some(before) if stepwise => states.extend(steps::between(before, state, false)?),
                _ => states.push(state),
            }
        }
        Ok(Self {
            states,
            after,
            given: files,
            stepwise: stepwise || stages > 2,
            ends_apart: false,
        })
    }

    /// Returns the configs after the first one, each with the change that leads to it.
    pub fn configs(&self) -> impl Iterator<Item = (&str, &Config)> {
        let steps = self.steps().iter();
        steps.map(|state| (state.change.as_str(), &state.config))
    }

    pub(super) fn before(&self) -> &State {
        &self.states[0]
    }

    /// Returns the states after the first one.
    pub(super) fn steps(&self) -> &[State] {
        let end = self.states.len() - usize::from(self.ends_apart);
        &self.states[1..end]
    }

    pub(super) fn last(&self) -> &State {
        &self.states[self.states.len() - 1]
    }
}
