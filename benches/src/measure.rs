//! Contestants take turns in one run, so that a noisy machine is noisy for all of them; the median of
//! each one's rounds counts.

use std::hint::black_box;
use std::time::{Duration, Instant};

use crate::keys::Keys;

/// What one round of a contestant shall take: long enough that a cold cache at its start is forgotten.
const ROUND: Duration = Duration::from_millis(40);
const ROUNDS: usize = 9;
/// The fewest keys a round, for those that need milliseconds a key.
const FEWEST: usize = 16;

type Run<'a> = dyn FnMut(&[&str]) + 'a;

/// Something that is timed.
pub struct Contestant<'a> {
    pub name: &'static str,
    run: Box<Run<'a>>,
}

/// The median time of a contestant.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    pub name: &'static str,
    pub nanoseconds: f64,
}

impl<'a> Contestant<'a> {
    /// One that answers each key; the answers are only summed up.
    pub fn pick(name: &'static str, mut pick: impl FnMut(&str) -> usize + 'a) -> Self {
        let run = move |keys: &[&str]| {
            let sum = keys
                .iter()
                .fold(0, |sum: usize, key| sum.wrapping_add(pick(key)));
            black_box(sum);
        };
        Self {
            name,
            run: Box::new(run),
        }
    }

    /// One that does something as a whole, given some keys.
    pub fn whole(name: &'static str, run: impl FnMut(&[&str]) + 'a) -> Self {
        Self {
            name,
            run: Box::new(run),
        }
    }

    /// One that builds something, without a key.
    pub fn build<T>(name: &'static str, mut build: impl FnMut() -> T + 'a) -> Self {
        Self::whole(name, move |_| {
            black_box(build());
        })
    }

    fn time(&mut self, keys: &[&str]) -> Duration {
        let start = Instant::now();
        (self.run)(black_box(keys));
        start.elapsed()
    }

    /// How many keys fill a round.
    fn keys_a_round(&mut self, keys: &Keys) -> usize {
        let mut count = FEWEST;
        loop {
            let took = self.time(keys.part(0, count));
            if took > ROUND / 4 || count == keys.len() {
                let fitting = count as f64 * ROUND.as_secs_f64() / took.as_secs_f64();
                return (fitting as usize).clamp(FEWEST, keys.len());
            }
            count = (count * 4).min(keys.len());
        }
    }
}

/// Times picks: nanoseconds a key.
pub fn picks(keys: &Keys, contestants: Vec<Contestant<'_>>) -> Vec<Timing> {
    let mut contestants: Vec<_> = contestants
        .into_iter()
        .map(|mut contestant| (contestant.keys_a_round(keys), contestant))
        .collect();
    let mut rounds = vec![Vec::new(); contestants.len()];
    for round in 0..ROUNDS {
        for ((count, contestant), times) in contestants.iter_mut().zip(&mut rounds) {
            let count = *count;
            contestant.time(keys.part((2 * round + 1) * count, count / 2));
            let took = contestant.time(keys.part((2 * round + 2) * count, count));
            times.push(took.as_secs_f64() * 1e9 / count as f64);
        }
    }
    let names = contestants.iter().map(|(_, contestant)| contestant.name);
    medians(names, rounds)
}

/// Times builds: nanoseconds each. Small ones are repeated, since a program that builds one has its
/// caches warm or does not care.
pub fn builds(mut contestants: Vec<Contestant<'_>>) -> Vec<Timing> {
    let repeats = |contestant: &mut Contestant<'_>| {
        let fitting = ROUND.as_secs_f64() / contestant.time(&[]).as_secs_f64();
        (fitting as usize).clamp(1, 1_000)
    };
    let repeats: Vec<_> = contestants.iter_mut().map(repeats).collect();
    let mut rounds = vec![Vec::new(); contestants.len()];
    for _ in 0..ROUNDS {
        for ((contestant, times), &repeats) in contestants.iter_mut().zip(&mut rounds).zip(&repeats)
        {
            let start = Instant::now();
            (0..repeats).for_each(|_| (contestant.run)(&[]));
            times.push(start.elapsed().as_secs_f64() * 1e9 / repeats as f64);
        }
    }
    medians(contestants.iter().map(|contestant| contestant.name), rounds)
}

fn medians(names: impl Iterator<Item = &'static str>, rounds: Vec<Vec<f64>>) -> Vec<Timing> {
    let timing = |(name, mut times): (_, Vec<f64>)| {
        times.sort_unstable_by(f64::total_cmp);
        let nanoseconds = times[times.len() / 2];
        Timing { name, nanoseconds }
    };
    names.zip(rounds).map(timing).collect()
}
