//! Keys before and after a change.

use evenkeel_algorithms::{Key, Snapshot};
use evenkeel_config::Config;
use serde::Serialize;

use super::case::{self, Case};
use super::cause::Cause;
use super::difference::Difference;
use super::explanation::Explanation;
use super::skipped::Why;

/// Two configs, each with the state of its load balancer.
#[derive(Debug)]
pub struct Between<'a> {
    before: (&'a Config, &'a Snapshot),
    after: (&'a Config, &'a Snapshot),
    settings: Vec<Case>,
    backends: Vec<Case>,
}

/// What became of some keys between two configs.
#[derive(Debug, Serialize)]
pub struct Differences<'a> {
    /// The name of the first config.
    pub before: String,
    /// The name of the second config.
    pub after: String,
    /// The keys, in the order given.
    pub keys: Vec<Difference<'a>>,
}

impl<'a> Between<'a> {
    /// Prepares to compare keys of a first and a second config.
    #[must_use]
    pub fn new(before: (&'a Config, &'a Snapshot), after: (&'a Config, &'a Snapshot)) -> Self {
        Self {
            before,
            after,
            settings: case::settings(before.0, after.0),
            backends: case::backends(before.0, after.0),
        }
    }

    /// Explains a key in both configs, as if it were the first request, with up to `next` further choices.
    #[must_use]
    pub fn difference(&self, key: &'a str, next: usize) -> Difference<'a> {
        let [before, after] = [self.before, self.after]
            .map(|(config, snapshot)| Explanation::of(config, snapshot, key, next));
        let cause = self.cause(key, &before, &after);
        Difference::new(key, cause, before, after)
    }

    fn cause(&self, key: &str, before: &Explanation<'_>, after: &Explanation<'_>) -> Cause {
        let (old, new) = (before.backend(), after.backend());
        if old == new {
            return Cause::Same;
        }
        if let Some(old) = old
            && let Some(cause) = self.lost(old)
        {
            return cause;
        }
        let found = |cases: &[Case]| {
            let case = cases.iter().find(|case| case.gives(key, old));
            case.map(|case| case.cause.clone())
        };
        let gained = || new.and_then(|new| self.gained(new, after));
        let unexplained = || match self.after.1.profile().key {
            Key::Unused => Cause::NoKey {
                algorithm: self.after.0.algorithm.name,
            },
            _ => Cause::Together,
        };
        found(&self.settings)
            .or_else(gained)
            .or_else(|| found(&self.backends))
            .unwrap_or_else(unexplained)
    }

    /// Returns why a backend can have no key any more.
    fn lost(&self, backend: &str) -> Option<Cause> {
        let (before, after) = (self.before.1, self.after.1);
        let earlier = before.pool().slot(backend)?;
        let backend = backend.to_owned();
        let Some(slot) = after.pool().slot(&backend) else {
            return Some(Cause::Gone { backend });
        };
        let is_out = !after.pool().admits(slot) && !after.balancer().overrides_health();
        (is_out && before.pool().admits(earlier)).then(|| Cause::Out {
            backend,
            why: Why::of(after.pool(), slot),
        })
    }

    /// Returns why a backend could have no key before.
    fn gained(&self, name: &str, after: &Explanation<'_>) -> Option<Cause> {
        let before = self.before.1;
        let backend = name.to_owned();
        let Some(slot) = before.pool().slot(name) else {
            let took = after.decider().cloned();
            return Some(Cause::Joined { backend, took });
        };
        let was_out = !before.pool().admits(slot) && !before.balancer().overrides_health();
        let is_in = self.after.1.pool().slot(name);
        let is_in = is_in.is_some_and(|slot| self.after.1.pool().admits(slot));
        (was_out && is_in).then(|| Cause::Back {
            backend,
            why: Why::of(before.pool(), slot),
        })
    }
}
