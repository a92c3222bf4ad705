//! The arguments of all that can take its keys from a file or a log.

use std::path::PathBuf;

use clap::Args;

use crate::workload::{KeyField, Source};

/// The flags of [`KeySourceArgs`], which exclude those for drawn keys. One that requires another is among them, because
/// what is required is not if something else that is given excludes it.
pub(super) const RECORDED: [&str; 3] = ["keys_from", "access_log", "key"];

/// Where recorded keys come from.
#[derive(Debug, Args)]
#[command(next_help_heading = "Traffic")]
pub(super) struct KeySourceArgs {
    /// Read the requests' keys from a file, one per line, plain or gzip; `-` is standard input
    #[arg(long, value_name = "FILE")]
    keys_from: Option<PathBuf>,
    /// Read the requests from an access log in the common or combined format, plain or gzip
    #[arg(
        long,
        value_name = "FILE",
        requires = "key",
        conflicts_with = "keys_from"
    )]
    access_log: Option<PathBuf>,
    /// Part of a logged request that is its key; a path includes the query
    #[arg(
        long,
        value_enum,
        value_name = "PART",
        requires = "access_log",
        conflicts_with = "keys_from"
    )]
    key: Option<KeyField>,
}

impl KeySourceArgs {
    /// The files that are read.
    pub(super) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.keys_from.iter().chain(&self.access_log)
    }

    /// The file or log, if one is given.
    pub(super) fn recorded(&self) -> Option<Source> {
        match (&self.keys_from, &self.access_log) {
            (Some(path), _) => Some(Source::Keys(path.clone())),
            (None, Some(path)) => {
                let field = self.key.unwrap_or(KeyField::Client);
                Some(Source::AccessLog(path.clone(), field))
            }
            (None, None) => None,
        }
    }
}
