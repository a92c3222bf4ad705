//! Recorded answers of real programs: read from a folder and replayed through the ordinary loader and
//! load balancer. `tests/vectors/README.md` has the format.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::input;

mod replay;

/// All rows of a folder, with the sets of keys and events that they name.
#[derive(Debug)]
pub struct Vectors {
    rows: Vec<(Place, Row)>,
    sets: Sets,
}

/// The file that a row stands in, and its line, from 1.
type Place = (PathBuf, usize);

/// The sets of keys and of events, by their names.
type Sets = BTreeMap<String, Box<RawValue>>;

/// What one run of a real program answered.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: String,
    /// The real program.
    source: String,
    /// An ordinary config.
    config: Box<RawValue>,
    kind: Kind,
    /// The set of keys, of a row of routes.
    keys: Option<String>,
    /// The set of events, of a row of held requests.
    events: Option<String>,
    /// Whether one answer depends on those before.
    #[serde(default)]
    in_order: bool,
    picks: Option<Picks>,
    table: Option<Vec<u32>>,
    table_head: Option<Vec<u32>>,
    table_sha256_le_u32: Option<String>,
    slot_counts: Option<Vec<u32>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Kind {
    /// Each key of a set in turn.
    Routes,
    /// Requests without a key, one after the other.
    Sequence,
    /// Requests that stay in flight until they are closed.
    Hold,
    /// The strategy's own table.
    Table,
}

/// The places in the config's list of backends that the answers were.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a text of base-36 digits or a list of numbers")]
enum Picks {
    Digits(String),
    Numbers(Vec<u32>),
}

/// What came of a row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// The row's name.
    pub name: String,
    /// The config's algorithm; empty if the config is no config.
    pub algorithm: &'static str,
    /// The real program.
    pub source: String,
    /// How many answers are the program's.
    pub matched: usize,
    /// How many there are.
    pub total: usize,
    /// The first that is another, or why there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<String>,
}

impl Verdict {
    /// Whether every answer is the program's.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.matched == self.total && self.difference.is_none()
    }
}

impl Vectors {
    /// Reads all files of a folder that end in `.jsonl` or `.jsonl.gz`, and `keysets.json` or
    /// `keysets.json.gz`.
    ///
    /// # Errors
    /// If a file cannot be read or a line is no row; the message says which.
    pub fn read(folder: &Path) -> Result<Self> {
        let place = || format!("{}: cannot read this folder", folder.display());
        let entries = fs::read_dir(folder).with_context(place)?;
        let paths = entries.map(|entry| entry.map(|entry| entry.path()));
        let mut paths = paths.collect::<Result<Vec<_>, _>>().with_context(place)?;
        paths.sort();
        let (mut rows, mut sets) = (Vec::new(), None);
        for path in paths {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            match name.strip_suffix(".gz").unwrap_or(&name) {
                "keysets.json" => sets = Some(parsed(&path, &input::text(&path)?)?),
                name if name.ends_with(".jsonl") => read_rows(&path, &mut rows)?,
                _ => {}
            }
        }
        let folder = folder.display();
        ensure!(
            !rows.is_empty(),
            "{folder}: no rows; expected files that end in .jsonl or .jsonl.gz"
        );
        let Some(sets) = sets else {
            bail!("{folder}: no keysets.json, which the rows take their keys from");
        };
        Ok(Self { rows, sets })
    }

    /// How many rows there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Replays the rows, on all cores, and tells when each is done.
    pub fn replay(&self, done: impl Fn() + Sync) -> Vec<Verdict> {
        let verdict = |((path, line), row): &(Place, Row)| {
            let verdict = row.verdict(&self.sets);
            done();
            let place = |difference| format!("{}:{line}: {difference}", path.display());
            Verdict {
                difference: verdict.difference.map(place),
                ..verdict
            }
        };
        self.rows.par_iter().map(verdict).collect()
    }
}

fn read_rows(path: &Path, rows: &mut Vec<(Place, Row)>) -> Result<()> {
    let text = input::text(path)?;
    let lines = (1..).zip(text.lines());
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let row = serde_json::from_str(line);
        let row = row.with_context(|| format!("{}:{number}: no row", path.display()))?;
        rows.push(((path.to_owned(), number), row));
    }
    Ok(())
}

fn parsed<'a, T: Deserialize<'a>>(path: &Path, text: &'a str) -> Result<T> {
    serde_json::from_str(text).with_context(|| path.display().to_string())
}
