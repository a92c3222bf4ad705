//! Why a key reaches its backend.

use std::fmt::Write;

use evenkeel_algorithms::{Backend, Key, Pick, RouteError, Slot, SlotSet, Snapshot};
use evenkeel_config::Config;
use serde::Serialize;

use super::skipped::Skipped;
use super::told::Told;
use crate::text::hex;

/// The maximum number of skipped backends to list.
const MAX_PASSED_OVER: usize = 100;

/// The path from a key to its backend.
#[derive(Debug, Serialize)]
pub struct Explanation<'a> {
    key: &'a str,
    algorithm: &'static str,
    summary: &'static str,
    /// The steps that the strategy reported.
    steps: Vec<Told>,
    /// The backends that are not in the ring or table at all, because it is built without them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    left_out: Vec<Skipped>,
    /// The backends that come earlier in the order of preference, and why they were skipped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    passed_over: Vec<Skipped>,
    backend: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    /// The order of retries and replicas.
    next: Vec<&'a str>,
    #[serde(skip)]
    answer: Result<Slot, RouteError>,
}

impl<'a> Explanation<'a> {
    /// Asks a strategy without taking a turn, and lists the next backends for the key.
    #[must_use]
    pub fn of(config: &Config, snapshot: &'a Snapshot, key: &'a str, next: usize) -> Self {
        let algorithm = config.algorithm;
        let pool = snapshot.pool();
        let pick = Pick::new(pool, Some(key.as_bytes())).question();
        let (mut steps, mut digits) = (Vec::new(), 0);
        let answer = snapshot.trace(&pick, &mut |step| {
            steps.extend(Told::of(step, pool, &mut digits));
        });
        let backend = answer.ok().map(|slot| pool.backend(slot));
        Self {
            key,
            algorithm: algorithm.name,
            summary: algorithm.summary,
            steps,
            left_out: left_out(config, snapshot),
            passed_over: passed_over(snapshot, key.as_bytes(), answer.ok()),
            backend: backend.map(Backend::name),
            address: backend.and_then(Backend::address),
            next: owners_after(snapshot, key.as_bytes(), answer.ok(), next),
            answer,
        }
    }

    /// Returns the name of the backend, if there is one.
    #[must_use]
    pub const fn backend(&self) -> Option<&str> {
        self.backend
    }

    /// Returns the slot of the backend.
    ///
    /// # Errors
    /// As for [`Snapshot::trace`].
    pub const fn answer(&self) -> Result<Slot, RouteError> {
        self.answer
    }

    /// Returns the explanation as text, one line each.
    #[must_use]
    pub fn text(&self) -> String {
        let (len, hex) = (self.key.len(), hex(self.key.as_bytes()));
        let bytes = if len == 1 { "byte" } else { "bytes" };
        let lines = [
            ("key", format!("{:?} ({len} {bytes}: {hex})", self.key)),
            ("algorithm", format!("{}: {}", self.algorithm, self.summary)),
        ];
        let mut text = String::new();
        for (what, line) in lines.into_iter().chain(self.lines()) {
            writeln!(text, "{what:<11}{line}").expect("a text takes any line");
        }
        text
    }

    /// Returns what follows the key and the algorithm: labels and descriptions.
    pub(super) fn lines(&self) -> Vec<(&'static str, String)> {
        let mut lines = Vec::new();
        for Skipped { backend, why } in &self.left_out {
            lines.push(("excluded", format!("{backend}: {}", why.text())));
        }
        lines.extend(self.steps.iter().map(Told::words));
        for Skipped { backend, why } in &self.passed_over {
            lines.push(("skipped", format!("{backend}: {}", why.text())));
        }
        let backend = match (self.backend, self.address) {
            (Some(name), Some(address)) => format!("{name} at {address}"),
            (Some(name), None) => name.to_owned(),
            (None, _) => "none available".to_owned(),
        };
        lines.push(("backend", backend));
        if !self.next.is_empty() {
            lines.push(("next", self.next.join(", ")));
        }
        lines
    }

    /// Returns the name of the algorithm.
    pub(super) const fn algorithm(&self) -> &'static str {
        self.algorithm
    }

    /// Returns the step that gave the key to its backend, if the strategy reports one.
    pub(super) fn decider(&self) -> Option<&Told> {
        let backend = self.backend?;
        let mut steps = self.steps.iter().rev();
        steps.find(|step| step.prize(backend).is_some())
    }
}

/// Returns the backends without which the strategy is built.
fn left_out(config: &Config, snapshot: &Snapshot) -> Vec<Skipped> {
    let pool = snapshot.pool();
    let plain = config.plain(config.algorithm).profile();
    if !plain.rebuilt_on_health && config.subset.is_none() {
        return Vec::new();
    }
    let built: SlotSet = snapshot
        .balancer()
        .table()
        .unwrap_or_default()
        .into_iter()
        .collect();
    let panics = snapshot.balancer().overrides_health();
    let may_be_out = |slot| !panics || pool.backend(slot).is_backup();
    pool.slots()
        .filter(|&slot| !pool.is_active(slot) && may_be_out(slot) && !built.contains(slot))
        .take(MAX_PASSED_OVER)
        .map(|slot| Skipped::of(pool, slot))
        .collect()
}

/// Returns the backends that would come before the answer if all could be picked.
fn passed_over(snapshot: &Snapshot, key: &[u8], answer: Option<Slot>) -> Vec<Skipped> {
    let (pool, balancer) = (snapshot.pool(), snapshot.balancer());
    if snapshot.profile().key == Key::Unused {
        return Vec::new();
    }
    let mut seen = SlotSet::new();
    let next = || {
        let pick = Pick::new(pool, Some(key)).excluding(&seen);
        let slot = balancer.pick(&pick.question().regardless())?;
        (Some(slot) != answer && seen.insert(slot)).then_some(slot)
    };
    let before = std::iter::from_fn(next).take(MAX_PASSED_OVER);
    let out = before.filter(|&slot| !pool.admits(slot));
    out.map(|slot| Skipped::of(pool, slot)).collect()
}

/// Returns the backends after the answer in the order of preference.
fn owners_after<'a>(
    snapshot: &'a Snapshot,
    key: &[u8],
    answer: Option<Slot>,
    count: usize,
) -> Vec<&'a str> {
    // A strategy without keys has no next backend.
    let owners = snapshot.owners(key, count + 1).unwrap_or_default();
    let others = owners.into_iter().filter(|&slot| Some(slot) != answer);
    let names = others.map(|slot| snapshot.pool().backend(slot).name());
    names.take(count).collect()
}
