//! A row of a file, as it is read.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::value::RawValue;

/// The sets of keys and of events, by name.
pub(super) type Sets = BTreeMap<String, Box<RawValue>>;

/// The answers of one run of a real program.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Row {
    pub(super) name: String,
    /// The real program.
    pub(super) source: String,
    /// An ordinary config.
    pub(super) config: Box<RawValue>,
    pub(super) kind: Kind,
    /// The set of keys, for a row of routes.
    pub(super) keys: Option<String>,
    /// The set of events, for a row of held requests.
    pub(super) events: Option<String>,
    /// Whether answers depend on earlier ones.
    #[serde(default)]
    pub(super) in_order: bool,
    pub(super) picks: Option<Picks>,
    pub(super) table: Option<Vec<u32>>,
    pub(super) table_head: Option<Vec<u32>>,
    pub(super) table_sha256_le_u32: Option<String>,
    pub(super) slot_counts: Option<Vec<u32>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Kind {
    /// Each key of a set in turn.
    Routes,
    /// Requests without a key, in order.
    Sequence,
    /// Requests that stay in flight until they are closed.
    Hold,
    /// The strategy's own table.
    Table,
}

/// The answers, as positions in the config's list of backends.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a text of base-36 digits or a list of numbers")]
pub(super) enum Picks {
    Digits(String),
    Numbers(Vec<u32>),
}
