//! A step of a trace with the names of its backends.

use evenkeel_algorithms::{Pool, Slot, Step};
use serde::Serialize;

use crate::text::hex;

/// A [`Step`] as text.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
#[non_exhaustive]
#[expect(
    missing_docs,
    reason = "the fields are those of `Step`, which documents them"
)]
pub enum Told {
    /// The hashed bytes, if they are not the whole key.
    Bytes { text: String, hex: String },
    /// The hash of the key, in hexadecimal digits.
    Hash { hash: String, bits: u32 },
    /// The point of a ring, in hexadecimal digits.
    Point { point: String, owner: String },
    /// The entry of a table or list.
    Entry {
        index: u64,
        of: u64,
        owner: Option<String>,
    },
    /// The bucket of a numbering.
    Bucket { number: u32, of: u64, owner: String },
    /// The nearest probe and its point, in hexadecimal digits.
    Probe {
        probe: String,
        point: String,
        owner: String,
    },
    /// The first backend by the hash.
    First { backend: String },
    /// The draw that wins.
    Draw { score: f64, owner: String },
    /// The best draw of the others.
    RunnerUp { score: f64, owner: String },
    /// A backend above its bound.
    Full { backend: String },
    /// What decides instead of the key.
    Fallback { to: &'static str },
}

impl Told {
    /// `digits` is the number of hexadecimal digits of the last hash.
    pub(super) fn of(step: Step<'_>, pool: &Pool, digits: &mut usize) -> Option<Self> {
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
            Step::Bucket { number, len, owner } => Self::Bucket {
                number,
                of: len,
                owner: name(owner),
            },
            Step::Probe {
                probe,
                point,
                owner,
            } => Self::Probe {
                probe: format!("{probe:016x}"),
                point: format!("{point:016x}"),
                owner: name(owner),
            },
            Step::First(slot) => Self::First {
                backend: name(slot),
            },
            Step::Draw { score, owner } => Self::Draw {
                score,
                owner: name(owner),
            },
            Step::RunnerUp { score, owner } => Self::RunnerUp {
                score,
                owner: name(owner),
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
    pub(super) fn words(&self) -> (&'static str, String) {
        match self {
            Self::Bytes { text, hex } => ("hashed", format!("{text:?} (bytes {hex})")),
            Self::Hash { hash, bits } => ("hash", format!("{hash} ({bits} bits)")),
            Self::Point { point, owner } => ("point", format!("{point} ({owner})")),
            Self::Entry { index, of, owner } => {
                let owner = owner.as_deref().unwrap_or("no backend");
                ("entry", format!("{index} of {of} ({owner})"))
            }
            Self::Bucket { number, of, owner } => ("bucket", format!("{number} of {of} ({owner})")),
            Self::Probe { point, owner, .. } => ("probe", format!("to point {point} ({owner})")),
            Self::First { backend } => ("first", backend.clone()),
            Self::Draw { score, owner } => ("draw", format!("{} ({owner})", digits(*score))),
            Self::RunnerUp { score, owner } => {
                ("runner-up", format!("{} ({owner})", digits(*score)))
            }
            Self::Full { backend } => ("full", format!("{backend}: above its bound")),
            Self::Fallback { to } => ("then", (*to).to_owned()),
        }
    }

    /// Returns what a backend has if this step gives it the key.
    pub(super) fn prize(&self, backend: &str) -> Option<String> {
        let (owner, prize) = match self {
            Self::Point { point, owner } => (owner, format!("point {point}")),
            Self::Entry {
                index,
                of,
                owner: Some(owner),
            } => (owner, format!("entry {index} of {of}")),
            Self::Bucket { number, of, owner } => (owner, format!("bucket {number} of {of}")),
            Self::Probe { point, owner, .. } => (owner, format!("point {point}")),
            Self::Draw { score, owner } => (owner, format!("the best draw, {}", digits(*score))),
            _ => return None,
        };
        (owner == backend).then_some(prize)
    }
}

/// Returns a score with six significant digits.
fn digits(score: f64) -> String {
    let before = if score > 0. {
        libm::log10(score).floor()
    } else {
        0.
    };
    let behind = (5. - before).clamp(0., 12.) as usize;
    format!("{score:.behind$}")
}
