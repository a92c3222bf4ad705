//! CSV files with a header: reads the requested columns.

use std::io::Read;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use csv::{ByteRecord, Reader};

use crate::input::{bytes_of, name_of};
use crate::text::whole;

/// The column of the service times, also where only that one is read.
pub(super) const SERVICE: &str = "service_us";

/// The largest time, in microseconds: two centuries, in which nanoseconds still count.
const MAX_US: u64 = 1 << 53;

/// A file after its header has been read.
pub(super) struct Table {
    reader: Reader<Box<dyn Read>>,
    headers: ByteRecord,
    name: String,
}

/// A column of microseconds.
#[derive(Clone, Copy)]
pub(super) struct Times {
    place: usize,
    name: &'static str,
}

impl Table {
    /// Opens a file, compressed with gzip or not; `-` is standard input.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let bytes: Box<dyn Read> = Box::new(bytes_of(path)?);
        let (mut reader, name) = (Reader::from_reader(bytes), name_of(path));
        let headers = reader
            .byte_headers()
            .with_context(|| format!("{name}:1"))?
            .clone();
        Ok(Self {
            reader,
            headers,
            name,
        })
    }

    /// Returns the index of a column, if there is one with this name.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        let mut headers = self.headers.iter();
        headers.position(|header| header == name.as_bytes())
    }

    /// Returns a column of times.
    ///
    /// # Errors
    /// If there is no such column.
    pub(super) fn times(&self, name: &'static str) -> Result<Times> {
        let place = self.find(name).with_context(|| {
            let found: Vec<_> = self.headers.iter().map(String::from_utf8_lossy).collect();
            let (file, found) = (&self.name, found.join(", "));
            format!("{file}:1: no column `{name}`; the header has {found}")
        })?;
        Ok(Times { place, name })
    }

    /// Reads the lines after the header.
    ///
    /// # Errors
    /// If there is none, or if a line has a fault; the error has its location.
    pub(super) fn for_each(
        mut self,
        mut take: impl FnMut(&ByteRecord) -> Result<()>,
    ) -> Result<()> {
        let name = self.name;
        let place = |line: u64| format!("{name}:{line}");
        let (mut record, mut lines) = (ByteRecord::new(), 0);
        loop {
            let line = self.reader.position().line();
            let more = self.reader.read_byte_record(&mut record);
            if !more.map_err(in_plain_words).with_context(|| place(line))? {
                break;
            }
            let line = record.position().map_or(line, csv::Position::line);
            take(&record).with_context(|| place(line))?;
            lines += 1;
        }
        ensure!(lines > 0, "{name}: no requests; expected one per line");
        Ok(())
    }
}

impl Times {
    /// Returns the time in a line, in microseconds.
    ///
    /// # Errors
    /// If it is not a number or too large.
    pub(super) fn of(self, record: &ByteRecord) -> Result<u64> {
        let field = &record[self.place];
        std::str::from_utf8(field)
            .ok()
            .and_then(|text| whole(text.trim()))
            .filter(|&number: &u64| number <= MAX_US)
            .with_context(|| {
                let (name, found) = (self.name, String::from_utf8_lossy(field));
                format!("`{name}` is `{found}`; expected whole microseconds, at most {MAX_US}")
            })
    }
}

/// Returns a format error without its location, which is added elsewhere.
fn in_plain_words(error: csv::Error) -> anyhow::Error {
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => anyhow::anyhow!("{len} fields; expected {expected_len}, as in the first line"),
        _ => error.into(),
    }
}
