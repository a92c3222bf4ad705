//! Requests that are streamed and not stored.

use std::io::Write;
use std::path::Path;

use anyhow::{Result, bail};

use super::access_log::{self, KeyField};
use super::keys::Keys;
use super::malformed::Malformed;
use crate::input::{Lines, name_of};

/// The approximate total length of the keys of a chunk: lines may be long.
const CHUNK_BYTES: usize = 8 << 20;

/// The keys of requests in their order.
pub struct Stream {
    origin: Origin,
    /// Its name in messages.
    name: String,
    /// The number of requests so far.
    pub(crate) requests: u64,
    /// The source of the requests, as text.
    pub source: String,
    /// Malformed lines so far.
    pub malformed: Malformed,
}

enum Origin {
    /// The keys `key-1` to `key-N`.
    Numbers { last: u64 },
    /// One line per request.
    Lines {
        lines: Lines,
        field: Option<KeyField>,
        /// Whether the last line was read: a terminal would wait for another end.
        ended: bool,
    },
}

impl Stream {
    /// Returns the keys `key-1` to `key-N`, each once.
    #[must_use]
    pub fn numbered(last: u64) -> Self {
        let source = format!("key-1 to key-{last}");
        Self::new(Origin::Numbers { last }, source.clone(), source)
    }

    /// Reads a file of keys, one request per line.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn of_keys(path: &Path) -> Result<Self> {
        Self::of_lines(path, None, format!("the keys of {}", name_of(path)))
    }

    /// Reads an access log in the common or combined format, one request per line.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub fn of_access_log(path: &Path, field: KeyField) -> Result<Self> {
        Self::of_lines(path, Some(field), access_log::source(path, field))
    }

    fn of_lines(path: &Path, field: Option<KeyField>, source: String) -> Result<Self> {
        let lines = Lines::open(path)?;
        Ok(Self::new(
            Origin::Lines {
                lines,
                field,
                ended: false,
            },
            name_of(path),
            source,
        ))
    }

    fn new(origin: Origin, name: String, source: String) -> Self {
        Self {
            origin,
            name,
            requests: 0,
            source,
            malformed: Malformed::default(),
        }
    }

    /// Returns the total number of requests; `None` for lines.
    #[must_use]
    pub const fn length(&self) -> Option<u64> {
        match self.origin {
            Origin::Numbers { last } => Some(last),
            Origin::Lines { .. } => None,
        }
    }

    /// Replaces the keys by the next ones, at most this many. Returns whether there were any.
    ///
    /// # Errors
    /// If reading fails, or there is no request at all.
    pub(crate) fn fill(&mut self, keys: &mut Keys, most: usize) -> Result<bool> {
        keys.clear();
        match &mut self.origin {
            Origin::Numbers { last } => {
                let left = *last - self.requests;
                let next = self.requests + 1..=self.requests + left.min(most as u64);
                let mut key = Vec::new();
                for number in next {
                    key.clear();
                    write!(key, "key-{number}")?;
                    keys.push(&key);
                }
            }
            Origin::Lines {
                lines,
                field,
                ended,
            } => {
                while !*ended && keys.len() < most && keys.bytes() < CHUNK_BYTES {
                    let number = lines.number() + 1;
                    let Some(line) = lines.next_line()? else {
                        *ended = true;
                        break;
                    };
                    let (key, fault) = field.map_or((Some(line), None), |field| {
                        let entry = access_log::parse(line);
                        (entry.key(field), entry.fault)
                    });
                    if let Some(fault) = fault {
                        self.malformed.note(number, fault, key.is_some());
                    }
                    key.into_iter().for_each(|key| keys.push(key));
                }
            }
        }
        self.requests += keys.len() as u64;
        if self.requests == 0 {
            bail!("{}: no requests; expected one per line", self.name);
        }
        Ok(keys.len() > 0)
    }
}
