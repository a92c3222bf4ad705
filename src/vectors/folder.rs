//! A folder of recorded answers: reads it and replays it row by row.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use rayon::prelude::*;
use serde::Deserialize;

use super::replay::Replayed;
use super::row::{Row, Sets};
use crate::input;

/// All rows of a folder, with the sets of keys and events that they refer to.
#[derive(Debug)]
pub struct Vectors {
    rows: Vec<Located>,
    sets: Sets,
}

/// A row, its file, and its line number, starting from 1.
#[derive(Debug)]
struct Located {
    path: PathBuf,
    line: usize,
    row: Row,
}

impl Vectors {
    /// Reads all files of a folder with the ending `.jsonl` or `.jsonl.gz`, and `keysets.json` or `keysets.json.gz`.
    ///
    /// # Errors
    /// If a file cannot be read or a line is not a row; the error has the location.
    pub fn read(folder: &Path) -> Result<Self> {
        let cannot = || format!("{}: cannot read this folder", folder.display());
        let mut paths = fs::read_dir(folder)
            .with_context(cannot)?
            .map(|entry| entry.map(|entry| entry.path()))
            .collect::<Result<Vec<_>, _>>()
            .with_context(cannot)?;
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
            "{folder}: no rows; expected files ending in .jsonl or .jsonl.gz"
        );
        let Some(sets) = sets else {
            bail!("{folder}: keysets.json is missing; the rows refer to it");
        };
        Ok(Self { rows, sets })
    }

    /// Returns the number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Returns whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Replays the rows on all cores, and calls `done` after each.
    pub fn replay(&self, done: impl Fn() + Sync) -> Vec<Replayed> {
        let replay = |Located { path, line, row }: &Located| {
            let replayed = row.replayed(&self.sets);
            done();
            let located = |difference| format!("{}:{line}: {difference}", path.display());
            Replayed {
                difference: replayed.difference.map(located),
                ..replayed
            }
        };
        self.rows.par_iter().map(replay).collect()
    }
}

fn read_rows(path: &Path, rows: &mut Vec<Located>) -> Result<()> {
    let text = input::text(path)?;
    let lines = (1..).zip(text.lines());
    for (number, line) in lines.filter(|(_, line)| !line.trim().is_empty()) {
        let row = serde_json::from_str(line)
            .with_context(|| format!("{}:{number}: not a row", path.display()))?;
        rows.push(Located {
            path: path.to_owned(),
            line: number,
            row,
        });
    }
    Ok(())
}

fn parsed<'a, T: Deserialize<'a>>(path: &Path, text: &'a str) -> Result<T> {
    serde_json::from_str(text).with_context(|| path.display().to_string())
}
