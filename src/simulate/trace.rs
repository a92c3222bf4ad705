//! Recorded requests: a CSV file with a line each.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use csv::{ByteRecord, Reader};

use super::traffic::Request;
use crate::input::{bytes_of, name_of};
use crate::workload::Keys;

/// The largest time that is read, in microseconds: two centuries, in which nanoseconds still count.
const MOST_US: u64 = 1 << 53;

/// Recorded requests in the order of their arrival, from time 0.
#[derive(Debug, Default)]
pub struct Trace {
    /// Arrival and service in nanoseconds.
    times: Vec<(u64, u64)>,
    /// The key of each, if there are keys.
    keys: Option<Keys>,
    /// Where they come from, in words.
    pub source: String,
}

/// The columns that are read.
struct Columns {
    arrival: usize,
    service: usize,
    key: Option<usize>,
}

impl Trace {
    /// Reads a file with the columns `arrival_us`, `service_us` and, if there are keys, `key`,
    /// compressed with gzip or not; `-` is standard input. The first request arrives at time 0.
    ///
    /// # Errors
    /// If the file cannot be read, says where it is not as it should be, or has no request.
    pub fn read(path: &Path) -> Result<Self> {
        let name = name_of(path);
        let mut reader = Reader::from_reader(bytes_of(path)?);
        let place = |line: u64| format!("{name}:{line}");
        let headers = reader.byte_headers().with_context(|| place(1))?.clone();
        let columns = Columns::find(&headers).with_context(|| place(1))?;
        let mut trace = Self {
            keys: columns.key.map(|_| Keys::default()),
            source: format!("the trace {name}"),
            ..Self::default()
        };
        let mut record = ByteRecord::new();
        let mut last = 0;
        loop {
            let line = reader.position().line();
            let more = reader.read_byte_record(&mut record);
            if !more.map_err(in_plain_words).with_context(|| place(line))? {
                break;
            }
            let line = record.position().map_or(line, csv::Position::line);
            last = trace
                .push(&record, &columns, last)
                .with_context(|| place(line))?;
        }
        ensure!(trace.len() > 0, "{name}: no requests; expected one a line");
        Ok(trace)
    }

    /// Takes a line in, and says when it arrived.
    fn push(&mut self, record: &ByteRecord, columns: &Columns, last: u64) -> Result<u64> {
        let arrival = microseconds(record, columns.arrival, ARRIVAL)?;
        let service = microseconds(record, columns.service, SERVICE)?;
        if arrival < last {
            bail!(
                "`{ARRIVAL}` is {arrival}, after {last} in the line before; expected them in order"
            );
        }
        self.times.push((arrival * 1_000, service * 1_000));
        if let Some((keys, column)) = self.keys.as_mut().zip(columns.key) {
            keys.push(&record[column]);
        }
        Ok(arrival)
    }

    pub(super) fn len(&self) -> usize {
        self.times.len()
    }

    pub(super) fn requests(&self) -> impl Iterator<Item = Request<'_>> {
        let start = self.times.first().map_or(0, |&(arrival, _)| arrival);
        let requests = self.times.iter().enumerate();
        requests.map(move |(number, &(arrival, service))| Request {
            arrival: arrival - start,
            service,
            key: self.keys.as_ref().map(|keys| keys.get(number)),
        })
    }
}

const ARRIVAL: &str = "arrival_us";
const SERVICE: &str = "service_us";

impl Columns {
    fn find(headers: &ByteRecord) -> Result<Self> {
        let find = |name: &str| headers.iter().position(|header| header == name.as_bytes());
        let required = |name| {
            let found = find(name);
            found.with_context(|| {
                let found: Vec<_> = headers.iter().map(String::from_utf8_lossy).collect();
                let found = found.join(", ");
                format!("no column `{name}`; expected it in the first line, which has {found}")
            })
        };
        Ok(Self {
            arrival: required(ARRIVAL)?,
            service: required(SERVICE)?,
            key: find("key"),
        })
    }
}

fn microseconds(record: &ByteRecord, column: usize, name: &str) -> Result<u64> {
    let text = std::str::from_utf8(&record[column]).ok();
    let number = text.and_then(|text| text.trim().parse().ok());
    let number = number.filter(|&number: &u64| number <= MOST_US);
    number.with_context(|| {
        let found = String::from_utf8_lossy(&record[column]);
        format!("`{name}` is `{found}`; expected whole microseconds, at most {MOST_US}")
    })
}

/// A fault of the format without its place, which is said anyway.
fn in_plain_words(error: csv::Error) -> anyhow::Error {
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => anyhow::anyhow!("{len} fields; expected {expected_len}, as in the first line"),
        _ => error.into(),
    }
}
