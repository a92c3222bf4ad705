//! Requests in memory: drawn ones, files of keys, access logs.

use std::path::Path;

use anyhow::{Result, bail};
use indexmap::IndexSet;
use rand::SeedableRng;
use rand::rngs::ChaCha8Rng;
use rayon::prelude::*;

use super::access_log::KeyField;
use super::distribution::Distribution;
use super::hot_keys::{HotKey, hottest};
use super::keys::Keys;
use super::malformed::Malformed;
use super::stream::Stream;
use super::timed_log::Log;
use super::windows::Windows;

/// The number of keys that are read at once.
const CHUNK: usize = 1 << 10;

/// A sequence of requests, each with a key.
#[derive(Debug)]
pub struct Workload {
    /// The distinct keys in the order of their first request.
    keys: Keys,
    /// The key of each request.
    requests: Vec<u32>,
    /// The number of requests of each key.
    counts: Vec<u64>,
    /// The windows that the requests are in, if there are any.
    windows: Option<Windows>,
    /// The source of the requests, as text.
    pub source: String,
    /// Malformed lines.
    pub malformed: Malformed,
}

impl Workload {
    /// Draws requests from clients `client-1` to `client-N` with a seed.
    ///
    /// # Errors
    /// If there are no clients, no requests or more than 2^32 − 1 clients.
    pub fn drawn(
        requests: usize,
        clients: u32,
        distribution: Distribution,
        seed: u64,
    ) -> Result<Self> {
        Self::drawn_again(0, requests, clients, distribution, seed)
    }

    /// Returns the same for one of several runs: clients `client-(N · run + 1)` to `client-(N · (run + 1))`, so that no
    /// two runs share a key.
    ///
    /// # Errors
    /// As for [`drawn`](Self::drawn).
    pub fn drawn_again(
        run: u32,
        requests: usize,
        clients: u32,
        distribution: Distribution,
        seed: u64,
    ) -> Result<Self> {
        if requests == 0 || clients == 0 {
            bail!("a workload needs at least one request and one client");
        }
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut draw = distribution.sampler(clients)?;
        let mut ids = vec![u32::MAX; clients as usize];
        let (mut keys, mut counts) = (Keys::default(), Vec::new());
        let first = u64::from(run) * u64::from(clients) + 1;
        let request = |_| {
            let client = draw(&mut rng);
            let id = &mut ids[client as usize];
            if *id == u32::MAX {
                *id = keys.len() as u32;
                counts.push(0);
                keys.push(format!("client-{}", first + u64::from(client)).as_bytes());
            }
            counts[*id as usize] += 1;
            *id
        };
        let requests = (0..requests).map(request).collect();
        let source = format!("{clients} clients drawn {distribution}");
        Ok(Self {
            keys,
            requests,
            counts,
            windows: None,
            source,
            malformed: Malformed::default(),
        })
    }

    /// Reads a file of keys, one request per line.
    ///
    /// # Errors
    /// If the file cannot be read or is empty.
    pub fn from_keys(path: &Path) -> Result<Self> {
        Self::from_stream(Stream::of_keys(path)?)
    }

    /// Reads an access log in the common or combined format, one request per line.
    ///
    /// # Errors
    /// If the file cannot be read or no line has a key.
    pub fn from_access_log(path: &Path, field: KeyField) -> Result<Self> {
        Self::from_stream(Stream::of_access_log(path, field)?)
    }

    /// Reads the same in the order of their times, in windows of this many seconds by the clock of the log. A line
    /// without a readable time is not a request.
    ///
    /// # Errors
    /// If the file cannot be read, no line has a key and a time, or two lines are centuries apart.
    pub fn from_access_log_in_windows(path: &Path, field: KeyField, width: u64) -> Result<Self> {
        let log = Log::read(path, field, None)?;
        let mut collected = Collected::default();
        log.keys.iter().for_each(|key| collected.push(key));
        Ok(Self {
            windows: Some(Windows::of(&log.times, width)),
            ..collected.finish(log.source, log.malformed)
        })
    }

    fn from_stream(mut stream: Stream) -> Result<Self> {
        let (mut collected, mut chunk) = (Collected::default(), Keys::default());
        while stream.fill(&mut chunk, CHUNK)? {
            chunk.iter().for_each(|key| collected.push(key));
        }
        Ok(collected.finish(stream.source, stream.malformed))
    }

    /// Returns the distinct keys in the order of their first request.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.keys.iter()
    }

    /// Returns the distinct keys in the same order, for parallel use.
    pub fn par_keys(&self) -> impl IndexedParallelIterator<Item = &[u8]> {
        let numbers = (0..self.keys.len()).into_par_iter();
        numbers.map(|index| self.keys.get(index))
    }

    /// Returns the requests in order: the index of its key, and the key.
    pub fn requests(&self) -> impl ExactSizeIterator<Item = (usize, &[u8])> {
        self.requests
            .iter()
            .map(|&key| (key as usize, self.keys.get(key as usize)))
    }

    /// Returns the hottest of some keys, hottest first, each with its index; none if they came once.
    pub(crate) fn hottest(&self, is_among: impl Fn(usize) -> bool) -> Vec<(usize, HotKey)> {
        let among = (0..).zip(self.counts.iter().copied());
        let among = among.filter(|&(key, _)| is_among(key));
        let all = self.requests.len() as u64;
        let hot = |key| HotKey::new(self.keys.get(key), self.counts[key], all);
        hottest(among)
            .into_iter()
            .map(|key| (key, hot(key)))
            .collect()
    }

    /// Returns the windows that the requests are in, if there are any.
    pub(crate) const fn windows(&self) -> Option<&Windows> {
        self.windows.as_ref()
    }

    /// Returns the number of requests of each key.
    #[must_use]
    pub fn counts(&self) -> &[u64] {
        &self.counts
    }
}

/// The requests of a file, as far as they are read.
#[derive(Default)]
struct Collected {
    distinct: IndexSet<Box<[u8]>>,
    requests: Vec<u32>,
    counts: Vec<u64>,
}

impl Collected {
    fn push(&mut self, key: &[u8]) {
        let number = self.distinct.get_index_of(key).unwrap_or_else(|| {
            self.counts.push(0);
            self.distinct.insert_full(key.into()).0
        });
        self.counts[number] += 1;
        self.requests.push(number as u32);
    }

    fn finish(self, source: String, malformed: Malformed) -> Workload {
        let mut keys = Keys::default();
        self.distinct.iter().for_each(|key| keys.push(key));
        Workload {
            keys,
            requests: self.requests,
            counts: self.counts,
            windows: None,
            source,
            malformed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    fn file(content: &[u8]) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(content).unwrap();
        file
    }

    #[test]
    fn drawn_requests_are_the_same_for_a_seed() {
        let drawn = |seed| Workload::drawn(1_000, 50, Distribution::Uniform, seed).unwrap();
        let keys = |workload: &Workload| -> Vec<Vec<u8>> {
            workload.requests().map(|(_, key)| key.to_vec()).collect()
        };
        assert_eq!(keys(&drawn(1)), keys(&drawn(1)));
        assert_ne!(keys(&drawn(1)), keys(&drawn(2)));
        assert_eq!(drawn(1).keys().len(), 50);
        assert_eq!(drawn(1).counts().iter().sum::<u64>(), 1_000);
    }

    #[test]
    fn keys_are_lines_of_any_bytes() {
        let file = file(b"a\nb\r\n\xFF\n\na");
        let workload = Workload::from_keys(file.path()).unwrap();
        let keys: Vec<_> = workload.keys().collect();
        assert_eq!(keys, [&b"a"[..], b"b", b"\xFF", b""]);
        assert_eq!(workload.counts(), [2, 1, 1, 1]);
    }

    #[test]
    fn compressed_keys_are_read_to_the_end_of_every_part() {
        let mut bytes = Vec::new();
        for part in ["a\nb\n", "c\n"] {
            let mut encoder = flate2::write::GzEncoder::new(&mut bytes, Default::default());
            encoder.write_all(part.as_bytes()).unwrap();
            encoder.finish().unwrap();
        }
        assert_eq!(
            Workload::from_keys(file(&bytes).path())
                .unwrap()
                .requests()
                .len(),
            3
        );
    }

    #[test]
    fn malformed_lines_count_if_their_key_is_readable() {
        let good = r#"1.2.3.4 - - [17/May/2015:10:05:03 +0000] "GET /a?b HTTP/1.1" 200 12"#;
        let log = file(format!("{good}\n1.2.3.4 gibberish\n\n{good} \"x\n").as_bytes());
        let read = |field| Workload::from_access_log(log.path(), field).unwrap();
        let by_client = read(KeyField::Client);
        assert_eq!(
            (by_client.requests().len(), by_client.malformed.lines),
            (3, 3)
        );
        assert_eq!(by_client.malformed.without_key, 1);
        let by_path = read(KeyField::Path);
        assert_eq!(
            (by_path.requests().len(), by_path.malformed.without_key),
            (2, 2)
        );
        assert_eq!(by_path.keys().next(), Some(&b"/a?b"[..]));
        assert_eq!(by_path.malformed.first.unwrap().0, 2);
    }

    #[test]
    fn an_empty_file_is_rejected() {
        let error = Workload::from_keys(file(b"").path()).unwrap_err();
        assert!(error.to_string().contains("no requests"));
    }
}
