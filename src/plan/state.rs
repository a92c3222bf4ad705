//! The configs that a plan goes through: those that are given, or one and what becomes of it.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail, ensure};
use evenkeel_algorithms::{Backend, Balancer, Key, LoadBalancer, Pick, Slot, Snapshot};

use super::steps;
use crate::agreement;
use crate::cli::PlanArgs;
use crate::compare::MembershipChange;
use crate::config::{Config, Loaded};

/// A config with what was built of it.
#[derive(Clone)]
pub(super) struct State {
    /// What leads here from the state before; of the first one its name.
    pub(super) change: String,
    pub(super) config: Config,
    pub(super) snapshot: Arc<Snapshot>,
}

impl State {
    /// Builds what a config comes to.
    ///
    /// # Errors
    /// If it cannot be built, or its algorithm uses no key.
    pub(super) fn new(change: String, config: Config) -> Result<Self> {
        let balancer = config.balancer().with_context(|| change.clone())?;
        Self::of(change, config, &balancer)
    }

    /// Reads a config.
    fn load(change: String, path: &Path) -> Result<Self> {
        let Loaded {
            config, balancer, ..
        } = Config::load(path, None)?;
        Self::of(change, config, &balancer)
    }

    fn of(change: String, config: Config, balancer: &LoadBalancer) -> Result<Self> {
        let snapshot = balancer.snapshot();
        ensure!(
            snapshot.strategy().profile().key != Key::Unused,
            "{change}: {} uses no key, so that there is no key to move",
            config.algorithm
        );
        Ok(Self {
            change,
            config,
            snapshot,
        })
    }

    /// Where a key goes by itself; none if nobody is eligible.
    pub(super) fn pick(&self, key: &[u8]) -> Option<Slot> {
        let question = Pick::new(self.snapshot.pool(), Some(key)).question();
        self.snapshot.pick(&question).ok()
    }

    /// The name of an answer.
    pub(super) fn name(&self, slot: Option<Slot>) -> &str {
        slot.map_or(NOBODY, |slot| self.snapshot.pool().backend(slot).name())
    }
}

/// Who has a key for which nobody is eligible.
pub(crate) const NOBODY: &str = "nobody";

/// The states in their order, at least two.
pub(super) struct Road {
    pub(super) states: Vec<State>,
    /// What the last one is called.
    pub(super) after: String,
    /// The configs that are given.
    pub(super) given: Vec<PathBuf>,
    /// Whether the states between are steps to be told of.
    pub(super) stepwise: bool,
    /// Whether the last state is what all changes at once lead to, and not the last of the steps, which
    /// led elsewhere: numbered backends remember the way.
    pub(super) ends_apart: bool,
}

impl Road {
    /// Reads the configs and builds what lies between them.
    ///
    /// # Errors
    /// If a config or a change is at fault, or an algorithm uses no key.
    pub(super) fn of(args: &PlanArgs) -> Result<Self> {
        match &*args.config {
            [only] => changed(only, args),
            several => given(several, args),
        }
    }

    pub(super) fn before(&self) -> &State {
        &self.states[0]
    }

    /// The states after the first that are gone through.
    pub(super) fn steps(&self) -> &[State] {
        let end = self.states.len() - usize::from(self.ends_apart);
        &self.states[1..end]
    }

    pub(super) fn last(&self) -> &State {
        &self.states[self.states.len() - 1]
    }
}

/// One config, and what the arguments make of it.
fn changed(path: &Path, args: &PlanArgs) -> Result<Road> {
    let changes = changes(args);
    let mut labels: Vec<_> = changes.iter().map(ToString::to_string).collect();
    labels.extend(args.algorithm.map(|after| format!("algorithm {after}")));
    if labels.is_empty() {
        bail!(
            "nothing changes; expected a second -c FILE, or --add, --remove, --reweight, --replace or --algorithm"
        );
    }
    let Loaded {
        config, balancer, ..
    } = Config::load(path, None)?;
    let apply = |backends: Vec<Backend>, change: &MembershipChange| change.apply(&backends);
    let backends = changes.iter().try_fold(config.backends.clone(), apply)?;
    let label = labels.join(", ");
    let algorithm = args.algorithm.unwrap_or(config.algorithm);
    let after = config.changed(algorithm, backends);
    let after = State::new(label.clone(), after.with_context(|| label.clone())?)?;
    let before = State::of(agreement::label(path, &args.config), config, &balancer)?;
    let at_once = after.snapshot.fingerprint();
    let mut states = Vec::new();
    if args.steps {
        states = steps::between(&before, after.clone(), true)?;
    }
    let led_there = |last: &State| last.snapshot.fingerprint() == at_once;
    let ends_apart = args.steps && !states.last().is_some_and(led_there);
    if ends_apart || !args.steps {
        states.push(after);
    }
    Ok(Road {
        states: [before].into_iter().chain(states).collect(),
        after: label,
        given: args.config.clone(),
        stepwise: args.steps,
        ends_apart,
    })
}

fn changes(args: &PlanArgs) -> Vec<MembershipChange> {
    let others = [&args.reweight[..], &args.replace].concat();
    MembershipChange::listed(&args.add, &args.remove, &others)
}

/// Several configs, and the steps between them if those are asked for.
fn given(paths: &[PathBuf], args: &PlanArgs) -> Result<Road> {
    let changes = changes(args);
    ensure!(
        changes.is_empty() && args.algorithm.is_none(),
        "--add, --remove, --reweight, --replace and --algorithm change a single config, and here are {}",
        paths.len()
    );
    let (mut states, mut after) = (Vec::<State>::new(), String::new());
    for path in paths {
        after = agreement::label(path, paths);
        let state = State::load(after.clone(), path)?;
        match states.last() {
            Some(before) if args.steps => states.extend(steps::between(before, state, false)?),
            _ => states.push(state),
        }
    }
    Ok(Road {
        states,
        after,
        given: paths.to_vec(),
        stepwise: args.steps || paths.len() > 2,
        ends_apart: false,
    })
}
