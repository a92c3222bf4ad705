//! Requests of an access log in the order of their times.

use std::path::Path;

use anyhow::{Context, Result, bail, ensure};

use super::access_log::{self, DurationUnit, Entry, KeyField};
use super::keys::Keys;
use super::log_time::LogTime;
use super::malformed::Malformed;
use crate::input::{Lines, name_of};

/// The longest time span of a log, in seconds: two centuries, which nanoseconds can represent.
const LONGEST: i64 = 8_000_000_000;

const SECOND: u64 = 1_000_000_000;

/// Requests with their times, in order of time.
pub(crate) struct Log {
    /// The arrivals, in nanoseconds after the first.
    pub(crate) arrivals: Vec<u64>,
    /// The times as logged.
    pub(crate) times: Vec<LogTime>,
    /// The durations, in nanoseconds; 0 if they are not read.
    pub(crate) durations: Vec<u64>,
    /// The keys.
    pub(crate) keys: Keys,
    /// The source of the requests, as text.
    pub(crate) source: String,
    /// Malformed lines.
    pub(crate) malformed: Malformed,
}

/// The times of a line.
#[derive(Clone, Copy)]
struct Times {
    at: LogTime,
    /// In nanoseconds; 0 if it is not read.
    duration: u64,
}

/// The lines that were read, in order.
#[derive(Default)]
struct Read {
    times: Vec<Times>,
    keys: Keys,
    malformed: Malformed,
}

impl Log {
    /// Reads the requests of a log in the common or combined format. The duration is the last field of each line, if
    /// there is a unit. Requests with equal times stay in the order of their lines, and those of one second are spread
    /// evenly over it, because logs have no finer times.
    ///
    /// # Errors
    /// If the file cannot be read, no line has all required fields, or two lines are centuries apart.
    pub(crate) fn read(path: &Path, field: KeyField, unit: Option<DurationUnit>) -> Result<Self> {
        let Read {
            times,
            keys,
            malformed,
        } = Read::all(path, field, unit)?;
        let mut order: Vec<_> = (0..times.len()).collect();
        order.sort_by_key(|&place| times[place].at.second);
        let mut sorted = Keys::default();
        order.iter().for_each(|&place| sorted.push(keys.get(place)));
        let times: Vec<_> = order.into_iter().map(|place| times[place]).collect();
        Ok(Self {
            arrivals: arrivals(&times).with_context(|| name_of(path))?,
            times: times.iter().map(|times| times.at).collect(),
            durations: times.iter().map(|times| times.duration).collect(),
            keys: sorted,
            source: access_log::source(path, field),
            malformed,
        })
    }
}

impl Read {
    /// Reads all lines; at least one has to be a request.
    fn all(path: &Path, field: KeyField, unit: Option<DurationUnit>) -> Result<Self> {
        let mut lines = Lines::open(path)?;
        let mut read = Self::default();
        loop {
            let number = lines.number() + 1;
            let Some(line) = lines.next_line()? else {
                break;
            };
            read.push(number, &access_log::parse(line), field, unit);
        }
        if read.times.is_empty() {
            let name = name_of(path);
            match read.malformed.first {
                Some((line, fault)) => {
                    bail!("{name}:{line}: {fault}; the log has no valid request")
                }
                None => bail!("{name}: no requests; expected one per line"),
            }
        }
        Ok(read)
    }

    /// Adds a line as a request, if its key and its times are readable.
    fn push(&mut self, line: u64, entry: &Entry<'_>, field: KeyField, unit: Option<DurationUnit>) {
        let (key, times) = (entry.key(field), Times::of(entry, unit));
        if let Some(fault) = entry.fault.or(times.err()) {
            self.malformed.note(line, fault, key.is_some());
        }
        match (key, times) {
            (Some(key), Ok(times)) => {
                self.keys.push(key);
                self.times.push(times);
            }
            (Some(_), Err(_)) => self.malformed.without_times += 1,
            (None, _) => {}
        }
    }
}

impl Times {
    fn of(entry: &Entry<'_>, unit: Option<DurationUnit>) -> Result<Self, &'static str> {
        let duration = unit.map(|unit| entry.duration(unit));
        Ok(Self {
            at: entry.time()?,
            duration: duration.transpose()?.unwrap_or(0),
        })
    }
}

/// Returns the arrivals, in nanoseconds after the first second.
fn arrivals(sorted: &[Times]) -> Result<Vec<u64>> {
    let first = sorted[0].at.second;
    let span = sorted[sorted.len() - 1].at.second - first;
    ensure!(
        span <= LONGEST,
        "the times span {span} seconds; expected at most {LONGEST}"
    );
    let seconds = sorted.chunk_by(|one, next| one.at.second == next.at.second);
    let arrivals = seconds.flat_map(|same| {
        let start = (same[0].at.second - first) as u64 * SECOND;
        let count = same.len() as u64;
        (0..count).map(move |number| start + number * SECOND / count)
    });
    Ok(arrivals.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn line(client: &str, time: &str, behind: &str) -> String {
        format!(r#"{client} - - [{time}] "GET / HTTP/1.1" 200 12 "-" "agent"{behind}"#)
    }

    fn read(lines: &[String], unit: Option<DurationUnit>) -> Result<Log> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(lines.join("\n").as_bytes()).unwrap();
        Log::read(file.path(), KeyField::Client, unit)
    }

    fn clients(log: &Log) -> Vec<&str> {
        let keys = log.keys.iter().map(std::str::from_utf8);
        keys.map(Result::unwrap).collect()
    }

    #[test]
    fn requests_are_sorted_by_time_and_spread_within_a_second() {
        let lines = [
            line("d", "17/May/2015:10:05:05 +0000", ""),
            line("a", "17/May/2015:10:05:03 +0000", ""),
            line("e", "17/May/2015:09:05:06 -0100", ""),
            line("b", "17/May/2015:12:05:03 +0200", ""),
            line("c", "17/May/2015:10:05:03 +0000", ""),
        ];
        let log = read(&lines, None).unwrap();
        assert_eq!(clients(&log), ["a", "b", "c", "d", "e"]);
        assert_eq!(
            log.arrivals,
            [0, 333_333_333, 666_666_666, 2 * SECOND, 3 * SECOND]
        );
        assert_eq!((log.durations, log.malformed.lines), (vec![0; 5], 0));
    }

    #[test]
    fn incomplete_lines_are_skipped_and_counted() {
        let lines = [
            line("a", "17/May/2015:10:05:04 +0000", " 0.002"),
            line("b", "yesterday", " 0.002"),
            line("c", "17/May/2015:10:05:03 +0000", " 0.001"),
            line("d", "17/May/2015:10:05:03 +0000", " -"),
            line("e", "17/May/2015:10:05:03 +0000", ""),
            String::from(" no client"),
        ];
        let log = read(&lines, Some(DurationUnit::S)).unwrap();
        assert_eq!(clients(&log), ["c", "a"]);
        assert_eq!(log.durations, [1_000_000, 2_000_000]);
        let first = (
            2,
            "invalid [time]; expected for example [17/May/2015:10:05:03 +0000]",
        );
        let expected = Malformed {
            lines: 4,
            without_key: 1,
            without_times: 3,
            first: Some(first),
        };
        assert_eq!(log.malformed, expected);
    }

    #[test]
    fn a_log_without_requests_is_rejected() {
        let refused = |lines: &[String], unit| {
            let error = read(lines, unit).err().unwrap();
            format!("{error:#}")
        };
        assert!(refused(&[], None).contains("no requests; expected one per line"));
        let untimed = [
            String::from("gibberish"),
            line("a", "17/May/2015:10:05:03 +0000", ""),
        ];
        assert!(
            refused(&untimed, Some(DurationUnit::Ms))
                .contains(":1: no [time]; the log has no valid request")
        );
        let ages = [
            line("a", "17/May/0015:10:05:03 +0000", ""),
            line("a", "17/May/2015:10:05:03 +0000", ""),
        ];
        assert!(refused(&ages, None).contains("the times span 63113904000 seconds"));
    }
}
