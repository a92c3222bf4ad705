//! Why a key reaches its backend.

use std::fmt::Write;

use evenkeel_algorithms::{Backend, Key, Pick, Pool, RouteError, Slot, SlotSet, Snapshot, Step};
use serde::Serialize;

use crate::config::Config;

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
    left_out: Vec<PassedOver>,
    /// The backends that come earlier in the order of preference, and why they were skipped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    passed_over: Vec<PassedOver>,
    backend: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    /// The order of retries and replicas.
    next: Vec<&'a str>,
    #[serde(skip)]
    answer: Result<Slot, RouteError>,
}

/// A backend that could not be picked.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct PassedOver {
    backend: String,
    why: &'static str,
}

/// A [`Step`] as text.
#[derive(Debug, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
enum Told {
    /// The hashed bytes, if they are not the whole key.
    Bytes {
        text: String,
        hex: String,
    },
    Hash {
        hash: String,
        bits: u32,
    },
    Point {
        point: String,
        owner: String,
    },
    Entry {
        index: u64,
        of: u64,
        owner: Option<String>,
    },
    First {
        backend: String,
    },
    Full {
        backend: String,
    },
    Fallback {
        to: &'static str,
    },
}

impl Told {
    /// `digits` is the number of hexadecimal digits of the last hash.
    fn of(step: Step<'_>, pool: &Pool, digits: &mut usize) -> Option<Self> {
        let name = |slot: Slot| pool.backend(slot).name().to_owned();
        Some(match step {
            Step::Bytes(bytes) => Self::Bytes {
                text: String::from_utf8_lossy(bytes).into_owned(),
                hex: hex(bytes),
            },
            Step::Hash { hash, bits } => {
                *digits = bits.div_ceil(4) as usize;
                let hash = format!("{hash:0digits$x}", digits = *digits);
                Self::Hash { hash, bits }
            }
            Step::Point { point, owner } => Self::Point {
                point: format!("{point:0digits$x}", digits = *digits),
                owner: name(owner),
            },
            Step::Entry { index, len, owner } => Self::Entry {
                index,
                of: len,
                owner: owner.map(name),
            },
            Step::First(slot) => Self::First {
                backend: name(slot),
            },
            Step::Full(slot) => Self::Full {
                backend: name(slot),
            },
            Step::Fallback(to) => Self::Fallback { to },
            // A step that is newer than this version.
            _ => return None,
        })
    }

    /// Returns a label and a description.
    fn words(&self) -> (&'static str, String) {
        match self {
            Self::Bytes { text, hex } => ("hashed", format!("{text:?} (bytes {hex})")),
            Self::Hash { hash, bits } => ("hash", format!("{hash} ({bits} bits)")),
            Self::Point { point, owner } => ("point", format!("{point} ({owner})")),
            Self::Entry { index, of, owner } => {
                let owner = owner.as_deref().unwrap_or("no backend");
                ("entry", format!("{index} of {of} ({owner})"))
            }
            Self::First { backend } => ("first", backend.clone()),
            Self::Full { backend } => ("full", format!("{backend}: above its bound")),
            Self::Fallback { to } => ("then", (*to).to_owned()),
        }
    }
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
        let mut lines = vec![
            ("key", format!("{:?} ({len} {bytes}: {hex})", self.key)),
            ("algorithm", format!("{}: {}", self.algorithm, self.summary)),
        ];
        for PassedOver { backend, why } in &self.left_out {
            lines.push(("excluded", format!("{backend}: {why}")));
        }
        lines.extend(self.steps.iter().map(Told::words));
        for PassedOver { backend, why } in &self.passed_over {
            lines.push(("skipped", format!("{backend}: {why}")));
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
        let mut text = String::new();
        for (what, line) in lines {
            writeln!(text, "{what:<11}{line}").expect("a text takes any line");
        }
        text
    }
}

/// Returns the backends without which the strategy is built.
fn left_out(config: &Config, snapshot: &Snapshot) -> Vec<PassedOver> {
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
        .map(|slot| PassedOver::of(pool, slot))
        .collect()
}

/// Returns the backends that would come before the answer if all could be picked.
fn passed_over(snapshot: &Snapshot, key: &[u8], answer: Option<Slot>) -> Vec<PassedOver> {
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
    out.map(|slot| PassedOver::of(pool, slot)).collect()
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

impl PassedOver {
    fn of(pool: &Pool, slot: Slot) -> Self {
        let backend = pool.backend(slot);
        let why = if backend.is_down() {
            "down"
        } else if backend.is_draining() {
            "draining"
        } else if !pool.is_eligible(slot) {
            "unhealthy"
        } else if !pool.is_active(slot) {
            "a backup, standing by"
        } else {
            "at its cap"
        };
        let backend = backend.name().to_owned();
        Self { backend, why }
    }
}
