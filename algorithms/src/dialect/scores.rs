//! The clients that score every server for a key and use the best: pymemcache and go-redis.

use std::cmp::Ordering;
use std::sync::Arc;

use crate::algorithm::Algorithm;
use crate::backend::Backend;
use crate::balancer::Balancer;
use crate::card::Card;
use crate::dialect::hash::{murmur3_32, xxhash64};
use crate::dialect::key::Tag;
use crate::dialect::settings::Settings;
use crate::error::BuildError;
use crate::hash::Fingerprint;
use crate::options::Options;
use crate::pick::Pick;
use crate::pool::Pool;
use crate::profile::{Key, Profile};
use crate::slot::Slot;
use crate::step::{Step, tell_draws};

/// How a server is scored for a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Score {
    /// pymemcache: MurmurHash3 of `server-key`, using only the lowest byte of each character; of equal scores the
    /// larger name wins.
    Pymemcache,
    /// go-redis: the mixed hashes of key and shard; of equal scores the first in the list wins.
    GoRedis,
}

/// Another program's rendezvous hashing.
#[derive(Debug)]
pub struct BestScore {
    settings: Settings,
    score: Score,
}

impl BestScore {
    pub(super) fn new(algorithm: &'static Card, options: &Options, score: Score) -> Self {
        Self {
            settings: Settings::new(algorithm, options),
            score,
        }
    }
}

impl Algorithm for BestScore {
    fn build(
        &self,
        pool: &Pool,
        _: Option<&dyn Balancer>,
    ) -> Result<Box<dyn Balancer>, BuildError> {
        let shards = pool
            .backends()
            .map(|backend| xxhash64(shard(backend).as_bytes()));
        Ok(Box::new(Built {
            settings: self.settings.clone(),
            score: self.score,
            names: pool.backends().map(Backend::shared_name).collect(),
            shards: shards.collect(),
        }))
    }

    fn profile(&self) -> Profile {
        Profile {
            key: Key::Required,
            weighted: false,
            ..Profile::TURNS
        }
    }
}

/// The data for scoring the backends of a pool.
#[derive(Debug)]
pub(crate) struct Built {
    settings: Settings,
    score: Score,
    names: Box<[Arc<str>]>,
    /// The hashes of the shards' names, for go-redis.
    shards: Box<[u64]>,
}

impl Built {
    /// Returns the allowed slot with the best score; of equal scores the first, or the one with the larger name.
    fn best(&self, pick: &Pick<'_>, score: impl Fn(Slot) -> u64) -> Option<Slot> {
        let names_decide = self.score == Score::Pymemcache;
        let mut best: Option<(u64, Slot)> = None;
        for slot in pick.pool().slots().filter(|&slot| pick.allows(slot)) {
            let score = score(slot);
            let name = |slot: Slot| &self.names[slot.index()];
            let better = best.is_none_or(|(most, first)| {
                score > most || score == most && names_decide && name(slot) > name(first)
            });
            if better {
                best = Some((score, slot));
            }
        }
        best.map(|(_, slot)| slot)
    }

    fn pymemcache(&self, key: &[u8]) -> impl Fn(Slot) -> u64 {
        let key = String::from_utf8_lossy(key);
        move |slot: Slot| {
            let name = low_bytes(&self.names[slot.index()]);
            murmur3_32(name.chain([b'-']).chain(low_bytes(&key)), 0).into()
        }
    }

    fn go_redis(&self, key: &[u8]) -> impl Fn(Slot) -> u64 {
        let key = xxhash64(Tag::REDIS.of(key));
        move |slot: Slot| mixed(key ^ self.shards[slot.index()])
    }

    /// Reports the first by the scores and the draws, and returns the answer.
    fn traced(
        &self,
        pick: &Pick<'_>,
        score: impl Fn(Slot) -> u64,
        steps: &mut dyn FnMut(Step<'_>),
    ) -> Option<Slot> {
        let first = self.best(&pick.regardless(), &score);
        first.map(Step::First).into_iter().for_each(&mut *steps);
        let answer = self.best(pick, &score);
        let allowed = pick.pool().slots().filter(|&slot| pick.allows(slot));
        let draws = allowed.map(|slot| (slot, score(slot) as f64));
        tell_draws(answer, draws, Ordering::Greater, steps);
        answer
    }
}

/// Returns the lowest byte of each character's number.
fn low_bytes(text: &str) -> impl Iterator<Item = u8> {
    text.chars().map(|char| u32::from(char) as u8)
}

/// Returns the output of xorshift64*.
const fn mixed(word: u64) -> u64 {
    let word = word ^ word >> 12;
    let word = word ^ word << 25;
    let word = word ^ word >> 27;
    word.wrapping_mul(0x2545_F491_4F6C_DD1D)
}

/// Returns the name by which go-redis knows a backend.
fn shard(backend: &Backend) -> &str {
    backend
        .attributes()
        .shard
        .as_deref()
        .unwrap_or(backend.name())
}

impl Balancer for Built {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        let key = pick.key()?;
        match self.score {
            Score::Pymemcache => self.best(pick, self.pymemcache(key)),
            Score::GoRedis => self.best(pick, self.go_redis(key)),
        }
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        self.settings.describe(fingerprint);
        self.shards
            .iter()
            .for_each(|&shard| fingerprint.number(shard));
    }

    fn trace(&self, pick: &Pick<'_>, steps: &mut dyn FnMut(Step<'_>)) -> Option<Slot> {
        let key = pick.key()?;
        match self.score {
            Score::Pymemcache => self.traced(pick, self.pymemcache(key), steps),
            Score::GoRedis => {
                Tag::REDIS.tell(key, steps);
                steps(Step::of_hash(xxhash64(Tag::REDIS.of(key))));
                self.traced(pick, self.go_redis(key), steps)
            }
        }
    }

    fn memory(&self) -> usize {
        size_of_val(&*self.names) + size_of_val(&*self.shards)
    }
}
