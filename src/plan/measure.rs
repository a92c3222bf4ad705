//! Routes every key in every state, in chunks of keys, and counts the destinations.

use std::collections::BTreeMap;
use std::io::Write;

use anyhow::{Context, Result};
use evenkeel_algorithms::{Hashing, RouteError, Seed};
use rayon::prelude::*;

use super::distinct::Distinct;
use super::hot_keys::HotKeys;
use super::road::Road;
use super::tally::{Destination, Span, Tally};
use crate::workload::{Keys, Stream};

/// The approximate number of answers that are held at once.
const CHUNK_ANSWERS: usize = 1 << 17;

/// The number of keys that are asked for in each state at once.
const BLOCK: usize = 1 << 10;

/// The maximum number of keys that are kept for what-ifs.
const FIRST_KEYS: usize = 20_000;

/// The seed that identifies distinct keys. No algorithm hashes with it by default; otherwise the sample would be a
/// piece of its ring.
const SAMPLING: Seed = Seed(0x0D15_71C7);

/// The context of an error while the list is written.
const LIST: &str = "--list-moved: cannot write";

/// The measurements of a stream.
pub(super) struct Measured {
    pub(super) requests: Tally,
    /// The tally of distinct keys; `None` if every request has its own key.
    distinct: Option<Tally>,
    /// One of this many keys is in the sample.
    pub(super) sampled: u64,
    /// The requests of the keys that move from first to last; empty if every request has its own key.
    pub(super) hot_keys: HotKeys,
    /// The first distinct keys.
    pub(super) first: Keys,
}

impl Measured {
    pub(super) fn keys(&self) -> &Tally {
        self.distinct.as_ref().unwrap_or(&self.requests)
    }
}

/// Measures what the road does to a stream of requests. `done` is called after every chunk; `list` gets a line for
/// every request that moves from first to last.
///
/// # Errors
/// If the stream cannot be read, the list cannot be written, or something that an algorithm depends on fails.
pub(super) fn measure(
    road: &Road,
    spans: &[Span<'_>],
    stream: &mut Stream,
    list: Option<impl Write>,
    done: impl Fn(u64),
) -> Result<Measured> {
    let most = (CHUNK_ANSWERS / road.states.len()).max(1);
    let mut counter = Counter::new(road, spans, stream, list);
    let (mut chunk, mut next) = (Keys::default(), Keys::default());
    let mut routed = Routed::default();
    let mut more = stream.fill(&mut chunk, most)?;
    while more {
        // The next keys are read while these are routed.
        let mut outcome = Ok(());
        more = rayon::in_place_scope(|scope| {
            scope.spawn(|_| outcome = routed.route(road, &chunk, counter.distinct.is_some()));
            stream.fill(&mut next, most)
        })?;
        outcome?;
        counter.count(&chunk, &routed)?;
        done(chunk.len() as u64);
        std::mem::swap(&mut chunk, &mut next);
    }
    counter.finish()
}

/// The destinations of a chunk of keys.
#[derive(Default)]
struct Routed {
    /// The destination of each key in each state.
    destinations: Vec<Destination>,
    /// The hash of each key, if hashes are needed.
    hashes: Vec<u64>,
}

impl Routed {
    fn route(&mut self, road: &Road, keys: &Keys, hashed: bool) -> Result<(), RouteError> {
        let states = &road.states;
        self.destinations.resize(keys.len() * states.len(), None);
        let blocks = self.destinations.par_chunks_mut(states.len() * BLOCK);
        blocks.enumerate().try_for_each(|(block, destinations)| {
            let first = block * BLOCK;
            let last = first + destinations.len() / states.len();
            for (place, state) in states.iter().enumerate() {
                let mut next = place;
                let keys = (first..last).map(|key| keys.get(key));
                state.pick_each(keys, |slot| {
                    destinations[next] = slot;
                    next += states.len();
                })?;
            }
            Ok(())
        })?;
        let hashed = if hashed { keys.len() } else { 0 };
        let hash = |key| Hashing::from(SAMPLING).key(keys.get(key));
        let hashes = (0..hashed).into_par_iter().map(hash);
        hashes.collect_into_vec(&mut self.hashes);
        Ok(())
    }
}

struct Counter<'a, W> {
    spans: &'a [Span<'a>],
    states: usize,
    requests: Tally,
    distinct: Option<DistinctTally<'a>>,
    hot_keys: HotKeys,
    first: Keys,
    road: &'a Road,
    list: Option<W>,
}

impl<'a, W: Write> Counter<'a, W> {
    fn new(road: &'a Road, spans: &'a [Span<'a>], stream: &Stream, list: Option<W>) -> Self {
        let repeats = stream.length().is_none();
        Self {
            spans,
            states: road.states.len(),
            requests: Tally::dense(road, spans),
            distinct: repeats.then(|| DistinctTally::new(spans)),
            hot_keys: HotKeys::default(),
            first: Keys::default(),
            road,
            list,
        }
    }

    fn count(&mut self, keys: &Keys, routed: &Routed) -> Result<()> {
        for (number, destinations) in routed.destinations.chunks(self.states).enumerate() {
            let key = keys.get(number);
            self.requests.count(self.spans, destinations);
            let is_new = match &mut self.distinct {
                Some(distinct) => {
                    let hash = routed.hashes[number];
                    if let [whole, ..] = self.spans
                        && whole.moves(destinations)
                    {
                        let ends = [whole.before, whole.after].map(|state| destinations[state]);
                        self.hot_keys.count(hash, key, ends[0], ends[1]);
                    }
                    distinct.count(hash, destinations)
                }
                None => true,
            };
            if is_new && self.first.len() < FIRST_KEYS {
                self.first.push(key);
            }
            self.list(key, destinations).context(LIST)?;
        }
        Ok(())
    }

    fn list(&mut self, key: &[u8], destinations: &[Destination]) -> Result<()> {
        let (Some(list), [whole, ..]) = (&mut self.list, self.spans) else {
            return Ok(());
        };
        if whole.moves(destinations) {
            let name = |state: usize| self.road.states[state].name(destinations[state]);
            list.write_all(key)?;
            writeln!(list, "\t{}\t{}", name(whole.before), name(whole.after))?;
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Measured> {
        if let Some(list) = &mut self.list {
            list.flush().context(LIST)?;
        }
        let level = self
            .distinct
            .as_ref()
            .map_or(0, |keys| keys.distinct.level());
        Ok(Measured {
            requests: self.requests,
            distinct: self.distinct.map(DistinctTally::finish),
            sampled: 1 << level,
            hot_keys: self.hot_keys,
            first: self.first,
        })
    }
}

/// A tally of the distinct keys. Each level has its own, so that keys which leave the sample can be subtracted without
/// being stored.
struct DistinctTally<'a> {
    spans: &'a [Span<'a>],
    distinct: Distinct,
    levels: BTreeMap<u32, Tally>,
}

impl<'a> DistinctTally<'a> {
    fn new(spans: &'a [Span<'a>]) -> Self {
        Self {
            spans,
            distinct: Distinct::default(),
            levels: BTreeMap::new(),
        }
    }

    /// Counts a key if it is new; returns whether it is.
    fn count(&mut self, hash: u64, destinations: &[Destination]) -> bool {
        let Some(level) = self.distinct.insert(hash) else {
            return false;
        };
        let tally = self.levels.entry(level);
        let tally = tally.or_insert_with(|| Tally::sparse(self.spans));
        tally.count(self.spans, destinations);
        true
    }

    fn finish(self) -> Tally {
        let mut all = Tally::sparse(self.spans);
        let kept = self.levels.range(self.distinct.level()..);
        kept.for_each(|(_, tally)| all.merge(tally));
        all
    }
}
